package io.assent.protocol.twophase;

import static io.assent.protocol.twophase.CoordinatorScript.A;
import static io.assent.protocol.twophase.CoordinatorScript.B;
import static io.assent.protocol.twophase.CoordinatorScript.BIRTH_TERM;
import static io.assent.protocol.twophase.CoordinatorScript.DEADLINE;
import static io.assent.protocol.twophase.CoordinatorScript.NOW;
import static io.assent.protocol.twophase.CoordinatorScript.T;
import static io.assent.protocol.twophase.CoordinatorScript.at;
import static io.assent.protocol.twophase.CoordinatorScript.begun;
import static io.assent.protocol.twophase.CoordinatorScript.committing;
import static io.assent.protocol.twophase.CoordinatorScript.deciding;
import static io.assent.protocol.twophase.CoordinatorScript.preparing;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AbortReason.Code;
import io.assent.protocol.Births;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.Vote;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.twophase.TwoPhaseCoordinator.Phase;
import io.assent.protocol.twophase.TwoPhaseCoordinator.Timer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Table 1.2, row by row, of a transaction that its own leader leads. */
class TransitionTableTest {

    // ACTIVE

    @Test
    void table12_beginMakesAnActiveTransactionAndWritesNothing() {
        begun().does().is(Phase.ACTIVE).tells(null).owes().mayLeave(false);
        assertThat(begun().role().timer()).isEqualTo(Timer.DEADLINE);
    }

    @Test
    void table12_activeEnlistAddsAMember() {
        begun().enlist(A).accepts().does().enlist(B).does().hasMembers(A, B).is(Phase.ACTIVE);
    }

    @Test
    void table12_activeEnlistTheSameAgainChangesNothing() {
        begun().enlist(A).enlist(A).accepts().hasMembers(A);
    }

    @Test
    void table12_activeEnlistWithAnotherEndpointIsAConflict() {
        begun().enlist(A).enlist(Member.of("a", "http://other")).refuses(RequestRefusal.BRANCH_CONFLICT);
    }

    @Test
    void table12_activeEnlistOfAnotherLiveBranchIsAConflict_L8() {
        begun().enlist(A.withWork("t1", 1)).enlist(A.withWork("t2", 1)).refuses(RequestRefusal.BRANCH_CONFLICT);
    }

    @Test
    void table12_activeEnlistOfAParticipantThatDoesNotSpeakTwoPhaseIsRefused() {
        Member other =
                new Member("x", "http://x", null, List.of(Protocol.THREE_PHASE), false, null, null, null);
        begun().enlist(other).refuses(RequestRefusal.UNSUPPORTED_PROTOCOL).is(Phase.ACTIVE);
    }

    @Test
    void table12_activeCommitAsksAllForTheirVotes() {
        begun().enlist(A)
                .enlist(B)
                .commit()
                .does("send PREPARE a", "send PREPARE b")
                .is(Phase.PREPARING)
                .tells(null);
    }

    @Test
    void table12_prepareCarriesTermMembersDeadlineTokenAndCalls() {
        Member a = A.withWork("token", 2);
        CoordinatorScript script = begun().enlist(a).enlist(B).commit();
        assertThat(script.messageTo("a"))
                .isEqualTo(new Message.Prepare(T, "a", BIRTH_TERM, List.of(a, B), DEADLINE, "token", 2));
        assertThat(script.messageTo("b"))
                .isEqualTo(new Message.Prepare(T, "b", BIRTH_TERM, List.of(a, B), DEADLINE, null, null));
    }

    @Test
    void table12_activeCommitAsksOnlyThoseThatHaveNoVote() {
        begun().enlist(A.withVote(Vote.YES))
                .enlist(B)
                .commit()
                .does("send PREPARE b")
                .votes("b", Vote.YES)
                .does("log DECIDE");
    }

    @Test
    void table12_activeCommitWithAllVotesHandedOverDecidesAtOnce() {
        begun().enlist(A.withVote(Vote.YES))
                .enlist(B.withVote(Vote.READ_ONLY))
                .commit()
                .does("log DECIDE")
                .is(Phase.DECIDING);
    }

    @Test
    void table12_activeCommitWithANoAborts() {
        begun().enlist(A)
                .commit(at(A), at(B.withVote(Vote.NO)))
                .does("send ABORT a")
                .is(Phase.ABORTING)
                .because(Code.VOTE_NO)
                .tells(Outcome.ABORTED);
        assertThat(begun().commit(at(B.withVote(Vote.NO))).role().reason().branch()).isEqualTo("b");
    }

    @Test
    void table12_activeDeadlineAborts() {
        begun().enlist(A).timer().does("send ABORT a").is(Phase.ABORTING).because(Code.TIMEOUT);
    }

    @Test
    void table12_activeAbortRequestAborts() {
        begun().enlist(A).abort().does("send ABORT a").is(Phase.ABORTING).because(Code.INITIATOR);
    }

    @Test
    void table12_abortOfATransactionWithoutMembersIsOverAtOnce() {
        begun().abort().does().is(Phase.ABORTED).mayLeave(true);
    }

    // PREPARING

    @Test
    void table12_preparingYesAndReadOnlyFromAllDecides() {
        preparing().votes("a", Vote.YES).does().votes("b", Vote.READ_ONLY).does("log DECIDE").is(Phase.DECIDING);
    }

    @Test
    void table12_decideCarriesTheMembersWithTheirVotes() {
        CoordinatorScript script = preparing().votes("b", Vote.READ_ONLY).votes("a", Vote.YES);
        assertThat(script.record())
                .isEqualTo(new LogRecord.Decided(
                        T, List.of(A.withVote(Vote.YES), B.withVote(Vote.READ_ONLY)), NOW));
    }

    @Test
    void table12_preparingTheFirstVoteOfAParticipantCounts() {
        preparing()
                .votes("a", Vote.YES)
                .votes("a", Vote.NO)
                .does()
                .is(Phase.PREPARING)
                .votes("a", Vote.READ_ONLY)
                .hasMembers(A.withVote(Vote.YES), B);
    }

    @Test
    void table12_preparingAVoteOfAStrangerDoesNotCount() {
        CoordinatorScript script = preparing();
        Message toA = new Message.Prepare(T, "a", BIRTH_TERM, List.of(A, B), DEADLINE, null, null);
        script.hears(toA, new Reply.Voted(T, "stranger", Vote.NO, null)).does().is(Phase.PREPARING);
    }

    @Test
    void table12_preparingNoAborts_L3() {
        preparing()
                .votes("a", Vote.YES)
                .votes("b", Vote.NO)
                .does("send ABORT a")
                .is(Phase.ABORTING)
                .because(Code.VOTE_NO)
                .tells(Outcome.ABORTED);
        assertThat(preparing().votes("b", Vote.NO).role().reason().message()).isEqualTo("no money");
    }

    @Test
    void table12_preparingDeadlineAbortsAndNamesWhoseVoteIsMissing() {
        CoordinatorScript script = preparing().votes("a", Vote.YES).timer();
        script.does("send ABORT a", "send ABORT b").because(Code.UNREACHABLE);
        assertThat(script.role().reason().branch()).isEqualTo("b");
    }

    @Test
    void table12_preparingAbortRequestAborts() {
        preparing().abort().does("send ABORT a", "send ABORT b").is(Phase.ABORTING).because(Code.INITIATOR);
    }

    @Test
    void table12_preparingEnlistIsRefused() {
        preparing().enlist(Member.of("c", "http://c")).refuses(RequestRefusal.NOT_ACTIVE);
    }

    @Test
    void table12_preparingRepeatsPrepareToThoseThatDidNotVote() {
        preparing().owes("PREPARE a", "PREPARE b").votes("a", Vote.YES).owes("PREPARE b");
    }

    @Test
    void table12_aVoteToALeaderOfAnotherTermIsIgnored_L3() {
        CoordinatorScript script = preparing();
        for (long other : new long[] {BIRTH_TERM - 1, BIRTH_TERM + 1}) {
            Message older = new Message.Prepare(T, "a", other, List.of(A, B), DEADLINE, null, null);
            script.hears(older, new Reply.Voted(T, "a", Vote.YES, null)).does().hasMembers(A, B);
        }
    }

    @Test
    void table12_abortIsIrrevocable() {
        preparing()
                .abort()
                .votes("a", Vote.YES)
                .does()
                .votes("b", Vote.YES)
                .does()
                .is(Phase.ABORTING)
                .commit()
                .does()
                .enlist(Member.of("c", "http://c"))
                .refuses(RequestRefusal.NOT_ACTIVE)
                .is(Phase.ABORTING)
                .because(Code.INITIATOR);
    }

    // DECIDING

    @Test
    void table12_decidingStaysOnDeadline_L4() {
        deciding().timer().does().is(Phase.DECIDING).tells(null);
        assertThat(deciding().role().timer()).isEqualTo(Timer.NONE);
    }

    @Test
    void table12_decidingStaysOnAbortRequest_L4() {
        deciding().abort().accepts().does().is(Phase.DECIDING).tells(null);
        assertThat(deciding().abort().role().reason()).isNull();
    }

    @Test
    void table12_decidingStaysOnALateNo_L4() {
        deciding().votes("a", Vote.NO).does().is(Phase.DECIDING).hasMembers(A.withVote(Vote.YES), B.withVote(Vote.YES));
    }

    @Test
    void table12_decidingOwesNothing_L6() {
        deciding().owes().tells(null).mayLeave(false);
    }

    @Test
    void table12_decidingFactCommittedTellsTheYesVotersWithAllMembers() {
        CoordinatorScript script =
                preparing().votes("a", Vote.YES).votes("b", Vote.READ_ONLY).logApplies();
        script.does("send COMMIT a").is(Phase.COMMITTING).tells(Outcome.COMMITTED);
        assertThat(script.messageTo("a"))
                .isEqualTo(new Message.Commit(
                        T, "a", BIRTH_TERM, List.of(A.withVote(Vote.YES), B.withVote(Vote.READ_ONLY))));
    }

    @Test
    void table12_decidingFactAbortedTellsAbort() {
        deciding()
                .logAnswers(Known.ABORTED)
                .does("send ABORT a", "send ABORT b")
                .is(Phase.ABORTING)
                .tells(Outcome.ABORTED);
    }

    @Test
    void table12_decidingFactDeadTellsAbort() {
        deciding()
                .logAppliesInTerm(BIRTH_TERM + 1)
                .does("send ABORT a", "send ABORT b")
                .is(Phase.ABORTING)
                .tells(Outcome.ABORTED);
    }

    @Test
    void table12_decidingFactExpiredSendsNothing() {
        deciding().logAnswers(Known.EXPIRED).does().is(Phase.EXPIRED).tells(null).owes();
    }

    @Test
    void table12_decidingFactOwnedBySaysNothingToAnyone_G5() {
        for (long other : new long[] {BIRTH_TERM - 1, BIRTH_TERM + 1}) {
            deciding().logAnswers(new Fact.OwnedBy(other)).does().is(Phase.DEPOSED).tells(null).owes();
        }
    }

    // ABORTING

    @Test
    void table12_abortingNotDispatchedIsOverWhenAllAcknowledged() {
        preparing()
                .abort()
                .acknowledges("a")
                .does()
                .mayLeave(false)
                .acknowledges("b")
                .does()
                .is(Phase.ABORTED)
                .mayLeave(true);
    }

    @Test
    void table12_abortingIsBestEffortAndEndsWhenItsTimeIsOver() {
        CoordinatorScript script = preparing().abort().acknowledges("a");
        assertThat(script.role().timer()).isEqualTo(Timer.ABORT_NOTICE);
        script.timer().does().is(Phase.ABORTED).mayLeave(true).tells(Outcome.ABORTED).owes();
    }

    @Test
    void table12_abortingAbsentParticipantsAreToldAgainUntilThen() {
        preparing().abort().acknowledges("a").owes("ABORT b");
    }

    @Test
    void table12_anExpiredReplyToAbortIsTheEndOfTheMatter() {
        preparing()
                .abort()
                .hears(new Reply.Expired(T, "a"))
                .owes("ABORT b")
                .hears(new Reply.Expired(T, "b"))
                .is(Phase.ABORTED);
    }

    @Test
    void table12_abortingDispatchedWritesFirstAndSaysNothing_M26() {
        begun(IntentLog.PREPARE)
                .enlist(A)
                .enlist(B)
                .commit()
                .votes("a", Vote.NO)
                .does("log ABORTED")
                .is(Phase.ABORT_DISPATCHED)
                .tells(null)
                .owes()
                .mayLeave(false);
    }

    private static CoordinatorScript abortDispatched() {
        return begun(IntentLog.PREPARE)
                .enlist(A)
                .enlist(B)
                .commit()
                .does("log ENROLL with members", "send PREPARE a", "send PREPARE b")
                .logApplies()
                .does()
                .abort()
                .does("log ABORTED");
    }

    @Test
    void table12_abortingAppliedTellsAbort() {
        abortDispatched()
                .logApplies()
                .does("send ABORT a", "send ABORT b")
                .is(Phase.ABORTING)
                .tells(Outcome.ABORTED);
    }

    @Test
    void table12_abortingFindsCommittedAndObeys() {
        List<Member> decided = List.of(A.withVote(Vote.YES), B.withVote(Vote.YES));
        abortDispatched()
                .elsewhere(new LogRecord.Decided(T, decided, 1), BIRTH_TERM)
                .logApplies()
                .does("send COMMIT a", "send COMMIT b")
                .is(Phase.COMMITTING)
                .tells(Outcome.COMMITTED);
    }

    @Test
    void table12_abortingFindsOnePhaseAndAsksTheMember() {
        abortDispatched()
                .elsewhere(new LogRecord.OnePhase(T, A, 1, 2), BIRTH_TERM)
                .logApplies()
                .does("send INQUIRE with fence a")
                .is(Phase.DELEGATED)
                .tells(null);
    }

    @Test
    void table12_abortingFindsItDeadAndTellsAbort() {
        begun(IntentLog.PREPARE)
                .enlist(A)
                .enlist(B)
                .commit()
                .abort()
                .logAppliesInTerm(BIRTH_TERM + 1)
                .does("send ABORT a", "send ABORT b")
                .logAppliesInTerm(BIRTH_TERM + 1)
                .does()
                .is(Phase.ABORTING);
    }

    @Test
    void table12_abortingFindsItExpiredAndSendsNothing() {
        abortDispatched().logAnswers(Known.EXPIRED).does().is(Phase.EXPIRED).tells(null).owes();
    }

    @Test
    void table12_abortingFindsItOwnedByAnotherAndSaysNothing_G5() {
        abortDispatched()
                .elsewhere(new LogRecord.Adopted(T), BIRTH_TERM + 1)
                .logApplies()
                .does()
                .is(Phase.DEPOSED)
                .tells(null)
                .owes();
    }

    @Test
    void table12_abortDispatchedIgnoresVotesTimersAndRequests() {
        abortDispatched()
                .votes("a", Vote.YES)
                .votes("b", Vote.YES)
                .does()
                .timer()
                .does()
                .abort()
                .accepts()
                .does()
                .commit()
                .accepts()
                .does()
                .is(Phase.ABORT_DISPATCHED);
    }

    // COMMITTING

    @Test
    void table12_committingAcknowledgedByAllWritesAckedAndMayLeaveWhenThatIsApplied_L7() {
        committing()
                .acknowledges("b")
                .does()
                .owes("COMMIT a")
                .acknowledges("a")
                .does("log ACKED b,a")
                .is(Phase.COMMITTED)
                .owes()
                .mayLeave(false)
                .logApplies()
                .does()
                .is(Phase.COMMITTED)
                .mayLeave(true)
                .tells(Outcome.COMMITTED);
    }

    @Test
    void table12_committingTheSameAcknowledgementTwiceCountsOnce() {
        committing().acknowledges("a").acknowledges("a").does().is(Phase.COMMITTING);
    }

    @Test
    void table12_committingNeverTimesOutAndNeverForgets() {
        CoordinatorScript script = committing().acknowledges("a");
        assertThat(script.role().timer()).isEqualTo(Timer.NONE);
        script.timer().does().is(Phase.COMMITTING).owes("COMMIT b");
    }

    @Test
    void table12_committingAnExpiredReplyIsNoAcknowledgement() {
        committing().hears(new Reply.Expired(T, "a")).does().owes("COMMIT a", "COMMIT b");
    }

    @Test
    void table12_committingALateVoteOrAnAcknowledgementOfAnotherMessageIsNoAcknowledgement() {
        CoordinatorScript script = committing().votes("a", Vote.NO).does();
        script.hears(new Message.Abort(T, "a", BIRTH_TERM), new Reply.Acknowledged(T, "a"));
        script.does().owes("COMMIT a", "COMMIT b");
    }

    @Test
    void table12_committingAnAcknowledgementToALeaderOfAnotherTermIsIgnored() {
        Message older = new Message.Commit(T, "a", BIRTH_TERM - 1, List.of());
        committing().hears(older, new Reply.Acknowledged(T, "a")).does().owes("COMMIT a", "COMMIT b");
    }

    @Test
    void table12_committingAbortIsAskedTooLate() {
        committing().abort().refuses(RequestRefusal.ALREADY_COMMITTED);
        committing().acknowledges("a").acknowledges("b").abort().refuses(RequestRefusal.ALREADY_COMMITTED);
    }

    @Test
    void table12_theSameDecisionAppliedTwiceIsObeyedOnce_G3() {
        CoordinatorScript script = committing();
        LogRecord.Decided decided = new LogRecord.Decided(T, script.role().members(), NOW);
        Step again = script.role().on(new TwoPhaseEvent.Applied(decided, Known.COMMITTED, script.log().open(T)), NOW);
        assertThat(CoordinatorScript.describe(again)).isEmpty();
        assertThat(again.next()).isEqualTo(script.role());
    }

    @Test
    void table12_readOnlyFromAllDecidesAndOwesNoMessage() {
        preparing()
                .votes("a", Vote.READ_ONLY)
                .votes("b", Vote.READ_ONLY)
                .does("log DECIDE")
                .tells(null)
                .logApplies()
                .does()
                .is(Phase.COMMITTED)
                .tells(Outcome.COMMITTED)
                .mayLeave(true);
    }

    @Test
    void table12_anEmptyTransactionIsDecidedInTheLogToo() {
        begun().commitNothing()
                .does("log DECIDE")
                .is(Phase.DECIDING)
                .tells(null)
                .logApplies()
                .does()
                .is(Phase.COMMITTED)
                .tells(Outcome.COMMITTED)
                .mayLeave(true);
    }

    @Test
    void messagesAndRecordsAreOfThisTransaction() {
        assertThat(deciding().record()).extracting(r -> ((LogRecord.OfTransaction) r).transaction()).isEqualTo(T);
        assertThat(Births.born(5, 0)).isEqualTo(T);
    }
}
