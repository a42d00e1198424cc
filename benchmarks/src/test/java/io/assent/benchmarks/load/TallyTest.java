package io.assent.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TallyTest {

    private static final long MILLI = 1_000_000;

    private static Attempt ended(String ending) {
        return new Attempt(ending, null, 2 * MILLI);
    }

    @Test
    void only_what_was_committed_counts_for_latency() {
        Tally tally = new Tally();
        for (int i = 1; i <= 100; i++) {
            tally.add(ended(Attempt.COMMITTED), i * MILLI);
        }
        tally.add(ended("transaction-aborted"), 5_000 * MILLI);

        assertThat(tally.committed()).isEqualTo(100);
        assertThat(tally.latency().p50()).isCloseTo(50, within(0.1));
        assertThat(tally.latency().p99()).isCloseTo(99, within(0.1));
        assertThat(tally.latency().max()).isCloseTo(100, within(0.1));
        assertThat(tally.lastStepLatency().p50()).isCloseTo(2, within(0.01));
    }

    @Test
    void refusals_have_a_latency_of_their_own() {
        Tally tally = new Tally();
        tally.add(ended("overloaded"), 7 * MILLI);
        tally.add(ended("no-quorum"), 7 * MILLI);
        tally.add(ended("SocketTimeoutException"), 9_000 * MILLI);

        assertThat(tally.refusalLatency().p99()).isCloseTo(7, within(0.1));
        assertThat(tally.failures()).isEqualTo(Map.of("overloaded", 1L, "no-quorum", 1L, "SocketTimeoutException", 1L));
    }

    @Test
    void a_window_divides_what_grew_by_what_was_committed() {
        Tally tally = new Tally();
        for (int i = 0; i < 200; i++) {
            tally.add(ended(Attempt.COMMITTED), MILLI);
        }
        Measured measured = Measured.between(
                tally,
                4_000 * MILLI,
                Map.of("cpu.n1", 1_000.0, "cpu.n2", 0.0),
                Map.of("cpu.n1", 41_000.0, "cpu.n2", 20_000.0));

        assertThat(measured.rate()).isEqualTo(50);
        assertThat(measured.perTransaction("cpu.n1")).isEqualTo(200);
        assertThat(measured.perTransaction(measured.changeOfAll("cpu."))).isEqualTo(300);
        assertThat(measured.change("nothing")).isZero();
    }

    @Test
    void nothing_committed_costs_nothing_and_takes_no_time() {
        Measured measured = Measured.between(new Tally(), MILLI, Map.of(), Map.of("cpu.n1", 5.0));

        assertThat(measured.perTransaction("cpu.n1")).isZero();
        assertThat(measured.tally().latency()).isEqualTo(new Latency(0, 0, 0, 0));
    }
}
