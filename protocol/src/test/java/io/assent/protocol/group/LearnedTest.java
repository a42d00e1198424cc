package io.assent.protocol.group;

import static io.assent.protocol.group.GroupScript.A;
import static io.assent.protocol.group.GroupScript.B;
import static io.assent.protocol.group.GroupScript.acknowledged;
import static io.assent.protocol.group.GroupScript.decide;
import static io.assent.protocol.group.GroupScript.enroll;
import static io.assent.protocol.group.GroupScript.forget;
import static io.assent.protocol.group.GroupScript.founded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.protocol.Births;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Fact.Known;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the log keeps of transactions that acceptors decide, and of who the acceptors are. */
class LearnedTest {

    private static final TransactionId T = Births.born(5, 10, Protocol.PAXOS_COMMIT);
    private static final List<Member> J = List.of(A, B);

    private final GroupState state = founded();

    private static LogRecord learned(Outcome outcome, List<Member> members) {
        return new LogRecord.Learned(T, members, outcome, 7);
    }

    @Test
    void Q3_theLogKeepsWhatAcceptorsChoseWhoeverLearnsIt() {
        assertThat(state.apply(learned(Outcome.COMMITTED, J), 9)).isEqualTo(Known.COMMITTED);
        assertThat(state.read(T)).isInstanceOfSatisfying(Standing.Open.class, open -> {
            assertThat(open.transaction().phase()).isEqualTo(OpenTransaction.Phase.COMMITTED);
            assertThat(open.transaction().members()).isEqualTo(J);
        });
        assertThat(state.apply(learned(Outcome.COMMITTED, J), 11)).isEqualTo(Known.COMMITTED);
        state.apply(acknowledged(T, "a"), 11);
        state.apply(acknowledged(T, "b"), 11);
        assertThat(state.read(T)).isInstanceOf(Standing.Finished.class);
        assertThat(state.apply(learned(Outcome.COMMITTED, J), 12)).isEqualTo(Known.COMMITTED);
        assertThat(state.open()).isEmpty();
    }

    @Test
    void Q3_twoOutcomesOfOneTransactionStopTheGroup() {
        state.apply(learned(Outcome.ABORTED, List.of()), 5);
        assertThat(state.read(T)).isEqualTo(new Standing.Finished(Outcome.ABORTED, List.of()));
        assertThatThrownBy(() -> state.apply(learned(Outcome.COMMITTED, J), 5))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has learned");
        GroupState other = founded();
        other.apply(learned(Outcome.COMMITTED, J), 5);
        assertThatThrownBy(() -> other.apply(learned(Outcome.ABORTED, List.of()), 6))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void Q7_noOtherRecordDecidesATransactionOfAcceptors() {
        List.of(
                        enroll(T, A),
                        decide(T, A, B),
                        GroupScript.abort(T),
                        GroupScript.adopt(T),
                        GroupScript.onePhase(T),
                        GroupScript.onePhaseResult(T, Outcome.COMMITTED))
                .forEach(record ->
                        assertThat(state.apply(record, 5)).as("%s", record).isEqualTo(new Fact.OwnedBy(5)));
        assertThat(state.read(T)).isInstanceOf(Standing.Absent.class);
    }

    @Test
    void Q7_noOtherTransactionIsLearned() {
        TransactionId other = Births.born(5, 11);
        state.apply(new LogRecord.Learned(other, J, Outcome.COMMITTED, 7), 5);
        assertThat(state.read(other)).isInstanceOf(Standing.Absent.class);
    }

    @Test
    void G4_whatIsForgottenIsNotLearnedAnew() {
        state.apply(learned(Outcome.ABORTED, List.of()), 5);
        state.apply(forget(5, 10), 5);
        assertThat(state.apply(learned(Outcome.COMMITTED, J), 6)).isEqualTo(Known.EXPIRED);
        assertThat(state.read(T)).isInstanceOf(Standing.Expired.class);
    }

    @Test
    void Q2_theFirstListOfATermStands() {
        state.apply(GroupScript.acceptors(1, 2, 3), 5);
        state.apply(GroupScript.acceptors(4, 5, 6), 5);
        assertThat(state.acceptors().of(5))
                .isEqualTo(GroupScript.acceptors(1, 2, 3).acceptors());
        assertThat(state.acceptors().of(6))
                .as("a list is of its own term alone")
                .isNull();
    }

    @Test
    void Q2_listsGoWithTheTransactionsOfTheirTermsButForTheLast() {
        state.apply(GroupScript.acceptors(1, 2, 3), 5);
        state.apply(GroupScript.acceptors(1, 2, 4), 6);
        state.apply(forget(5, 900), 6);
        assertThat(state.acceptors().all()).as("more may have been born in it").containsOnlyKeys(5L, 6L);
        state.apply(forget(6, 0), 6);
        assertThat(state.acceptors().all()).containsOnlyKeys(6L);
        state.advance(9);
        state.apply(forget(9, 0), 9);
        assertThat(state.acceptors().all()).as("to be compared with").containsOnlyKeys(6L);
    }
}
