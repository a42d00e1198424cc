package io.assent.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What other programs print is read as it is meant. */
class ReadingTest {

    @Test
    void a_list_of_cores_has_single_ones_and_ranges() {
        assertThat(Pinning.parseList("0-2,5")).containsExactly(0, 1, 2, 5);
        assertThat(Pinning.parseList("7")).containsExactly(7);
    }

    @Test
    void the_total_of_a_histogram_is_its_live_bytes() {
        String histogram = """
                 num     #instances         #bytes  class name (module)
                -------------------------------------------------------
                   1:         12345        9876543  [B (java.base@25)
                Total        100000       45390136
                """;

        assertThat(Java.parseLiveBytes(histogram)).contains(45_390_136L);
        assertThat(Java.parseLiveBytes("nothing")).isEmpty();
    }

    @Test
    void threads_of_a_jvm_and_of_its_helpers_have_their_time() {
        String print = """
                "main" #3 [1234] prio=5 os_prio=0 cpu=1132.43ms elapsed=12.31s tid=0x0000 nid=1234 runnable  [0x0]
                   java.lang.Thread.State: RUNNABLE
                "GC Thread#0" os_prio=0 cpu=15.50ms elapsed=12.30s tid=0x0000 nid=12 runnable
                "n1@group-000000000000-StateMachineUpdater" #40 [9] daemon prio=5 os_prio=0 cpu=0.25ms elapsed=1s tid=0
                """;

        assertThat(Java.parseThreadMillis(print))
                .isEqualTo(Map.of(
                        "main", 1132.43, "GC Thread#0", 15.5, "n1@group-000000000000-StateMachineUpdater", 0.25));
    }

    @Test
    void series_of_a_metric_are_added_up() {
        Metrics metrics = Metrics.parse("""
                # HELP assent_phase_seconds Time
                assent_phase_seconds_sum{phase="deciding"} 1.5
                assent_phase_seconds_sum{phase="committing"} 2.5
                assent_phase_seconds_sum_of_another 9
                assent_leader 1.0
                """);

        assertThat(metrics.sum("assent_phase_seconds_sum")).isEqualTo(4);
        assertThat(metrics.sum("assent_phase_seconds_sum", "phase=\"deciding\""))
                .isEqualTo(1.5);
        assertThat(metrics.sum("assent_leader")).isEqualTo(1);
        assertThat(metrics.sum("assent_nothing")).isZero();
    }

    @Test
    void a_status_has_fields() {
        assertThat(Footprint.field("Name:\tjava\nThreads:\t41\n", "Threads")).isEqualTo(41);
        assertThatThrownBy(() -> Footprint.field("Name:\tjava\n", "Threads")).hasMessageContaining("Threads");
    }
}
