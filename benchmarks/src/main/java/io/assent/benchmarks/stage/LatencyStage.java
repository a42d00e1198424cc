package io.assent.benchmarks.stage;

import io.assent.benchmarks.load.Attempt;
import io.assent.benchmarks.load.ClosedLoop;
import io.assent.benchmarks.load.HttpCalls;
import io.assent.benchmarks.load.Latency;
import io.assent.benchmarks.load.Measured;
import io.assent.benchmarks.load.Probe;
import io.assent.benchmarks.load.Workload;
import io.assent.benchmarks.participant.Participants.Participant;
import io.assent.benchmarks.report.Limit;
import io.assent.benchmarks.report.Report;
import io.assent.benchmarks.report.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Latency with one caller over its floor (N3): one append to a majority, as the leader itself measures it in the same
 * seconds, and two round trips to a participant, which the generator measures with its own client.
 */
public final class LatencyStage implements Stage {

    private static final Limit OVER_FLOOR = Limit.atMost(1.3, " x");

    private static final byte[] PREPARE = """
            {"messages":[{"transaction":"0000000000000000000000000000000000000000","branch":"bank-0","type":"PREPARE",\
            "protocol":"TWO_PHASE","term":1,"timeout":"PT9.8S","participants":[{"participant":"bank-0",\
            "endpoint":"http://127.0.0.1:8091"},{"participant":"bank-1","endpoint":"http://127.0.0.1:8092"}]}]}""".getBytes(StandardCharsets.UTF_8);

    @Override
    public void run(Stand stand, Report report) {
        report.progress("1 caller over its floor");
        Measured trips = ClosedLoop.run(
                roundTrips(stand.http(), stand.participants().get(0)),
                1,
                stand.settings().ramp(),
                stand.settings().window().dividedBy(3),
                Probe.NONE);
        Measured alone = ClosedLoop.run(
                stand.transactions(),
                1,
                stand.settings().ramp(),
                stand.settings().window(),
                stand.probe());
        double append = 1e3 * alone.change(CostProbe.APPEND_SECONDS) / alone.change(CostProbe.APPENDS);
        double trip = trips.tally().latency().p50();
        double floor = append + 2 * trip;
        Latency whole = alone.tally().latency();
        Latency commit = alone.tally().lastStepLatency();
        Table table = new Table("one caller", "ms");
        table.row("append to a majority, mean, by the leader's clock", append);
        table.row("round trip to a participant, p50", trip);
        table.row("floor: one append and two round trips", floor);
        table.row("commit alone, p50 / p99 / p99.9", ClosedStage.latency(commit));
        table.row("begin and commit, p50 / p99 / p99.9", ClosedStage.latency(whole));
        table.row("commit over the floor", commit.p50() / floor);
        table.row("**begin and commit over the floor**", whole.p50() / floor);
        report.target("N3", "one caller, begin and commit over the floor", OVER_FLOOR, whole.p50() / floor);
        report.section("Latency at low load (N3)", table, phases(alone));
    }

    private static Table phases(Measured measured) {
        Table table = new Table("time at the leader, by phase", "mean ms");
        for (String phase : new String[] {"active", "preparing", "deciding", "committing", "committed"}) {
            double count = measured.change(CostProbe.PHASES + phase);
            if (count > 0) {
                table.row(phase, 1e3 * measured.change(CostProbe.PHASE_SECONDS + phase) / count);
            }
        }
        return table;
    }

    private static Workload roundTrips(HttpCalls http, Participant participant) {
        return number -> {
            try {
                int status = http.post(participant.endpoint(), PREPARE).status();
                return new Attempt(status == 200 ? Attempt.COMMITTED : "status " + status, null, 0);
            } catch (IOException e) {
                return new Attempt(e.getClass().getSimpleName(), null, 0);
            }
        };
    }
}
