package io.assent.benchmarks.stage;

import static org.assertj.core.api.Assertions.assertThat;

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
    void threads_of_one_kind_have_one_name() {
        assertThat(ProfileStage.kindOf("n2@group-000000000000-StateMachineUpdater"))
                .isEqualTo(ProfileStage.kindOf("n3@group-000000000000-StateMachineUpdater"));
        assertThat(ProfileStage.kindOf("assent-delivery-1")).isEqualTo("assent-delivery");
        assertThat(ProfileStage.kindOf("G1 Conc#0")).isEqualTo(ProfileStage.kindOf("G1 Conc#1"));
    }
}
