package io.assent.benchmarks.stage;

import io.assent.benchmarks.load.ClosedLoop;
import io.assent.benchmarks.load.Latency;
import io.assent.benchmarks.load.Measured;
import io.assent.benchmarks.report.Report;
import io.assent.benchmarks.report.Table;
import java.util.Locale;

/** Throughput, latency and cost with a fixed number of callers (N1). */
public final class ClosedStage implements Stage {

    /** Records of the log for one transaction: intent, decision, acknowledgement. */
    static final int RECORDS = 3;

    @Override
    public void run(Stand stand, Report report) {
        Table table = new Table(
                "callers",
                "tx/s",
                "p50 / p99 / p99.9 ms",
                "core-us/tx",
                "of it the leader",
                "participants / generator core-us/tx",
                "entries/tx",
                "records/entry",
                "messages/request",
                "errors");
        for (int callers : stand.settings().callers()) {
            report.progress(callers + " callers, " + stand.settings().window().toSeconds() + " s");
            String leader = stand.cluster().leader().id();
            Measured measured = ClosedLoop.run(
                    stand.transactions(),
                    callers,
                    stand.settings().ramp(),
                    stand.settings().window(),
                    stand.probe());
            stand.closedLoops().put(callers, measured);
            table.row(
                    callers,
                    measured.rate(),
                    latency(measured.tally().latency()),
                    measured.perTransaction(measured.changeOfAll(CostProbe.CPU)),
                    measured.perTransaction(CostProbe.CPU + leader),
                    Table.number(measured.perTransaction(CostProbe.CPU_OF_PARTICIPANTS)) + " / "
                            + Table.number(measured.perTransaction(CostProbe.CPU_OF_GENERATOR)),
                    measured.perTransaction(CostProbe.ENTRIES),
                    recordsPerEntry(measured),
                    measured.change(CostProbe.MESSAGES) / measured.change(CostProbe.REQUESTS),
                    errors(measured));
        }
        report.section(
                "Closed loop (N1)",
                "One transaction: begin, commit with two branches, answered when both have acknowledged. Generator and"
                        + " participants have one core, the coordinators all cores; core-us are of the coordinators"
                        + " together unless said otherwise.",
                table);
    }

    static double recordsPerEntry(Measured measured) {
        return RECORDS * measured.tally().committed() / measured.change(CostProbe.ENTRIES);
    }

    static String latency(Latency latency) {
        return String.format(Locale.ROOT, "%.1f / %.1f / %.1f", latency.p50(), latency.p99(), latency.p999());
    }

    static String errors(Measured measured) {
        var failures = measured.tally().failures();
        return failures.isEmpty() ? "0" : failures.toString();
    }
}
