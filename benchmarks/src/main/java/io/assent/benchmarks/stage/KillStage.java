package io.assent.benchmarks.stage;

import io.assent.benchmarks.load.Attempt;
import io.assent.benchmarks.load.ClosedLoop;
import io.assent.benchmarks.load.Tally;
import io.assent.benchmarks.load.Timeline;
import io.assent.benchmarks.load.Workload;
import io.assent.benchmarks.process.CoordinatorNode;
import io.assent.benchmarks.report.Limit;
import io.assent.benchmarks.report.Report;
import io.assent.benchmarks.report.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** {@code kill -9} of the leader under load, again and again (N7): how long nothing commits, and what is lost. */
public final class KillStage implements Stage {

    private static final int CALLERS = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration BEFORE = Duration.ofSeconds(1);

    @Override
    public void run(Stand stand, Report report) {
        Watch watch = new Watch();
        List<Double> gaps = new ArrayList<>();
        Workload patient = stand.transactions(PATIENCE);
        try (ClosedLoop loop = new ClosedLoop(patient, CALLERS, watch)) {
            for (int kill = 1; kill <= stand.settings().kills(); kill++) {
                report.progress("kill " + kill + " of " + stand.settings().kills());
                gaps.add(killOnce(stand, loop, watch));
            }
        }
        OutcomeCheck check = new OutcomeCheck(stand.control(), stand.cluster().urls());
        String branch = stand.participants().get(0).id();
        long lost = check.otherThan("COMMITTED", watch.committed, branch);
        long reversed = check.otherThan("ABORTED", watch.aborted, branch);
        report.target("N7", "no commit after kill -9, median", Limit.atMost(2, " s"), median(gaps));
        report.target("N7", "no commit after kill -9, longest", Limit.atMost(4, " s"), Collections.max(gaps));
        report.demand("N7", "transactions lost or reversed", lost + reversed);
        Table table = new Table("kill -9 of the leader under " + CALLERS + " callers", "");
        table.row("kills", gaps.size());
        table.row(
                "seconds without a finished commit",
                gaps.stream().map(KillStage::seconds).collect(Collectors.joining(", ")));
        table.row("**median / max, s**", seconds(median(gaps)) + " / " + seconds(Collections.max(gaps)));
        table.row("transactions told committed", watch.committed.size());
        table.row("**of these lost or reversed**", lost);
        table.row("transactions told aborted", watch.aborted.size());
        table.row("**of these reversed**", reversed);
        table.row("ended otherwise", watch.tally.failures());
        report.section("Loss of the leader (N7)", table);
    }

    private static double killOnce(Stand stand, ClosedLoop loop, Watch watch) {
        loop.goOn(stand.settings().steady());
        CoordinatorNode leader = stand.cluster().leader();
        long killed = System.nanoTime();
        leader.kill();
        loop.goOn(stand.settings().steady());
        double gap = watch.finished.longestGap(killed - BEFORE.toNanos(), System.nanoTime()) / 1e9;
        leader.start();
        leader.awaitReady(stand.control());
        stand.cluster().awaitCaughtUp();
        return gap;
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.2f", seconds);
    }

    /** The one in the middle; of an even number, the greater of the two. */
    static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static final class Watch implements ClosedLoop.Observer {

        private final Timeline finished = new Timeline();
        private final Tally tally = new Tally();
        private final Queue<String> committed = new ConcurrentLinkedQueue<>();
        private final Queue<String> aborted = new ConcurrentLinkedQueue<>();

        @Override
        public void ended(Attempt attempt, long ended) {
            tally.note(attempt.ending());
            if (attempt.isCommitted()) {
                finished.add(ended);
                committed.add(String.valueOf(attempt.transaction()));
            } else if (attempt.ending().equals(Attempt.ABORTED)) {
                aborted.add(String.valueOf(attempt.transaction()));
            }
        }
    }
}
