package io.assent.benchmarks.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.assent.benchmarks.load.Attempt;
import io.assent.benchmarks.load.Measured;
import io.assent.benchmarks.load.Tally;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StageTest {

    @Test
    void the_median_is_the_one_in_the_middle() {
        assertThat(KillStage.median(List.of(3.0, 1.0, 2.0))).isEqualTo(2);
        assertThat(KillStage.median(List.of(1.0, 4.0))).isEqualTo(4);
    }

    @Test
    void three_records_of_each_transaction_share_the_entries() {
        Tally tally = new Tally();
        for (int i = 0; i < 400; i++) {
            tally.add(new Attempt(Attempt.COMMITTED, null, 1), 1);
        }
        Measured measured = new Measured(tally, 1, Map.of(CostProbe.ENTRIES, 100.0));

        assertThat(ClosedStage.recordsPerEntry(measured)).isEqualTo(12);
    }

    @Test
    void the_round_in_the_middle_is_the_one_of_middling_cost() {
        List<ClosedStage.Round> rounds = List.of(round(30), round(10), round(20));

        assertThat(ClosedStage.middle(rounds).cost()).isEqualTo(20);
    }

    private static ClosedStage.Round round(double micros) {
        Tally tally = new Tally();
        tally.add(new Attempt(Attempt.COMMITTED, null, 1), 1);
        return new ClosedStage.Round(new Measured(tally, 1, Map.of(CostProbe.CPU + "n1", micros)), "n1");
    }

    @Test
    void what_grows_under_load_or_stays_after_it_is_not_flat() {
        assertThat(grown(40, List.of(60L, 62L, 61L), 41).isFlat()).isTrue();
        assertThat(grown(40, List.of(60L, 64L, 69L), 41).isFlat()).isFalse();
        assertThat(grown(40, List.of(60L, 62L, 61L), 49).isFlat()).isFalse();
        assertThat(grown(400, List.of(600L, 660L), 440).isFlat()).isTrue();
        assertThat(grown(400, List.of(600L, 661L), 440).isFlat()).isFalse();
    }

    private static Growth grown(long before, List<Long> loaded, long after) {
        return new Growth("threads", before, loaded, after, 8);
    }

    @Test
    void threads_of_one_kind_have_one_name() {
        assertThat(ProfileStage.kindOf("n2@group-000000000000-StateMachineUpdater"))
                .isEqualTo(ProfileStage.kindOf("n3@group-000000000000-StateMachineUpdater"));
        assertThat(ProfileStage.kindOf("assent-delivery-1")).isEqualTo("assent-delivery");
        assertThat(ProfileStage.kindOf("G1 Conc#0")).isEqualTo(ProfileStage.kindOf("G1 Conc#1"));
    }

    @Test
    void delays_are_what_the_time_grows_by() {
        DelayStage.Passage passage = new DelayStage.Passage(6e6, 90e6, 20e6, 4);

        assertThat(passage.measured()).isEqualTo(4.2);
        assertThat(passage.percentOff()).isCloseTo(5, within(1e-9));
        assertThat(passage.delays()).isEqualTo("4.20 / 4");
        assertThat(passage.times()).isEqualTo("6.0 / 90.0");
        assertThat(DelayStage.median(List.of(3L, 1L, 2L))).isEqualTo(2);
        assertThat(DelayStage.median(List.of())).isNaN();
    }
}
