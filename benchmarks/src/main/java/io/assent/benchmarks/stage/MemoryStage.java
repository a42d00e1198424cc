package io.assent.benchmarks.stage;

import io.assent.benchmarks.load.ClosedLoop;
import io.assent.benchmarks.load.Measured;
import io.assent.benchmarks.load.OpenTransactions;
import io.assent.benchmarks.load.Probe;
import io.assent.benchmarks.process.Java;
import io.assent.benchmarks.process.Until;
import io.assent.benchmarks.report.Limit;
import io.assent.benchmarks.report.Report;
import io.assent.benchmarks.report.Table;
import java.time.Duration;

/** Live bytes at the leader for each open transaction, and for each finished one (N8). */
public final class MemoryStage implements Stage {

    private static final int CALLERS = 16;
    private static final int MILLION = 1_000_000;
    private static final Duration TO_SETTLE = Duration.ofSeconds(2);

    @Override
    public void run(Stand stand, Report report) {
        report.progress("memory");
        long pid = stand.cluster().leader().pid();
        OpenTransactions open =
                new OpenTransactions(stand.http(), stand.cluster().leader().url(), stand.participants());
        // What was opened and closed once has made room for itself: only what is kept makes the difference after that.
        open.begin(stand.settings().open() / 10, CALLERS);
        open.abortAll(CALLERS);
        long empty = settledBytes(stand, pid);
        long count = open.begin(stand.settings().open(), CALLERS);
        long full = settledBytes(stand, pid);
        long aborted = open.abortAll(CALLERS);

        ClosedLoop.run(
                stand.transactions(), CALLERS, Duration.ZERO, stand.settings().window(), Probe.NONE);
        long before = settledBytes(stand, pid);
        Measured finished = ClosedLoop.run(
                stand.transactions(), CALLERS, Duration.ZERO, stand.settings().window(), Probe.NONE);
        long after = settledBytes(stand, pid);

        double perOpen = (double) (full - empty) / count;
        double perFinished = FinishedMemory.bytesPerTransaction(MILLION);
        report.target("N8", "memory for an open transaction", Limit.atMost(4_096, " bytes"), perOpen);
        report.target("N8", "memory for a finished one", Limit.atMost(4, " bytes"), perFinished);
        Table table = new Table("live bytes at the leader, after a full collection", "bytes");
        table.row("all, before any of the below", (double) empty);
        table.row("for each of " + count + " open, two branches enlisted", perOpen);
        table.row(
                "for each of " + finished.tally().committed() + " finished (whole process, so with its noise)",
                (double) (after - before) / finished.tally().committed());
        table.row("for each of a million finished (replicated state alone)", perFinished);
        report.section("Memory (N8)", table, "Of the open ones, " + aborted + " were aborted afterwards.");
    }

    /** Live bytes without those of connections that are idle. */
    private static long settledBytes(Stand stand, long pid) {
        stand.http().closeIdle();
        Until.passed(TO_SETTLE);
        return Java.liveBytes(pid);
    }
}
