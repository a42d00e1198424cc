package io.assent.protocol.twophase;

import static io.assent.protocol.twophase.CoordinatorScript.A;
import static io.assent.protocol.twophase.CoordinatorScript.B;
import static io.assent.protocol.twophase.CoordinatorScript.BIRTH_TERM;
import static io.assent.protocol.twophase.CoordinatorScript.DEADLINE;
import static io.assent.protocol.twophase.CoordinatorScript.NOW;
import static io.assent.protocol.twophase.CoordinatorScript.T;
import static io.assent.protocol.twophase.CoordinatorScript.at;
import static io.assent.protocol.twophase.CoordinatorScript.begun;
import static io.assent.protocol.twophase.CoordinatorScript.preparing;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AbortReason.Code;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Timer;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Table 1.2, row by row: a transaction at its own leader until its decision is dispatched. */
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
        Member other = new Member("x", "http://x", null, List.of(Protocol.THREE_PHASE), false, null, null, null);
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
        assertThat(begun().commit(at(B.withVote(Vote.NO))).role().reason().branch())
                .isEqualTo("b");
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
        preparing()
                .votes("a", Vote.YES)
                .does()
                .votes("b", Vote.READ_ONLY)
                .does("log DECIDE")
                .is(Phase.DECIDING);
    }

    @Test
    void table12_decideCarriesTheMembersWithTheirVotes() {
        CoordinatorScript script = preparing().votes("b", Vote.READ_ONLY).votes("a", Vote.YES);
        assertThat(script.record())
                .isEqualTo(new LogRecord.Decided(T, List.of(A.withVote(Vote.YES), B.withVote(Vote.READ_ONLY)), NOW));
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
        preparing()
                .abort()
                .does("send ABORT a", "send ABORT b")
                .is(Phase.ABORTING)
                .because(Code.INITIATOR);
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
}
