package io.assent.benchmarks.stage;

import io.assent.benchmarks.load.Attempt;
import io.assent.benchmarks.load.ClosedLoop;
import io.assent.benchmarks.load.Measured;
import io.assent.benchmarks.load.ProtocolVariant;
import io.assent.benchmarks.report.Report;
import io.assent.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Throughput and cost of the protocols side by side, with the same callers and participants in turns. */
public final class ProtocolStage implements Stage {

    private static final int CALLERS = 64;

    @Override
    public void run(Stand stand, Report report) {
        Map<ProtocolVariant, List<ClosedStage.Round>> rounds = new EnumMap<>(ProtocolVariant.class);
        List<String> skipped = new ArrayList<>();
        for (ProtocolVariant variant : ProtocolVariant.values()) {
            String refusal = refusal(stand, variant);
            if (refusal.isEmpty()) {
                rounds.put(variant, new ArrayList<>());
            } else {
                skipped.add(skipped(variant, refusal));
            }
        }
        for (int round = 1; round <= stand.settings().rounds(); round++) {
            for (ProtocolVariant variant : rounds.keySet()) {
                report.progress("round " + round + ", " + variant.title());
                rounds.get(variant).add(round(stand, variant));
            }
        }
        Table table = new Table(
                "protocol",
                "tx/s",
                "p50 / p99 / p99.9 ms",
                "core-us/tx",
                "of it the leader",
                "entries/tx",
                "messages/tx",
                "messages/request",
                "errors");
        rounds.forEach((variant, all) -> row(table, variant, all));
        report.section(
                "Protocols side by side",
                CALLERS + " callers in a closed loop; one transaction: begin, commit with two branches, answered when"
                        + " both have acknowledged. Core-us are of the coordinators together; messages are those that"
                        + " the participants received. Of "
                        + stand.settings().rounds()
                        + " rounds, in each of which the protocols take turns, the one in the middle by core-us, in"
                        + " brackets the least and the most.",
                table);
        skipped.forEach(report::paragraph);
    }

    /** What is said of a protocol that was not measured. */
    static String skipped(ProtocolVariant variant, String refusal) {
        return "Left out: " + variant.title() + ", because the coordinators refuse to begin a transaction of "
                + variant.protocol() + " (" + refusal + ").";
    }

    /** Why a transaction cannot even begin, or nothing. */
    private static String refusal(Stand stand, ProtocolVariant variant) {
        Attempt first = stand.transactions(variant).attempt(0);
        return first.transaction() == null ? first.ending() : "";
    }

    private static ClosedStage.Round round(Stand stand, ProtocolVariant variant) {
        String leader = stand.cluster().leader().id();
        return new ClosedStage.Round(
                ClosedLoop.run(
                        stand.transactions(variant),
                        CALLERS,
                        stand.settings().ramp(),
                        stand.settings().window(),
                        stand.probe()),
                leader);
    }

    private static void row(Table table, ProtocolVariant variant, List<ClosedStage.Round> rounds) {
        ClosedStage.Round middle = ClosedStage.middle(rounds);
        Measured measured = middle.measured();
        table.row(
                variant.title(),
                ClosedStage.withSpread(
                        measured.rate(), rounds, round -> round.measured().rate()),
                ClosedStage.latency(measured.tally().latency()),
                ClosedStage.withSpread(middle.cost(), rounds, ClosedStage.Round::cost),
                measured.perTransaction(CostProbe.CPU + middle.leader()),
                measured.perTransaction(CostProbe.ENTRIES),
                measured.perTransaction(CostProbe.MESSAGES),
                measured.change(CostProbe.MESSAGES) / measured.change(CostProbe.REQUESTS),
                rounds.stream()
                        .map(round -> ClosedStage.errors(round.measured()))
                        .distinct()
                        .collect(Collectors.joining("; ")));
    }
}
