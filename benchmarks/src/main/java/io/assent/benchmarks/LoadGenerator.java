package io.assent.benchmarks;

import io.assent.benchmarks.load.ClosedLoop;
import io.assent.benchmarks.load.Measured;
import io.assent.benchmarks.process.Pinning;
import io.assent.benchmarks.report.Machine;
import io.assent.benchmarks.report.Report;
import io.assent.benchmarks.report.Table;
import io.assent.benchmarks.stage.DelayStage;
import io.assent.benchmarks.stage.EngineStage;
import io.assent.benchmarks.stage.Settings;
import io.assent.benchmarks.stage.Stand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.util.FileSystemUtils;

/** Starts a cluster, puts it under load, and reports: the command behind {@code benchmarks/run}. */
public final class LoadGenerator {

    private static final int WARM_UP_CALLERS = 64;

    private final CommandLine line;
    private final Settings settings;
    private final Report report;
    private final Pinning pinning;

    private LoadGenerator(CommandLine line, Report report) {
        this.line = line;
        this.settings = line.settings();
        this.report = report;
        this.pinning = Pinning.detect(settings.pin());
    }

    /** Runs it; ends with 2 when the command line is wrong, with 1 when it failed or what is demanded does not hold. */
    public static void main(String[] arguments) throws IOException {
        Report report = new Report(System.out, System.err);
        CommandLine line;
        try {
            line = CommandLine.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        boolean ended = run(line, report);
        report.writeTo(line.settings().figures());
        System.err.println("Figures are in " + line.settings().figures() + ".");
        if (report.hasFailed()) {
            System.err.println("Something that must hold does not: see the table of targets.");
        }
        System.exit(ended && !report.hasFailed() ? 0 : 1);
    }

    /** Whether all of it could be measured; if not, the logs of the processes are kept. */
    private static boolean run(CommandLine line, Report report) throws IOException {
        Path directory = Files.createTempDirectory("assent-benchmarks");
        try {
            new LoadGenerator(line, report).run(directory);
            FileSystemUtils.deleteRecursively(directory);
            return true;
        } catch (IllegalStateException | IllegalArgumentException | IOException e) {
            System.err.println(e.getMessage());
            System.err.println("Logs and data are kept in " + directory + ".");
            return false;
        }
    }

    private void run(Path directory) throws IOException {
        long begin = System.nanoTime();
        report.section("Conditions", conditions(directory));
        pinning.moveGenerator();
        try {
            Map<Integer, Measured> closedLoops = runStages(directory);
            if (line.wants(CommandLine.ENGINE)) {
                new EngineStage(settings, pinning, directory).run(closedLoops, report);
            }
            if (line.wants(CommandLine.DELAYS)) {
                new DelayStage(settings, pinning, directory).run(report);
            }
        } finally {
            report.targets();
        }
        report.section(
                "Afterwards",
                "Load average " + Machine.loadAverage() + "; all of this took "
                        + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin) + " s.");
        Path document = settings.write();
        if (document != null) {
            report.writeInto(document, line.marks());
        }
    }

    private Table conditions(Path directory) throws IOException {
        Table table = Machine.describe(directory);
        table.row("coordinators", settings.nodes() + ", JVM options " + String.join(" ", settings.jvm()));
        table.row("coordinators' settings", settings.argument().isEmpty() ? "defaults" : settings.argument());
        table.row("transactions", "two branches, among " + settings.endpoints() + " no-op participants in one process");
        table.row("pinned", pinning.works() ? "generator and participants to core " + pinning.generator() : "nothing");
        table.row("warm-up / ramp / window", settings.warmUp() + " / " + settings.ramp() + " / " + settings.window());
        return table;
    }

    private Map<Integer, Measured> runStages(Path directory) throws IOException {
        if (line.stages().isEmpty()) {
            return Map.of();
        }
        report.progress("starting " + settings.nodes() + " coordinators");
        try (Stand stand = Stand.start(settings, pinning, directory)) {
            report.progress("warm-up, " + settings.warmUp().toSeconds() + " s");
            try (ClosedLoop loop = stand.callers(WARM_UP_CALLERS)) {
                loop.goOn(settings.warmUp());
            }
            for (var stage : line.stages()) {
                stage.run(stand, report);
            }
            return stand.closedLoops();
        }
    }
}
