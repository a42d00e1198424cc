package io.assent.benchmarks.stage;

import io.assent.benchmarks.load.ClosedLoop;
import io.assent.benchmarks.load.Measured;
import io.assent.benchmarks.load.OpenTransactions;
import io.assent.benchmarks.load.Probe;
import io.assent.benchmarks.process.Java;
import io.assent.benchmarks.report.Report;
import io.assent.benchmarks.report.Table;
import java.time.Duration;

/** Live bytes at the leader for each open transaction, and for each finished one (N8). */
public final class MemoryStage implements Stage {

    private static final int CALLERS = 64;
    private static final int MILLION = 1_000_000;

    @Override
    public void run(Stand stand, Report report) {
        report.progress("memory");
        long pid = stand.cluster().leader().pid();
        Table table = new Table("live bytes at the leader, after a full collection", "bytes");

        ClosedLoop.run(
                stand.transactions(),
                CALLERS,
                stand.settings().ramp(),
                stand.settings().window(),
                Probe.NONE);
        long before = Java.liveBytes(pid);
        Measured finished = ClosedLoop.run(
                stand.transactions(), CALLERS, Duration.ZERO, stand.settings().window(), Probe.NONE);
        long after = Java.liveBytes(pid);
        table.row("all, before any of the below", (double) before);
        table.row(
                "for each of " + finished.tally().committed() + " finished (whole process, so with its noise)",
                (double) (after - before) / finished.tally().committed());
        table.row(
                "for each of a million finished (replicated state alone)", FinishedMemory.bytesPerTransaction(MILLION));

        OpenTransactions open =
                new OpenTransactions(stand.http(), stand.cluster().leader().url(), stand.participants());
        long empty = Java.liveBytes(pid);
        long count = open.begin(stand.settings().open(), CALLERS);
        long full = Java.liveBytes(pid);
        table.row("for each of " + count + " open, two branches enlisted", (double) (full - empty) / count);
        long aborted = open.abortAll(CALLERS);
        report.section("Memory (N8)", table, "Of the open ones, " + aborted + " were aborted afterwards.");
    }
}
