package io.assent.benchmarks.stage;

import io.assent.benchmarks.load.ClosedLoop;
import io.assent.benchmarks.load.Measured;
import io.assent.benchmarks.load.Tally;
import io.assent.benchmarks.process.Footprint;
import io.assent.benchmarks.process.Until;
import io.assent.benchmarks.report.Report;
import io.assent.benchmarks.report.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Many initiators at once for a while, with nothing killed: nothing may fail, and no process may keep threads, heap or
 * file handles. Both must hold; a run in which they do not has failed.
 */
public final class SoakStage implements Stage {

    private static final int PARTS = 4;
    private static final long MIB = 1024L * 1024;
    private static final long THREADS = 16;
    private static final long FILES = 16;

    /** The log keeps its last three files of 8 MB in memory, and they fill within the run. */
    private static final long HEAP_MIB = 40;

    private static final Duration TO_SETTLE = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    @Override
    public void run(Stand stand, Report report) {
        int initiators = stand.settings().initiators();
        Duration part = stand.settings().soak().dividedBy(PARTS);
        // Pools grow to their size under the first load of this kind: that is no leak.
        report.progress(initiators + " initiators, to fill the pools");
        try (ClosedLoop loop = stand.callers(initiators)) {
            loop.goOn(part.dividedBy(2));
        }
        Map<String, Footprint> before = settled(stand);
        Tally endings = new Tally();
        List<Measured> parts = new ArrayList<>();
        List<Map<String, Footprint>> loaded = new ArrayList<>();
        String leader = stand.cluster().leader().id();
        report.progress(
                initiators + " initiators for " + stand.settings().soak().toSeconds() + " s");
        try (ClosedLoop loop =
                new ClosedLoop(stand.transactions(), initiators, (attempt, ended) -> endings.note(attempt.ending()))) {
            loop.goOn(stand.settings().ramp());
            for (int i = 0; i < PARTS; i++) {
                parts.add(loop.window(part, stand.probe()));
                loaded.add(footprints(stand));
            }
        }
        tell(stand, report, endings, parts, growths(before, loaded, settled(stand)));
        report.paragraph(leadership(leader, stand.cluster().leader().id()));
    }

    private static String leadership(String before, String after) {
        return before.equals(after)
                ? before + " led at the begin and at the end."
                : "The leader was " + before + ", and " + after
                        + " in the end: a process had to wait too long for a core"
                        + " or for its collection, and the others elected.";
    }

    private static void tell(
            Stand stand, Report report, Tally endings, List<Measured> parts, Map<String, List<Growth>> growths) {
        Table held = new Table("process", "holds", "idle before", "under load", "idle after", "flat");
        growths.forEach((process, all) -> all.forEach(growth ->
                held.row(Stream.concat(Stream.of(process), growth.cells()).toArray())));
        long failed =
                endings.failures().values().stream().mapToLong(Long::longValue).sum();
        long grown = growths.values().stream()
                .flatMap(List::stream)
                .filter(growth -> !growth.isFlat())
                .count();
        int initiators = stand.settings().initiators();
        report.demand("soak", initiators + " initiators, no fault: attempts that failed", failed);
        report.demand("soak", "figures of processes that are not flat", grown);
        report.section(
                initiators + " initiators, no fault",
                endings.committed() + " transactions committed; failed: "
                        + (failed == 0 ? "none" : endings.failures())
                        + ". Each part ends with a full collection in every process,"
                        + " under load; idle means that the initiators have closed their connections.",
                parts(parts),
                held);
    }

    private static Table parts(List<Measured> parts) {
        Table table = new Table("part", "tx/s", "p50 / p99 / p99.9 ms", "core-us/tx");
        for (int i = 0; i < parts.size(); i++) {
            Measured part = parts.get(i);
            table.row(
                    i + 1,
                    part.rate(),
                    ClosedStage.latency(part.tally().latency()),
                    part.perTransaction(part.changeOfAll(CostProbe.CPU)));
        }
        return table;
    }

    /** What they hold once no more connections are being closed; nobody works now. */
    private static Map<String, Footprint> settled(Stand stand) {
        stand.http().closeIdle();
        AtomicLong last = new AtomicLong(Long.MAX_VALUE);
        Until.present("The end of idle connections", TO_SETTLE, PAUSE, () -> {
            long now = processes(stand).values().stream()
                    .mapToLong(Footprint::openFiles)
                    .sum();
            return now < last.getAndSet(now) ? Optional.empty() : Optional.of(now);
        });
        return footprints(stand);
    }

    private static Map<String, Long> processes(Stand stand) {
        Map<String, Long> pids = new TreeMap<>();
        stand.cluster().nodes().forEach(node -> pids.put(node.id(), node.pid()));
        pids.put("participants", stand.participantsPid());
        return pids;
    }

    private static Map<String, Footprint> footprints(Stand stand) {
        Map<String, Footprint> footprints = new TreeMap<>();
        processes(stand).forEach((process, pid) -> footprints.put(process, Footprint.of(pid)));
        return footprints;
    }

    private static Map<String, List<Growth>> growths(
            Map<String, Footprint> before, List<Map<String, Footprint>> loaded, Map<String, Footprint> after) {
        Map<String, List<Growth>> growths = new TreeMap<>();
        before.forEach((process, first) -> {
            List<Footprint> meanwhile = loaded.stream()
                    .flatMap(each -> Stream.ofNullable(each.get(process)))
                    .toList();
            Footprint last = Objects.requireNonNull(after.get(process), process);
            Series series = (what, slack, figure) -> new Growth(
                    what,
                    figure.applyAsLong(first),
                    meanwhile.stream().map(figure::applyAsLong).toList(),
                    figure.applyAsLong(last),
                    slack);
            growths.put(
                    process,
                    List.of(
                            series.of("threads", THREADS, Footprint::threads),
                            series.of("file handles", FILES, Footprint::files),
                            series.of("live heap, MiB", HEAP_MIB, footprint -> footprint.liveBytes() / MIB)));
        });
        return growths;
    }

    private interface Series {
        Growth of(String what, long slack, ToLongFunction<Footprint> figure);
    }
}
