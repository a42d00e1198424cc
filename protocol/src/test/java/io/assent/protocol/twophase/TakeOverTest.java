package io.assent.protocol.twophase;

import static io.assent.protocol.twophase.CoordinatorScript.A;
import static io.assent.protocol.twophase.CoordinatorScript.B;
import static io.assent.protocol.twophase.CoordinatorScript.BIRTH_TERM;
import static io.assent.protocol.twophase.CoordinatorScript.DEADLINE;
import static io.assent.protocol.twophase.CoordinatorScript.T;
import static io.assent.protocol.twophase.CoordinatorScript.at;
import static io.assent.protocol.twophase.CoordinatorScript.named;
import static io.assent.protocol.twophase.CoordinatorScript.takenOver;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AbortReason.Code;
import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Timer;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Table 1.3: what a new leader does with what it finds in the log. */
class TakeOverTest {

    private static final long NEW_TERM = BIRTH_TERM + 2;
    private static final Member READER = Member.of("reader", "http://reader").withVote(Vote.READ_ONLY);

    private static LogRecord enrolled(Member... members) {
        return new LogRecord.Enrolled(T, List.of(members), 1, 2, null, null);
    }

    private static final LogRecord ENROLLED_WITHOUT_MEMBERS = new LogRecord.Enrolled(T, null, 1, 2, null, null);

    private static LogRecord decided(Member... members) {
        return new LogRecord.Decided(T, List.of(members), 3);
    }

    private static CoordinatorScript adopting(Member... members) {
        return takenOver(NEW_TERM, enrolled(members)).does("log ADOPT").is(Phase.ADOPTING);
    }

    // COMMITTED

    @Test
    void table13_committedWithAcknowledgementsMissingIsResumed() {
        CoordinatorScript script = takenOver(
                NEW_TERM,
                decided(A.withVote(Vote.YES), B.withVote(Vote.YES), READER),
                new LogRecord.Acknowledged(T, List.of("a")));
        script.does("send COMMIT b").is(Phase.COMMITTING).tells(Outcome.COMMITTED);
        assertThat(script.messageTo("b"))
                .isEqualTo(new Message.Commit(
                        T, "b", NEW_TERM, List.of(A.withVote(Vote.YES), B.withVote(Vote.YES), READER)));
        script.acknowledges("b").does("log ACKED a,b").logApplies().mayLeave(true);
    }

    @Test
    void table13_committedWithAnUnresolvedHeuristicIsKeptInTheLog() {
        CoordinatorScript script = takenOver(
                        NEW_TERM,
                        decided(A.withVote(Vote.YES)),
                        new LogRecord.HeuristicReported(T, "a", HeuristicKind.ROLLBACK))
                .tells(Outcome.COMMITTED)
                .owes();
        assertThat(script.role().progress().heuristics()).hasSize(1);
        assertThat(script.log().open(T)).isNotNull();
    }

    @Test
    void table13_abortedWithAnUnresolvedHeuristicIsKeptInTheLog() {
        CoordinatorScript script = takenOver(NEW_TERM, new LogRecord.HeuristicReported(T, "a", HeuristicKind.COMMIT))
                .does()
                .tells(Outcome.ABORTED)
                .mayLeave(true);
        assertThat(script.role().progress().heuristics()).hasSize(1);
        assertThat(script.log().open(T)).extracting(OpenTransaction::phase).isEqualTo(OpenTransaction.Phase.ABORTED);
    }

    // ONE_PHASE

    private static CoordinatorScript onePhase() {
        CoordinatorScript script = takenOver(NEW_TERM, new LogRecord.OnePhase(T, A.withWork("t", 2), 1, 2));
        return script.does("send INQUIRE with fence a").is(Phase.DELEGATED).tells(null);
    }

    @Test
    void table13_onePhaseWithoutResultIsAskedForWithFence() {
        assertThat(onePhase().messageTo("a")).isEqualTo(new Message.Inquire(T, "a", NEW_TERM, true, null));
    }

    @Test
    void table13_onePhaseMemberThatCommittedSettlesIt() {
        onePhase()
                .reportsState("a", BranchState.COMMITTED)
                .does("log ONE_PHASE_RESULT COMMITTED")
                .tells(Outcome.COMMITTED)
                .logApplies()
                .does()
                .mayLeave(true);
    }

    @Test
    void table13_onePhaseMemberThatAbortedSettlesIt() {
        onePhase()
                .reportsState("a", BranchState.ABORTED)
                .does("log ONE_PHASE_RESULT ABORTED")
                .tells(Outcome.ABORTED)
                .logApplies()
                .does()
                .mayLeave(true);
    }

    @Test
    void table13_onePhaseMemberThatIsPreparedIsToldAgain() {
        CoordinatorScript script = onePhase().reportsState("a", BranchState.PREPARED);
        script.does("send COMMIT_ONE_PHASE a");
        assertThat(script.messageTo("a")).isEqualTo(new Message.CommitOnePhase(T, "a", NEW_TERM, "t", 2));
        script.owes("COMMIT_ONE_PHASE a").reportsOutcome("a", Outcome.COMMITTED).does("log ONE_PHASE_RESULT COMMITTED");
    }

    @Test
    void table13_onePhaseMemberThatCannotTellIsAskedAgain() {
        for (BranchState state :
                new BranchState[] {BranchState.UNKNOWN, BranchState.NOT_VOTED, BranchState.PRE_COMMITTED}) {
            onePhase().reportsState("a", state).does().tells(null).owes("INQUIRE with fence a");
        }
    }

    @Test
    void table13_onePhaseIsNeverPresumedAborted_M14() {
        onePhase().timer().does().abort().accepts().does().tells(null).mayLeave(false);
        assertThat(onePhase().role().timer()).isEqualTo(Timer.NONE);
    }

    // Enrolled, members complete

    @Test
    void table13_enrolledIsAdoptedAndNothingIsSentBeforeThatIsApplied() {
        adopting(A, B).owes().tells(null).mayLeave(false);
    }

    @Test
    void table13_adoptedAllAreAskedAgainInTheNewTerm() {
        CoordinatorScript script = adopting(A, B).logApplies();
        script.does("send PREPARE a", "send PREPARE b").is(Phase.PREPARING);
        assertThat(script.messageTo("a"))
                .isEqualTo(new Message.Prepare(T, "a", NEW_TERM, List.of(A, B), DEADLINE, null, null));
    }

    @Test
    void table13_aYesThatAnotherLeaderGotIsAskedForAgain_L3() {
        adopting(A.withVote(Vote.YES), B)
                .logApplies()
                .does("send PREPARE a", "send PREPARE b")
                .votes("b", Vote.YES)
                .does()
                .votes("a", Vote.YES)
                .does("log DECIDE");
    }

    @Test
    void table13_aHandedOverReadOnlyIsNotAskedForAgain_L3() {
        adopting(A, READER)
                .logApplies()
                .does("send PREPARE a")
                .votes("a", Vote.YES)
                .does("log DECIDE")
                .logApplies()
                .does("send COMMIT a");
    }

    @Test
    void table13_whenAllLeftReadOnlyTheDecisionFollowsTheAdoption() {
        adopting(READER)
                .logApplies()
                .does("log DECIDE")
                .logApplies()
                .does()
                .tells(Outcome.COMMITTED)
                .mayLeave(true);
    }

    @Test
    void table13_theAdopterDecidesInItsOwnTerm() {
        CoordinatorScript script = adopting(A)
                .logApplies()
                .votes("a", Vote.YES)
                .does("log DECIDE")
                .logApplies()
                .does("send COMMIT a");
        assertThat(script.messageTo("a").term()).isEqualTo(NEW_TERM);
        assertThat(script.log().open(T)).extracting(OpenTransaction::owner).isEqualTo(NEW_TERM);
    }

    @Test
    void table13_aParticipantThatLostItsBranchVotesNoAndItAborts() {
        adopting(A, B)
                .logApplies()
                .votes("a", Vote.NO)
                .does("log ABORTED")
                .tells(null)
                .logApplies()
                .does("send ABORT b")
                .tells(Outcome.ABORTED);
    }

    @Test
    void table13_pastItsDeadlineItIsAborted() {
        CoordinatorScript script = adopting(A, B);
        assertThat(script.role().timer()).isEqualTo(Timer.DEADLINE);
        script.timer()
                .does("log ABORTED")
                .tells(null)
                .logApplies()
                .does()
                .tells(null)
                .logApplies()
                .does("send ABORT a", "send ABORT b")
                .tells(Outcome.ABORTED);
    }

    @Test
    void table13_aReplyToTheOldLeaderDoesNotCountForTheNewOne() {
        Message older = new Message.Prepare(T, "a", BIRTH_TERM, List.of(A), DEADLINE, null, null);
        adopting(A)
                .logApplies()
                .hears(older, new Reply.Voted(T, "a", Vote.YES, null))
                .does()
                .is(Phase.PREPARING);
    }

    // Requests that come before the adoption is applied

    @Test
    void requestsForAnEnrolledTransactionWaitForItsAdoption() {
        adopting(A).commit().refuses(RequestRefusal.ADOPTING);
        adopting(A).enlist(B).refuses(RequestRefusal.ADOPTING);
    }

    @Test
    void abortNeedNotWaitForTheAdoption() {
        adopting(A)
                .abort()
                .accepts()
                .does("log ABORTED")
                .tells(null)
                .logApplies()
                .does()
                .logApplies()
                .does("send ABORT a")
                .tells(Outcome.ABORTED)
                .because(Code.INITIATOR);
    }

    // The log knows better

    @Test
    void anAdoptionThatFindsADecisionObeysIt() {
        adopting(A, B)
                .elsewhere(decided(A.withVote(Vote.YES), B.withVote(Vote.READ_ONLY)), BIRTH_TERM)
                .logApplies()
                .does("send COMMIT a")
                .tells(Outcome.COMMITTED);
    }

    @Test
    void anAdoptionThatFindsADelegationAsksTheMember() {
        adopting(A)
                .elsewhere(new LogRecord.OnePhase(T, A, 1, 2), BIRTH_TERM)
                .logApplies()
                .does("send INQUIRE with fence a")
                .tells(null);
    }

    @Test
    void anAdoptionThatFindsAnAbortTellsIt() {
        adopting(A)
                .elsewhere(new LogRecord.Aborted(T), BIRTH_TERM)
                .logApplies()
                .does("send ABORT a")
                .tells(Outcome.ABORTED);
    }

    @Test
    void anAdoptionThatFindsALaterOwnerSaysNothing_G5() {
        adopting(A)
                .elsewhere(new LogRecord.Adopted(T), NEW_TERM + 1)
                .logApplies()
                .does()
                .is(Phase.DEPOSED)
                .tells(null)
                .owes();
    }

    // Enrolled, members not complete

    private static CoordinatorScript enlistmentsLost() {
        return takenOver(NEW_TERM, ENROLLED_WITHOUT_MEMBERS)
                .does("log ADOPT")
                .logApplies()
                .does()
                .is(Phase.ACTIVE)
                .tells(null);
    }

    @Test
    void table13_enrolledWithoutMembersIsActiveAgain() {
        enlistmentsLost()
                .hasMembers()
                .enlist(A)
                .accepts()
                .commit(named("a"))
                .does("log ENROLL with members", "send PREPARE a");
    }

    @Test
    void table13_withoutItsEnlistmentsACommitMustNameTheBranches() {
        enlistmentsLost()
                .commit()
                .accepts()
                .does("log ABORTED")
                .because(Code.COORDINATOR_LOST)
                .logApplies()
                .does()
                .tells(Outcome.ABORTED);
    }

    @Test
    void table13_withoutItsEnlistmentsACommitMustNameTheBranchesThoughSomeWereEnlistedSince() {
        enlistmentsLost().enlist(B).commit().does("log ABORTED").because(Code.COORDINATOR_LOST);
    }

    @Test
    void table13_withoutItsEnlistmentsACommitThatNamesTheBranchesGoesOn() {
        enlistmentsLost()
                .commit(at(A), at(B.withVote(Vote.YES)))
                .does("log ENROLL with members", "send PREPARE a")
                .votes("a", Vote.YES)
                .does("log DECIDE");
    }

    @Test
    void table13_withoutItsEnlistmentsASoleMemberMayCommitInOnePhase() {
        Member sole = new Member("a", "http://a", null, Member.DEFAULT_PROTOCOLS, true, null, null, null);
        enlistmentsLost().commit(at(sole)).does("log ONE_PHASE").logApplies().does("send COMMIT_ONE_PHASE a");
    }
}
