package io.assent.protocol.group;

import static io.assent.protocol.group.GroupScript.A;
import static io.assent.protocol.group.GroupScript.B;
import static io.assent.protocol.group.GroupScript.READER;
import static io.assent.protocol.group.GroupScript.abort;
import static io.assent.protocol.group.GroupScript.acknowledged;
import static io.assent.protocol.group.GroupScript.assertFinished;
import static io.assent.protocol.group.GroupScript.decide;
import static io.assent.protocol.group.GroupScript.founded;
import static io.assent.protocol.group.GroupScript.heuristic;
import static io.assent.protocol.group.GroupScript.onePhase;
import static io.assent.protocol.group.GroupScript.onePhaseResult;
import static io.assent.protocol.group.GroupScript.open;
import static io.assent.protocol.group.GroupScript.resolved;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Births;
import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.OpenTransaction.Phase;
import org.junit.jupiter.api.Test;

/** How transactions end in the replicated state: ACKED, HEURISTIC and RESOLVED of section 0. */
class EndingTest {

    private static final TransactionId T = Births.born(5, 0);
    private static final MemberVote A_COMMITTED = new MemberVote("a", Vote.YES);
    private static final MemberVote B_COMMITTED = new MemberVote("b", Vote.YES);
    private static final MemberVote READER_LEFT = new MemberVote("reader", Vote.READ_ONLY);

    private final GroupState state = founded();

    @Test
    void acked_aTransactionIsFinishedWhenEveryYesVoterAcknowledged() {
        state.apply(decide(T, A, READER, B), 5);
        assertThat(state.apply(acknowledged(T, "b"), 5)).isEqualTo(Known.COMMITTED);
        assertThat(open(state, T).owing()).containsExactly(A);
        assertThat(state.apply(acknowledged(T, "a"), 6)).isEqualTo(Known.COMMITTED);
        assertFinished(state, T, Outcome.COMMITTED, A_COMMITTED, READER_LEFT, B_COMMITTED);
        assertThat(state.open()).isEmpty();
    }

    @Test
    void acked_ofOthersThanYesVotersFinishesNothing() {
        state.apply(decide(T, A, READER), 5);
        state.apply(acknowledged(T, "reader", "stranger"), 5);
        assertThat(open(state, T).owing()).containsExactly(A);
    }

    @Test
    void acked_twiceIsTheSameAsOnce_G3() {
        state.apply(decide(T, A, B), 5);
        state.apply(acknowledged(T, "a"), 5);
        state.apply(acknowledged(T, "a"), 5);
        assertThat(open(state, T).acknowledged()).containsExactly("a");
        state.apply(acknowledged(T, "a", "b"), 5);
        assertThat(state.apply(acknowledged(T, "a", "b"), 5)).isEqualTo(Known.COMMITTED);
        assertFinished(state, T, Outcome.COMMITTED, A_COMMITTED, B_COMMITTED);
    }

    @Test
    void acked_beforeTheDecisionCountsForNothing() {
        state.apply(GroupScript.enroll(T, A), 5);
        state.apply(acknowledged(T, "a"), 5);
        state.apply(decide(T, A), 5);
        assertThat(open(state, T).owing()).containsExactly(A);
    }

    @Test
    void heuristic_keepsACommittedTransactionOpenUntilAnOperatorResolvesIt() {
        state.apply(decide(T, A), 5);
        assertThat(state.apply(heuristic(T, "a"), 5)).isEqualTo(Known.APPLIED);
        state.apply(acknowledged(T, "a"), 5);
        assertThat(open(state, T).phase()).isEqualTo(Phase.COMMITTED);
        assertThat(open(state, T).heuristics()).containsExactly(new HeuristicOutcome("a", HeuristicKind.HAZARD, false));
        assertThat(state.apply(resolved(T, "a"), 6)).isEqualTo(Known.APPLIED);
        assertFinished(state, T, Outcome.COMMITTED, A_COMMITTED);
    }

    @Test
    void heuristic_isTheParticipantsAnswerToCommit() {
        state.apply(decide(T, A, B), 5);
        state.apply(heuristic(T, "a"), 5);
        assertThat(open(state, T).owing()).containsExactly(B);
        state.apply(resolved(T, "a"), 5);
        assertThat(open(state, T).owing()).containsExactly(B);
        state.apply(acknowledged(T, "b"), 5);
        assertFinished(state, T, Outcome.COMMITTED, A_COMMITTED, B_COMMITTED);
    }

    @Test
    void G1_heuristicOfAnAbsentTransactionMakesItAborted() {
        assertThat(state.apply(heuristic(T, "a"), 9)).isEqualTo(Known.APPLIED);
        assertThat(open(state, T).phase()).isEqualTo(Phase.ABORTED);
        assertThat(state.apply(decide(T, A), 5)).isEqualTo(Known.ABORTED);
        state.apply(resolved(T, "a"), 9);
        assertFinished(state, T, Outcome.ABORTED);
    }

    @Test
    void G1_heuristicOfAFinishedTransactionOpensItAgainAndChangesNoOutcome() {
        TransactionId aborted = Births.born(5, 1);
        state.apply(decide(T, A, READER), 5);
        state.apply(acknowledged(T, "a"), 5);
        state.apply(abort(aborted), 5);
        state.apply(heuristic(T, "a"), 6);
        state.apply(heuristic(aborted, "b"), 6);
        assertThat(open(state, T).phase()).isEqualTo(Phase.COMMITTED);
        assertThat(MemberVote.of(open(state, T).members())).containsExactly(A_COMMITTED, READER_LEFT);
        assertThat(open(state, T).owing()).isEmpty();
        assertThat(open(state, aborted).phase()).isEqualTo(Phase.ABORTED);
        state.apply(resolved(T, "a"), 6);
        state.apply(resolved(aborted, "b"), 6);
        assertFinished(state, T, Outcome.COMMITTED, A_COMMITTED, READER_LEFT);
        assertFinished(state, aborted, Outcome.ABORTED);
        assertThat(state.finishedCount()).isEqualTo(2);
    }

    @Test
    void heuristic_twiceIsTheSameAsOnce_G3() {
        state.apply(decide(T, A), 5);
        state.apply(heuristic(T, "a"), 5);
        byte[] once = GroupScript.snapshot(state);
        state.apply(heuristic(T, "a"), 5);
        assertThat(GroupScript.snapshot(state)).isEqualTo(once);
    }

    @Test
    void heuristic_aRepeatedRecordDoesNotUndoWhatAnOperatorResolved() {
        state.apply(decide(T, A, B), 5);
        state.apply(heuristic(T, "a"), 5);
        state.apply(resolved(T, "a"), 5);
        state.apply(heuristic(T, "a"), 5);
        assertThat(open(state, T).heuristics()).containsExactly(new HeuristicOutcome("a", HeuristicKind.HAZARD, true));
    }

    @Test
    void heuristic_ofTwoParticipantsWaitsForBothToBeResolved() {
        state.apply(decide(T, A, B), 5);
        state.apply(heuristic(T, "a"), 5);
        state.apply(heuristic(T, "b"), 5);
        state.apply(resolved(T, "a"), 5);
        assertThat(open(state, T).phase()).isEqualTo(Phase.COMMITTED);
        state.apply(resolved(T, "b"), 5);
        assertFinished(state, T, Outcome.COMMITTED, A_COMMITTED, B_COMMITTED);
    }

    @Test
    void resolved_ofAParticipantThatReportedNothingResolvesNothing() {
        state.apply(decide(T, A), 5);
        state.apply(heuristic(T, "a"), 5);
        state.apply(resolved(T, "b"), 5);
        assertThat(open(state, T).heuristics()).containsExactly(new HeuristicOutcome("a", HeuristicKind.HAZARD, false));
    }

    @Test
    void onePhaseResult_committedOwesNothingAndKeepsItsMember() {
        state.apply(onePhase(T), 5);
        state.apply(onePhaseResult(T, Outcome.COMMITTED), 5);
        assertFinished(state, T, Outcome.COMMITTED, A_COMMITTED);
        assertThat(state.open()).isEmpty();
    }
}
