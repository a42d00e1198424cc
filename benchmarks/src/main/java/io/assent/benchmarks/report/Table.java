package io.assent.benchmarks.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A table in Markdown. */
public final class Table {

    private static final int HEADER_LINES = 2;

    private final int columns;
    private final List<String> lines = new ArrayList<>();

    /** A table without rows. */
    public Table(String... header) {
        columns = header.length;
        lines.add(line(List.of(header)));
        lines.add(line(List.of(header).stream().map(name -> "---").toList()));
    }

    /** Adds a row; numbers are written as people read them. */
    public void row(Object... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException(columns + " cells are needed, not " + cells.length);
        }
        lines.add(line(Arrays.stream(cells).map(Table::text).toList()));
    }

    /** Whether it has no rows. */
    boolean isEmpty() {
        return lines.size() == HEADER_LINES;
    }

    private static String line(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
    }

    private static String text(Object cell) {
        return cell instanceof Double number ? number(number) : String.valueOf(cell);
    }

    /** A number with about three digits that count. */
    public static String number(double value) {
        if (Double.isNaN(value)) {
            return "?";
        }
        double size = Math.abs(value);
        String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    /** The Markdown. */
    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
