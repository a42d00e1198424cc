package io.assent.benchmarks.stage;

import io.assent.benchmarks.load.ClosedLoop;
import io.assent.benchmarks.load.Latency;
import io.assent.benchmarks.load.Measured;
import io.assent.benchmarks.report.Limit;
import io.assent.benchmarks.report.Report;
import io.assent.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Throughput, latency and cost with a fixed number of callers (N1). */
public final class ClosedStage implements Stage {

    /** Records of the log for one transaction: intent, decision, acknowledgement. */
    static final int RECORDS = 3;

    private static final int BUSY = 64;
    private static final Limit COST = Limit.atMost(300, " core-us/tx");

    /**
     * One window.
     *
     * @param leader id of the node that led
     */
    record Round(Measured measured, String leader) {

        double cost() {
            return measured.perTransaction(measured.changeOfAll(CostProbe.CPU));
        }
    }

    @Override
    public void run(Stand stand, Report report) {
        Map<Integer, List<Round>> rounds = new TreeMap<>();
        for (int round = 1; round <= stand.settings().rounds(); round++) {
            for (int callers : stand.settings().callers()) {
                report.progress("round " + round + ", " + callers + " callers");
                rounds.computeIfAbsent(callers, none -> new ArrayList<>()).add(round(stand, callers));
            }
        }
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
        rounds.forEach((callers, all) -> row(table, callers, all, stand, report));
        report.section(
                "Closed loop (N1)",
                "One transaction: begin, commit with two branches, answered when both have acknowledged. Generator and"
                        + " participants have one core, the coordinators all cores; core-us are of the coordinators"
                        + " together unless said otherwise. Of "
                        + stand.settings().rounds()
                        + " rounds the one in the middle by core-us, in brackets the least and the most.",
                table);
    }

    private static Round round(Stand stand, int callers) {
        String leader = stand.cluster().leader().id();
        return new Round(
                ClosedLoop.run(
                        stand.transactions(),
                        callers,
                        stand.settings().ramp(),
                        stand.settings().window(),
                        stand.probe()),
                leader);
    }

    private static void row(Table table, int callers, List<Round> rounds, Stand stand, Report report) {
        Round middle = middle(rounds);
        Measured measured = middle.measured();
        stand.closedLoops().put(callers, measured);
        if (callers >= BUSY) {
            report.target("N1", "coordinators, " + callers + " callers", COST, middle.cost());
        }
        table.row(
                callers,
                withSpread(measured.rate(), rounds, round -> round.measured().rate()),
                latency(measured.tally().latency()),
                withSpread(middle.cost(), rounds, Round::cost),
                measured.perTransaction(CostProbe.CPU + middle.leader()),
                Table.number(measured.perTransaction(CostProbe.CPU_OF_PARTICIPANTS)) + " / "
                        + Table.number(measured.perTransaction(CostProbe.CPU_OF_GENERATOR)),
                measured.perTransaction(CostProbe.ENTRIES),
                recordsPerEntry(measured),
                measured.change(CostProbe.MESSAGES) / measured.change(CostProbe.REQUESTS),
                rounds.stream()
                        .map(round -> errors(round.measured()))
                        .distinct()
                        .collect(Collectors.joining("; ")));
    }

    /** The round in the middle by what a transaction cost; of an even number, the dearer of the two. */
    static Round middle(List<Round> rounds) {
        return rounds.stream()
                .sorted(Comparator.comparingDouble(Round::cost))
                .toList()
                .get(rounds.size() / 2);
    }

    static String withSpread(double figure, List<Round> rounds, ToDoubleFunction<Round> each) {
        DoubleSummaryStatistics spread = rounds.stream().mapToDouble(each).summaryStatistics();
        return Table.number(figure) + " (" + Table.number(spread.getMin()) + "–" + Table.number(spread.getMax()) + ")";
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
