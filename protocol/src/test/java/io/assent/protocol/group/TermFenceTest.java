package io.assent.protocol.group;

import static io.assent.protocol.group.GroupScript.A;
import static io.assent.protocol.group.GroupScript.B;
import static io.assent.protocol.group.GroupScript.READER;
import static io.assent.protocol.group.GroupScript.abort;
import static io.assent.protocol.group.GroupScript.acknowledged;
import static io.assent.protocol.group.GroupScript.adopt;
import static io.assent.protocol.group.GroupScript.assertFinished;
import static io.assent.protocol.group.GroupScript.decide;
import static io.assent.protocol.group.GroupScript.enroll;
import static io.assent.protocol.group.GroupScript.enrollWithoutMembers;
import static io.assent.protocol.group.GroupScript.founded;
import static io.assent.protocol.group.GroupScript.onePhase;
import static io.assent.protocol.group.GroupScript.onePhaseResult;
import static io.assent.protocol.group.GroupScript.open;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Births;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.OpenTransaction.Phase;
import org.junit.jupiter.api.Test;

/** G1, the term fence, and G5, the fact that each record is answered with. */
class TermFenceTest {

    private static final long BIRTH = 5;
    private static final TransactionId T = Births.born(BIRTH, 0);

    private final GroupState state = founded();

    private Fact apply(LogRecord record, long term) {
        return state.apply(record, term);
    }

    // DECIDE

    @Test
    void G1_decideOfTheBirthTermCommitsAnAbsentTransaction() {
        assertThat(apply(decide(T, A, READER), BIRTH)).isEqualTo(Known.COMMITTED);
        assertThat(open(state, T).phase()).isEqualTo(Phase.COMMITTED);
        assertThat(open(state, T).members()).containsExactly(A, READER);
        assertThat(open(state, T).decidedAt()).isEqualTo(3_000);
    }

    @Test
    void G1_decideOfALaterTermThanTheBirthOfAnAbsentTransactionDoesNotApply() {
        assertThat(apply(decide(T, A), BIRTH + 1)).isEqualTo(Known.DEAD);
        assertThat(state.read(T)).isEqualTo(new Standing.Absent(BIRTH + 1, false));
    }

    @Test
    void G1_decideOfAnotherTermThanTheOwnersDoesNotApply() {
        apply(enroll(T, A), BIRTH);
        assertThat(apply(decide(T, A), BIRTH + 1)).isEqualTo(new Fact.OwnedBy(BIRTH));
        assertThat(open(state, T).phase()).isEqualTo(Phase.ENROLLED);
    }

    @Test
    void G1_decideOfTheBirthTermDoesNotApplyOnceAnotherLeaderAdopted() {
        apply(enroll(T, A), BIRTH);
        apply(adopt(T), BIRTH + 1);
        assertThat(apply(decide(T, A), BIRTH)).isEqualTo(new Fact.OwnedBy(BIRTH + 1));
        assertThat(open(state, T).phase()).isEqualTo(Phase.ENROLLED);
    }

    @Test
    void G1_decideOfTheAdoptingTermCommits() {
        apply(enroll(T, A), BIRTH);
        apply(adopt(T), BIRTH + 2);
        assertThat(apply(decide(T, A), BIRTH + 2)).isEqualTo(Known.COMMITTED);
    }

    @Test
    void G1_decideWithoutAYesVoterIsFinishedAtOnceAndKeepsItsMembers() {
        assertThat(apply(decide(T, READER), BIRTH)).isEqualTo(Known.COMMITTED);
        assertFinished(state, T, Outcome.COMMITTED, new MemberVote("reader", Vote.READ_ONLY));
    }

    @Test
    void G1_decideOfAnEmptyTransactionIsFinishedAtOnce() {
        assertThat(apply(decide(T), BIRTH)).isEqualTo(Known.COMMITTED);
        assertFinished(state, T, Outcome.COMMITTED);
    }

    @Test
    void G1_membersAreSetOnce() {
        apply(decide(T, A), BIRTH);
        assertThat(apply(decide(T, A, B), BIRTH)).isEqualTo(Known.COMMITTED);
        assertThat(open(state, T).members()).containsExactly(A);
    }

    @Test
    void G1_membersThatAreEnrolledStay() {
        apply(enroll(T, A), BIRTH);
        apply(enroll(T, A, B), BIRTH);
        assertThat(open(state, T).members()).containsExactly(A);
    }

    @Test
    void G1_aSecondEnrollOfTheSameTransactionCompletesItsMembers() {
        apply(enrollWithoutMembers(T), BIRTH);
        assertThat(apply(enroll(T, A), BIRTH)).isEqualTo(Known.APPLIED);
        apply(enrollWithoutMembers(T), BIRTH);
        assertThat(open(state, T).members()).containsExactly(A);
    }

    // ENROLL, ONE_PHASE

    @Test
    void G1_enrollOfAnotherTermThanTheBirthOfAnAbsentTransactionDoesNotApply() {
        assertThat(apply(enroll(T, A), BIRTH + 1)).isEqualTo(Known.DEAD);
        assertThat(state.open()).isEmpty();
    }

    @Test
    void G1_enrollMakesTheTermThatCarriesItTheOwner() {
        assertThat(apply(enroll(T, A), BIRTH)).isEqualTo(Known.APPLIED);
        assertThat(open(state, T).owner()).isEqualTo(BIRTH);
        assertThat(open(state, T).createdAt()).isEqualTo(1_000);
        assertThat(open(state, T).deadline()).isEqualTo(2_000);
    }

    @Test
    void G1_enrollOfTheBirthTermDoesNotApplyOnceAnotherLeaderAdopted() {
        apply(enrollWithoutMembers(T), BIRTH);
        apply(adopt(T), BIRTH + 1);
        assertThat(apply(enroll(T, A), BIRTH)).isEqualTo(new Fact.OwnedBy(BIRTH + 1));
        assertThat(open(state, T).members()).isNull();
    }

    @Test
    void G1_onePhaseOfAnotherTermThanTheOwnersDoesNotApply() {
        assertThat(apply(onePhase(T), BIRTH + 1)).isEqualTo(Known.DEAD);
        apply(enroll(T, A), BIRTH);
        assertThat(apply(onePhase(T), BIRTH + 1)).isEqualTo(new Fact.OwnedBy(BIRTH));
        assertThat(open(state, T).phase()).isEqualTo(Phase.ENROLLED);
    }

    @Test
    void G1_nothingDecidesATransactionThatStandsAtOnePhase() {
        assertThat(apply(onePhase(T), BIRTH)).isEqualTo(Known.ONE_PHASE);
        for (LogRecord record : new LogRecord[] {decide(T, A), enroll(T, B), onePhase(T), abort(T), adopt(T)}) {
            assertThat(apply(record, BIRTH)).as("%s", record).isEqualTo(Known.ONE_PHASE);
            assertThat(apply(record, BIRTH + 1)).as("%s", record).isEqualTo(Known.ONE_PHASE);
        }
        assertThat(open(state, T).phase()).isEqualTo(Phase.ONE_PHASE);
        assertThat(open(state, T).owner()).isEqualTo(BIRTH);
    }

    @Test
    void G1_onePhaseResultAppliesInAnyTermOnce() {
        apply(onePhase(T), BIRTH);
        assertThat(apply(onePhaseResult(T, Outcome.COMMITTED), BIRTH + 7)).isEqualTo(Known.COMMITTED);
        assertFinished(state, T, Outcome.COMMITTED, new MemberVote("a", Vote.YES));
        assertThat(apply(onePhaseResult(T, Outcome.ABORTED), BIRTH + 8)).isEqualTo(Known.COMMITTED);
        assertFinished(state, T, Outcome.COMMITTED, new MemberVote("a", Vote.YES));
    }

    @Test
    void G1_onePhaseResultAbortedIsFinished() {
        apply(onePhase(T), BIRTH);
        assertThat(apply(onePhaseResult(T, Outcome.ABORTED), BIRTH + 1)).isEqualTo(Known.ABORTED);
        assertFinished(state, T, Outcome.ABORTED);
    }

    @Test
    void G1_onePhaseResultOfATransactionThatDoesNotStandAtOnePhaseDoesNotApply() {
        apply(enroll(T, A), BIRTH);
        assertThat(apply(onePhaseResult(T, Outcome.COMMITTED), BIRTH + 1)).isEqualTo(new Fact.OwnedBy(BIRTH));
        assertThat(apply(onePhaseResult(Births.born(BIRTH, 1), Outcome.COMMITTED), BIRTH + 1))
                .isEqualTo(Known.DEAD);
        assertThat(open(state, T).phase()).isEqualTo(Phase.ENROLLED);
    }

    // ABORTED

    @Test
    void G1_abortOfTheBirthTermMakesAnAbsentTransactionTerminal_M19() {
        assertThat(apply(abort(T), BIRTH)).isEqualTo(Known.ABORTED);
        assertThat(apply(decide(T, A), BIRTH)).isEqualTo(Known.ABORTED);
        assertThat(apply(enroll(T, A), BIRTH)).isEqualTo(Known.ABORTED);
        assertFinished(state, T, Outcome.ABORTED);
    }

    @Test
    void G1_abortOfALaterTermLeavesAnAbsentTransactionAbsent() {
        assertThat(apply(abort(T), BIRTH + 1)).isEqualTo(Known.DEAD);
        assertThat(state.read(T)).isInstanceOf(Standing.Absent.class);
    }

    @Test
    void G1_abortOfTheOwnersTermOrALaterOneAbortsAnEnrolledTransaction() {
        for (long later : new long[] {0, 1, 9}) {
            TransactionId id = Births.born(BIRTH, 10 + later);
            apply(enroll(id, A), BIRTH);
            assertThat(apply(abort(id), BIRTH + later)).isEqualTo(Known.ABORTED);
            assertFinished(state, id, Outcome.ABORTED);
        }
    }

    @Test
    void G1_abortOfAnEarlierTermThanTheOwnersDoesNotApply() {
        apply(enroll(T, A), BIRTH);
        apply(adopt(T), BIRTH + 2);
        assertThat(apply(abort(T), BIRTH)).isEqualTo(new Fact.OwnedBy(BIRTH + 2));
        assertThat(apply(abort(T), BIRTH + 1)).isEqualTo(new Fact.OwnedBy(BIRTH + 2));
        assertThat(open(state, T).phase()).isEqualTo(Phase.ENROLLED);
    }

    @Test
    void G1_abortDoesNotUndoACommit() {
        apply(decide(T, A), BIRTH);
        assertThat(apply(abort(T), BIRTH)).isEqualTo(Known.COMMITTED);
        assertThat(apply(abort(T), BIRTH + 1)).isEqualTo(Known.COMMITTED);
        apply(acknowledged(T, "a"), BIRTH);
        assertThat(apply(abort(T), BIRTH)).isEqualTo(Known.COMMITTED);
        assertFinished(state, T, Outcome.COMMITTED, new MemberVote("a", Vote.YES));
    }

    // ADOPT

    @Test
    void G1_adoptOfALaterTermMakesItTheOwner() {
        apply(enroll(T, A), BIRTH);
        assertThat(apply(adopt(T), BIRTH + 3)).isEqualTo(Known.APPLIED);
        assertThat(open(state, T).owner()).isEqualTo(BIRTH + 3);
        assertThat(open(state, T).members()).containsExactly(A);
    }

    @Test
    void G1_adoptTwiceByOneTermIsTheSameAsOnce_G3() {
        apply(enroll(T, A), BIRTH);
        apply(adopt(T), BIRTH + 3);
        assertThat(apply(adopt(T), BIRTH + 3)).isEqualTo(Known.APPLIED);
        assertThat(open(state, T).owner()).isEqualTo(BIRTH + 3);
    }

    @Test
    void G1_adoptOfAnEarlierTermDoesNotTakeATransactionBack() {
        apply(enroll(T, A), BIRTH);
        apply(adopt(T), BIRTH + 3);
        assertThat(apply(adopt(T), BIRTH + 2)).isEqualTo(new Fact.OwnedBy(BIRTH + 3));
        assertThat(open(state, T).owner()).isEqualTo(BIRTH + 3);
    }

    @Test
    void G1_adoptOfAnAbsentOrDecidedTransactionDoesNotApply() {
        assertThat(apply(adopt(T), BIRTH + 1)).isEqualTo(Known.DEAD);
        apply(decide(T, A), BIRTH);
        assertThat(apply(adopt(T), BIRTH + 1)).isEqualTo(Known.COMMITTED);
        assertThat(open(state, T).owner()).isEqualTo(BIRTH);
    }

    // G5

    @Test
    void G5_aRefusedRecordOfAnEnrolledTransactionIsNotDead_M20() {
        apply(enroll(T, A), BIRTH);
        apply(adopt(T), BIRTH + 1);
        for (long term : new long[] {BIRTH, BIRTH + 2}) {
            assertThat(apply(decide(T, A), term)).isEqualTo(new Fact.OwnedBy(BIRTH + 1));
        }
    }

    @Test
    void G5_nothingAppliesToATransactionOfAnotherIncarnation() {
        TransactionId other = Births.bornElsewhere(BIRTH, 0);
        for (LogRecord record : new LogRecord[] {
            decide(other, A),
            enroll(other, A),
            onePhase(other),
            abort(other),
            adopt(other),
            onePhaseResult(other, Outcome.COMMITTED),
            acknowledged(other, "a"),
            GroupScript.heuristic(other, "a"),
            GroupScript.resolved(other, "a")
        }) {
            assertThat(apply(record, BIRTH)).as("%s", record).isEqualTo(Known.EXPIRED);
        }
        assertThat(state.open()).isEmpty();
        assertThat(state.finishedCount()).isZero();
    }

    @Test
    void lastTermIsTheTermOfTheLastEntry_evenOfOneThatDidNotApply() {
        apply(decide(T, A), BIRTH + 4);
        assertThat(state.lastTerm()).isEqualTo(BIRTH + 4);
        state.advance(BIRTH + 6);
        assertThat(state.lastTerm()).isEqualTo(BIRTH + 6);
        state.advance(BIRTH);
        assertThat(state.lastTerm()).isEqualTo(BIRTH + 6);
    }
}
