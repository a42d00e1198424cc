package io.assent.benchmarks.stage;

import io.assent.benchmarks.engine.EngineRun;
import io.assent.benchmarks.load.Measured;
import io.assent.benchmarks.process.ChildProcess;
import io.assent.benchmarks.process.Java;
import io.assent.benchmarks.process.Pinning;
import io.assent.benchmarks.report.Limit;
import io.assent.benchmarks.report.Report;
import io.assent.benchmarks.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The replicated log alone, with batches as full as the coordinator's were in the closed loops (N5): three nodes of it
 * in one process on all cores, nobody else at work.
 */
public final class EngineStage {

    private static final int OUTSTANDING = 8;
    private static final Limit SHARE = Limit.atLeast(50, " %");
    private static final int FULL = 126;

    private final Settings settings;
    private final Pinning pinning;
    private final Path directory;

    /** A stage that needs no cluster. */
    public EngineStage(Settings settings, Pinning pinning, Path directory) {
        this.settings = settings;
        this.pinning = pinning;
        this.directory = directory;
    }

    /**
     * Measures and reports.
     *
     * @param closedLoops what the coordinator did, by callers; may be empty
     */
    public void run(Map<Integer, Measured> closedLoops, Report report) throws IOException {
        report.progress("the engine alone");
        List<Shape> shapes = new ArrayList<>(List.of(new Shape("one record at a time", 1, 1, 0)));
        closedLoops.forEach((callers, measured) -> {
            if (callers > 1) {
                int records = (int) Math.max(1, Math.round(ClosedStage.recordsPerEntry(measured)));
                shapes.add(new Shape("as with " + callers + " callers", records, OUTSTANDING, measured.rate()));
            }
        });
        shapes.add(new Shape("full batches", FULL, OUTSTANDING, 0));
        report.section(
                "The engine alone (N5)",
                "The coordinator's own engine with its defaults, " + settings.nodes() + " nodes in one process; three"
                        + " records a transaction, batches as full as the coordinator's, at most " + OUTSTANDING
                        + " under way.",
                measure(shapes, report));
    }

    private record Shape(String name, int records, int outstanding, double coordinator) {}

    private Table measure(List<Shape> shapes, Report report) throws IOException {
        Table table = new Table(
                "batches",
                "records",
                "under way",
                "entries/s",
                "p50 / p99 ms",
                "core-us/entry",
                "decisions/s",
                "coordinator's share");
        List<String> arguments = new ArrayList<>(List.of(
                Files.createDirectories(directory.resolve("engine")).toString(),
                Integer.toString(settings.nodes()),
                Long.toString(settings.ramp().toMillis()),
                Long.toString(settings.window().dividedBy(2).toMillis())));
        shapes.forEach(shape -> arguments.add(shape.records() + "x" + shape.outstanding()));
        List<String> command =
                pinning.on(pinning.all(), Java.main(List.of("-Xms2g", "-Xmx2g"), EngineRun.class, arguments));
        try (ChildProcess engine = new ChildProcess("Engine", command, directory.resolve("engine.log"), true)) {
            for (Shape shape : shapes) {
                row(table, shape, engine.readLine().split(" ", -1), report);
            }
        }
        return table;
    }

    private static void row(Table table, Shape shape, String[] figures, Report report) {
        double entries = Double.parseDouble(figures[0]);
        double decisions = entries * shape.records() / ClosedStage.RECORDS;
        if (shape.coordinator() > 0) {
            double percent = 100 * shape.coordinator() / decisions;
            report.target("N5", "share of the engine's rate, batches " + shape.name(), SHARE, percent);
        }
        String share = shape.coordinator() == 0 ? "" : Table.number(100 * shape.coordinator() / decisions) + " %";
        table.row(
                shape.name(),
                shape.records(),
                shape.outstanding(),
                entries,
                figures[1] + " / " + figures[2],
                Double.parseDouble(figures[3]),
                decisions,
                share);
    }
}
