package io.assent.benchmarks.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The figures in the order in which they come, in Markdown: at once to the output, at the end also to a file. */
public final class Report {

    /** Places in a document for figures, between a line that begins and one that ends them. */
    public enum Marks {
        /** What one protocol costs, in every respect. */
        FIGURES("figures"),
        /** The protocols beside each other. */
        PROTOCOLS("protocols");

        private final String name;

        Marks(String name) {
            this.name = name;
        }

        private String begin() {
            return "<!-- " + name + ": begin -->";
        }

        private String end() {
            return "<!-- " + name + ": end -->";
        }
    }

    private final PrintStream out;
    private final PrintStream progress;
    private final StringBuilder text = new StringBuilder();
    private final Table targets = new Table("target", "what", "wanted", "measured", "met");
    private boolean failed;

    /**
     * A report.
     *
     * @param progress for what is of use only while it runs
     */
    public Report(PrintStream out, PrintStream progress) {
        this.out = out;
        this.progress = progress;
    }

    /** Tells what is going on; not part of the report. */
    public void progress(String sentence) {
        progress.println("... " + sentence);
        progress.flush();
    }

    /** Adds a section with its content. */
    public void section(String title, Object... paragraphs) {
        add("### " + title);
        for (Object paragraph : paragraphs) {
            add(paragraph.toString());
        }
    }

    /** Adds a paragraph to the section that was added last. */
    public void paragraph(String sentence) {
        add(sentence);
    }

    /**
     * Notes a figure for which there is a target.
     *
     * @param number its number among the targets
     */
    public void target(String number, String what, Limit limit, double measured) {
        targets.row(
                number, what, limit, Table.number(measured) + limit.unit(), limit.isMetBy(measured) ? "yes" : "**no**");
    }

    /**
     * Notes a count that must be zero, whatever the machine: if it is not, the whole run has failed.
     *
     * @param number its number among the targets
     */
    public void demand(String number, String what, long count) {
        targets.row(number, what, "0", count, count == 0 ? "yes" : "**no**");
        failed |= count != 0;
    }

    /** Whether something that was demanded does not hold. */
    public boolean hasFailed() {
        return failed;
    }

    /** Adds the table of all figures for which there is a target; nothing when there is none. */
    public void targets() {
        if (!targets.isEmpty()) {
            section("Against the targets", targets);
        }
    }

    private void add(String paragraph) {
        text.append('\n').append(paragraph).append('\n');
        out.println();
        out.println(paragraph);
        out.flush();
    }

    /** Writes the figures, and nothing else, to a file. */
    public void writeTo(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(file, text.toString().stripLeading());
    }

    /**
     * Puts the figures between their marks in a document.
     *
     * @throws IllegalArgumentException when it has no such marks
     */
    public void writeInto(Path document, Marks marks) throws IOException {
        Files.writeString(document, replaced(Files.readString(document), marks, text.toString()));
    }

    static String replaced(String document, Marks marks, String figures) {
        int begin = document.indexOf(marks.begin());
        int end = document.indexOf(marks.end());
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("The document has no lines " + marks.begin() + " and " + marks.end());
        }
        return document.substring(0, begin + marks.begin().length()) + "\n" + figures + "\n" + document.substring(end);
    }
}
