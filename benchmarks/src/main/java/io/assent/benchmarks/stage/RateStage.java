package io.assent.benchmarks.stage;

import io.assent.benchmarks.load.ClosedLoop;
import io.assent.benchmarks.load.Latency;
import io.assent.benchmarks.load.Measured;
import io.assent.benchmarks.load.OpenLoop;
import io.assent.benchmarks.load.Probe;
import io.assent.benchmarks.report.Limit;
import io.assent.benchmarks.report.Report;
import io.assent.benchmarks.report.Table;
import java.time.Duration;

/**
 * Latency at fixed rates of arrival (N4), and what happens when twice as much arrives as can be done (N10). The
 * generator has a core of its own here, the coordinators have the others.
 */
public final class RateStage implements Stage {

    private static final int[] BEST_AT = {64, 256};
    private static final Limit SPREAD = Limit.atMost(4, " x");
    private static final Limit GOODPUT = Limit.atLeast(80, " % of the best");
    private static final Limit REFUSAL = Limit.atMost(100, " ms");
    private static final Limit RECOVERY = Limit.atMost(5, " s");
    private static final Duration LIMIT = Duration.ofMillis(500);

    @Override
    public void run(Stand stand, Report report) {
        stand.cluster().moveTo(stand.pinning().others());
        double best = best(stand, report);
        rates(stand, report, best);
        overload(stand, report, best);
        stand.cluster().moveTo(stand.pinning().all());
    }

    private static double best(Stand stand, Report report) {
        double best = 0;
        for (int callers : BEST_AT) {
            report.progress("best throughput without the generator's core, " + callers + " callers");
            Measured measured = ClosedLoop.run(
                    stand.transactions(),
                    callers,
                    stand.settings().ramp(),
                    stand.settings().window().dividedBy(2),
                    Probe.NONE);
            best = Math.max(best, measured.rate());
        }
        return best;
    }

    private static void rates(Stand stand, Report report, double best) {
        Table table = new Table(
                "share of the best",
                "offered/s",
                "committed/s",
                "p50 / p99 / p99.9 ms",
                "p99 / p50",
                "core-us/tx",
                "errors");
        for (int percent : stand.settings().rates()) {
            double rate = best * percent / 100;
            report.progress("open loop at " + percent + " %");
            OpenLoop.Result result = new OpenLoop(
                            stand.transactions(), rate, stand.settings().maxInFlight())
                    .run(stand.settings().ramp(), stand.settings().window(), LIMIT, stand.probe());
            Latency latency = result.window().tally().latency();
            if (percent == 80) {
                report.target("N4", "p99 over p50 at 80 %", SPREAD, latency.p99() / latency.p50());
            }
            table.row(
                    percent + " %",
                    rate,
                    result.goodput(),
                    ClosedStage.latency(latency),
                    latency.p99() / latency.p50(),
                    result.window().perTransaction(result.window().changeOfAll(CostProbe.CPU)),
                    ClosedStage.errors(result.window()));
        }
        report.section(
                "Fixed rates of arrival (N4)",
                "The best throughput of a closed loop in this arrangement was " + Table.number(best)
                        + " tx/s. Latency counts from when a transaction should have begun.",
                table);
    }

    private static void overload(Stand stand, Report report, double best) {
        report.progress("open loop at 200 %, then at 50 %");
        OpenLoop.Result twice = new OpenLoop(
                        stand.transactions(), 2 * best, stand.settings().maxInFlight())
                .run(stand.settings().ramp(), stand.settings().window(), LIMIT, stand.probe());
        OpenLoop.Result after = new OpenLoop(
                        stand.transactions(), best / 2, stand.settings().maxInFlight())
                .run(Duration.ZERO, stand.settings().window(), LIMIT, stand.probe());
        Latency refusals = twice.window().tally().refusalLatency();
        report.target("N10", "goodput at 200 %", GOODPUT, 100 * twice.goodput() / best);
        if (refusals.max() > 0) {
            report.target("N10", "p99 of refusals at 200 %", REFUSAL, refusals.p99());
        }
        report.target("N10", "time to recover", RECOVERY, after.secondsUntilWell());
        Table table = new Table("overload", "");
        table.row("offered/s", 2 * best);
        table.row("**committed/s**", twice.goodput());
        table.row("**share of the best**", Table.number(100 * twice.goodput() / best) + " %");
        table.row(
                "p50 / p99 / p99.9 of the committed, ms",
                ClosedStage.latency(twice.window().tally().latency()));
        table.row("p50 / p99 / p99.9 of refusals (429, 503), ms", ClosedStage.latency(refusals));
        table.row("not committed", ClosedStage.errors(twice.window()));
        table.row(
                "at 50 % afterwards: the last that failed or took over 500 ms began after",
                Table.number(after.secondsUntilWell()) + " s");
        table.row("at 50 % afterwards: not committed", ClosedStage.errors(after.window()));
        report.section("Twice the best throughput (N10)", table);
    }
}
