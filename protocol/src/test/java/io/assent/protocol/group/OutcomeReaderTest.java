package io.assent.protocol.group;

import static io.assent.protocol.group.GroupScript.A;
import static io.assent.protocol.group.GroupScript.B;
import static io.assent.protocol.group.GroupScript.READER;
import static io.assent.protocol.group.GroupScript.abort;
import static io.assent.protocol.group.GroupScript.acknowledged;
import static io.assent.protocol.group.GroupScript.decide;
import static io.assent.protocol.group.GroupScript.enroll;
import static io.assent.protocol.group.GroupScript.forget;
import static io.assent.protocol.group.GroupScript.founded;
import static io.assent.protocol.group.GroupScript.heuristic;
import static io.assent.protocol.group.GroupScript.onePhase;
import static io.assent.protocol.group.GroupScript.onePhaseResult;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AbortReason;
import io.assent.protocol.AbortReason.Code;
import io.assent.protocol.Births;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.OutcomeReader.Answer;
import io.assent.protocol.group.OutcomeReader.BirthTable;
import io.assent.protocol.group.OutcomeReader.Status;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** U1 to U5: "unknown means aborted" exactly where it is proven; and the answer for each branch. */
class OutcomeReaderTest {

    private static final TransactionId T = Births.born(5, 10);
    private static final TransactionId PAXOS = Births.born(5, 10, Protocol.PAXOS_COMMIT);

    private final GroupState state = founded();

    private record Table(long term, long issuedSequence, Set<TransactionId> ids) implements BirthTable {
        @Override
        public boolean contains(TransactionId id) {
            return ids.contains(id);
        }
    }

    private static Table table(long term, long issued, TransactionId... ids) {
        return new Table(term, issued, Set.of(ids));
    }

    private Status status(@Nullable BirthTable table, TransactionId id) {
        return OutcomeReader.read(state, table, id).status();
    }

    // U1

    @Test
    void U1_absentAndALaterTermIsAppliedMeansAborted() {
        state.advance(6);
        Answer answer = OutcomeReader.read(state, null, T);
        assertThat(answer.status()).isEqualTo(Status.ABORTED);
        assertThat(answer.reason()).isEqualTo(AbortReason.of(Code.COORDINATOR_LOST));
    }

    @Test
    void U1_absentInItsOwnTermIsPending_M2() {
        state.advance(5);
        assertThat(status(null, T)).isEqualTo(Status.PENDING);
    }

    @Test
    void U1_absentBeforeItsTermIsPending() {
        state.advance(4);
        assertThat(status(null, T)).isEqualTo(Status.PENDING);
    }

    @Test
    void U1_anotherIncarnationIsExpiredAndNeverAborted() {
        state.advance(6);
        assertThat(status(null, Births.bornElsewhere(5, 10))).isEqualTo(Status.EXPIRED);
        assertThat(status(table(5, 20), Births.bornElsewhere(5, 10))).isEqualTo(Status.EXPIRED);
    }

    @Test
    void U1_belowTheHorizonIsExpiredAndNeverAborted() {
        state.apply(forget(5, 10), 6);
        assertThat(status(null, T)).isEqualTo(Status.EXPIRED);
        assertThat(status(table(5, 20), T)).isEqualTo(Status.EXPIRED);
        assertThat(status(null, Births.born(5, 11))).isEqualTo(Status.ABORTED);
    }

    @Test
    void U1_saysNothingOfAPaxosCommitTransaction() {
        state.apply(GroupScript.acceptors(1, 2, 3), 5);
        state.advance(6);
        assertThat(status(null, PAXOS)).isEqualTo(Status.PENDING);
    }

    @Test
    void Q2_aTransactionOfATermWithoutAcceptorsWasNeverBorn() {
        state.apply(GroupScript.acceptors(1, 2, 3), 4);
        state.advance(5);
        assertThat(status(null, PAXOS)).as("its term goes on").isEqualTo(Status.PENDING);
        state.advance(6);
        assertThat(status(null, PAXOS)).isEqualTo(Status.ABORTED);
    }

    @Test
    void U1_anEnrolledTransactionIsPendingWhateverTermIsApplied() {
        state.apply(enroll(T, A), 5);
        state.advance(9);
        assertThat(status(null, T)).isEqualTo(Status.PENDING);
        assertThat(status(table(5, 20), T)).isEqualTo(Status.PENDING);
        assertThat(status(table(9, 20), T)).isEqualTo(Status.PENDING);
    }

    // U2

    @Test
    void U2_theLeaderOfItsTermThatIssuedItAndHasItNowhereAnswersAborted() {
        state.advance(5);
        Answer answer = OutcomeReader.read(state, table(5, 10), T);
        assertThat(answer.status()).isEqualTo(Status.ABORTED);
        assertThat(answer.reason()).isEqualTo(AbortReason.of(Code.PRESUMED));
    }

    @Test
    void U2_whatIsInTheTableIsPending() {
        state.advance(5);
        assertThat(status(table(5, 10, T), T)).isEqualTo(Status.PENDING);
    }

    @Test
    void U2_theLeaderOfAnotherTermProvesNothing() {
        state.advance(4);
        assertThat(status(table(4, 20), T)).isEqualTo(Status.PENDING);
        assertThat(status(table(6, 20), T)).isEqualTo(Status.PENDING);
    }

    @Test
    void U2_whatTheLeaderOfItsTermNeverIssuedIsNotFound() {
        state.advance(5);
        assertThat(status(table(5, 9), T)).isEqualTo(Status.NEVER_ISSUED);
        assertThat(status(table(5, -1), Births.born(5, 0))).isEqualTo(Status.NEVER_ISSUED);
    }

    @Test
    void U2_holdsForPaxosCommitToo() {
        state.advance(5);
        assertThat(status(table(5, 10), PAXOS)).isEqualTo(Status.ABORTED);
        assertThat(status(table(5, 10, PAXOS), PAXOS)).isEqualTo(Status.PENDING);
    }

    @Test
    void U2_looksIntoTheTableFirstAndThenIntoTheState() {
        // The transaction moves from the table to the state just after the table was asked.
        BirthTable moving = new BirthTable() {
            @Override
            public long term() {
                return 5;
            }

            @Override
            public long issuedSequence() {
                return 10;
            }

            @Override
            public boolean contains(TransactionId id) {
                state.apply(decide(id), 5);
                return false;
            }
        };
        assertThat(status(moving, T)).isEqualTo(Status.COMMITTED);
    }

    @Test
    void U2_looksAtTheIssuedNumberBeforeItLooksIntoTheTable() {
        // The transaction is begun just after the table was asked: it is not "issued and gone".
        BirthTable beginning = new BirthTable() {
            private long issued = 9;

            @Override
            public long term() {
                return 5;
            }

            @Override
            public long issuedSequence() {
                return issued;
            }

            @Override
            public boolean contains(TransactionId id) {
                issued = 10;
                return false;
            }
        };
        assertThat(status(beginning, T)).isNotEqualTo(Status.ABORTED);
    }

    // U3

    @Test
    void U3_aTerminalFactIsAnsweredByAnyReplica() {
        TransactionId owing = Births.born(5, 11);
        TransactionId aborted = Births.born(5, 12);
        TransactionId hazard = Births.born(5, 13);
        state.apply(decide(T, A), 5);
        state.apply(acknowledged(T, "a"), 5);
        state.apply(decide(owing, A), 5);
        state.apply(abort(aborted), 5);
        state.apply(heuristic(hazard, "a"), 5);
        for (Table table : new Table[] {null, table(5, 20), table(5, 20, T, owing, aborted, hazard), table(9, 0)}) {
            assertThat(status(table, T)).isEqualTo(Status.COMMITTED);
            assertThat(status(table, owing)).isEqualTo(Status.COMMITTED);
            assertThat(status(table, aborted)).isEqualTo(Status.ABORTED);
            assertThat(status(table, hazard)).isEqualTo(Status.ABORTED);
        }
    }

    @Test
    void U3_aOnePhaseTransactionIsPendingUntilItsMemberTold_M14() {
        state.apply(onePhase(T), 5);
        state.advance(9);
        assertThat(status(null, T)).isEqualTo(Status.PENDING);
        assertThat(status(table(5, 20), T)).isEqualTo(Status.PENDING);
        state.apply(onePhaseResult(T, Outcome.COMMITTED), 9);
        assertThat(status(null, T)).isEqualTo(Status.COMMITTED);
    }

    // Answers for branches (L2)

    @Test
    void L2_aMemberThatVotedYesIsToldToCommit() {
        for (boolean finished : new boolean[] {false, true}) {
            TransactionId id = Births.born(5, finished ? 1 : 2);
            state.apply(decide(id, A, B, READER), 5);
            if (finished) {
                state.apply(acknowledged(id, "a", "b"), 5);
            }
            Answer answer = OutcomeReader.read(state, null, id);
            assertThat(answer.forBranch("a")).isEqualTo(Status.COMMITTED);
            assertThat(answer.forBranch("b")).isEqualTo(Status.COMMITTED);
        }
    }

    @Test
    void L2_aBranchOutsideTheDecisionIsToldThatItAborted_M18() {
        state.apply(decide(T, A), 5);
        assertThat(OutcomeReader.read(state, null, T).forBranch("stranger")).isEqualTo(Status.ABORTED);
        state.apply(acknowledged(T, "a"), 5);
        assertThat(OutcomeReader.read(state, null, T).forBranch("stranger")).isEqualTo(Status.ABORTED);
    }

    @Test
    void L2_aReadOnlyMemberIsGoneSoThatALaterBranchOfItIsToldThatItAborted_M15() {
        state.apply(decide(T, A, READER), 5);
        assertThat(OutcomeReader.read(state, null, T).forBranch("reader")).isEqualTo(Status.ABORTED);
        state.apply(acknowledged(T, "a"), 5);
        assertThat(OutcomeReader.read(state, null, T).forBranch("reader")).isEqualTo(Status.ABORTED);
    }

    @Test
    void L2_theMemberOfAOnePhaseCommitIsToldToCommit() {
        state.apply(onePhase(T), 5);
        assertThat(OutcomeReader.read(state, null, T).forBranch("a")).isEqualTo(Status.PENDING);
        state.apply(onePhaseResult(T, Outcome.COMMITTED), 5);
        assertThat(OutcomeReader.read(state, null, T).forBranch("a")).isEqualTo(Status.COMMITTED);
        assertThat(OutcomeReader.read(state, null, T).forBranch("b")).isEqualTo(Status.ABORTED);
    }

    @Test
    void L2_everyBranchOfAnAbortedPendingOrExpiredTransactionIsToldThat() {
        state.apply(abort(T), 5);
        assertThat(OutcomeReader.read(state, null, T).forBranch("a")).isEqualTo(Status.ABORTED);
        TransactionId pending = Births.born(5, 11);
        assertThat(OutcomeReader.read(state, null, pending).forBranch("a")).isEqualTo(Status.PENDING);
        state.apply(forget(5, 9), 5);
        assertThat(OutcomeReader.read(state, null, Births.born(5, 9)).forBranch("a"))
                .isEqualTo(Status.EXPIRED);
    }

    @Test
    void lookup_aBranchOfATransactionThatWasNeverIssuedIsToldToWait() {
        state.advance(5);
        assertThat(OutcomeReader.read(state, table(5, 9), T).forBranch("a")).isEqualTo(Status.PENDING);
    }
}
