package io.assent.participant;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AnswerIndex;
import io.assent.protocol.AnswerIndex.Row;
import io.assent.protocol.api.Headers;
import io.assent.protocol.api.ProblemType;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The index of all answers names a test for each answer that a participant can give. */
class AnswerIndexTest {

    private static final AnswerIndex INDEX =
            AnswerIndex.under("Participant", "io.assent.participant", "io.assent.protocol");

    static List<Row> rows() {
        return INDEX.rows();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theTestsOfEachAnswerExistAndNameItsProblem(Row row) {
        assertThat(INDEX.faults(row)).isEmpty();
    }

    @Test
    void everyProblemReplyAndHeaderIsListed() {
        assertThat(rows().stream().flatMap(row -> row.problem().stream()))
                .containsAll(EnumSet.range(ProblemType.TRANSACTION_REQUIRED, ProblemType.BRANCH_LOST));
        assertThat(INDEX.named("reply"))
                .containsExactlyInAnyOrder("VOTE", "ACK", "OUTCOME", "STATE", "HEURISTIC", "EXPIRED");
        assertThat(INDEX.named("header"))
                .containsExactlyInAnyOrder(
                        Headers.TRANSACTION,
                        Headers.PROTOCOL,
                        Headers.COORDINATOR,
                        Headers.TIMEOUT,
                        Headers.PREPARE,
                        Headers.BRANCHES,
                        Headers.BRANCH);
    }
}
