package io.assent.protocol.twophase;

import static io.assent.protocol.twophase.CoordinatorScript.A;
import static io.assent.protocol.twophase.CoordinatorScript.B;
import static io.assent.protocol.twophase.CoordinatorScript.at;
import static io.assent.protocol.twophase.CoordinatorScript.begun;
import static io.assent.protocol.twophase.CoordinatorScript.committing;
import static io.assent.protocol.twophase.CoordinatorScript.deciding;
import static io.assent.protocol.twophase.CoordinatorScript.named;
import static io.assent.protocol.twophase.CoordinatorScript.preparing;

import io.assent.protocol.AbortReason.Code;
import io.assent.protocol.CommitMember;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.Phase;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the set means that a commit request names (api.md section 2, rules L2 and L8). */
class CommitRequestTest {

    private static final Member C = Member.of("c", "http://c");

    private static CommitMember handing(
            String participant, @Nullable String token, @Nullable Integer calls, @Nullable Vote vote) {
        return new CommitMember(participant, null, null, null, false, token, calls, vote);
    }

    // Which members there are

    @Test
    void withoutBranchesWhatIsEnlistedCommits() {
        begun().enlist(A).commit().does("send PREPARE a");
    }

    @Test
    void withoutBranchesAndNothingEnlistedItIsRefusedAndStaysActive() {
        begun().commit().refuses(RequestRefusal.NO_BRANCHES).is(Phase.ACTIVE);
    }

    @Test
    void anEmptyListWithNothingEnlistedCommits() {
        begun().commitNothing().accepts().does("log DECIDE");
    }

    @Test
    void anEmptyListWithSomethingEnlistedAborts() {
        begun().enlist(A).commitNothing().does("send ABORT a").because(Code.BRANCH_MISMATCH);
    }

    @Test
    void aBranchThatIsNotEnlistedYetIsEnlistedByItsEndpoint_L2() {
        begun().enlist(A)
                .commit(named("a"), at(B))
                .does("send PREPARE a", "send PREPARE b")
                .hasMembers(A, B);
    }

    @Test
    void anEnlistedBranchThatTheInitiatorDoesNotNameAborts_L2() {
        begun().enlist(A)
                .enlist(B)
                .commit(named("a"))
                .does("send ABORT a", "send ABORT b")
                .because(Code.BRANCH_MISMATCH)
                .tells(Outcome.ABORTED);
    }

    @Test
    void anUnknownBranchWithoutEndpointAborts() {
        begun().enlist(A).commit(named("a"), named("b")).does("send ABORT a").because(Code.BRANCH_MISMATCH);
    }

    @Test
    void aBranchThatIsNamedTwiceAborts() {
        begun().enlist(A).commit(named("a"), named("a")).because(Code.BRANCH_MISMATCH);
        begun().commit(at(B), at(B)).because(Code.BRANCH_MISMATCH);
    }

    @Test
    void aBranchThatDoesNotSpeakTwoPhaseIsRefusedAndNothingChanges() {
        CommitMember other =
                new CommitMember("c", "http://c", null, List.of(Protocol.THREE_PHASE), false, null, null, null);
        begun().enlist(A)
                .commit(named("a"), other)
                .refuses(RequestRefusal.UNSUPPORTED_PROTOCOL)
                .is(Phase.ACTIVE)
                .hasMembers(A)
                .commit(named("a"))
                .does("send PREPARE a");
    }

    @Test
    void theMembersAreFrozen() {
        preparing().enlist(C).refuses(RequestRefusal.NOT_ACTIVE).hasMembers(A, B);
    }

    // What is known of a member that was enlisted before

    @Test
    void anotherEndpointThanBeforeAborts() {
        begun().enlist(A).commit(at(Member.of("a", "http://other"))).because(Code.BRANCH_MISMATCH);
    }

    @Test
    void anotherTokenThanBeforeAborts_L8() {
        begun().enlist(A.withWork("t1", 1))
                .commit(handing("a", "t2", 1, null))
                .does("send ABORT a")
                .because(Code.BRANCH_MISMATCH);
    }

    @Test
    void theTokenOfEitherSideCounts_L8() {
        begun().enlist(A.withWork("t", 1)).commit(named("a")).hasMembers(A.withWork("t", 1));
        begun().enlist(A).commit(handing("a", "t", 1, null)).hasMembers(A.withWork("t", 1));
    }

    @Test
    void theCallsOfTheCommitRequestCount_L8() {
        begun().enlist(A.withWork("t", 1)).commit(handing("a", "t", 3, null)).hasMembers(A.withWork("t", 3));
        begun().enlist(A.withWork("t", 2)).commit(handing("a", "t", null, null)).hasMembers(A.withWork("t", 2));
    }

    @Test
    void anEarlierVoteCountsWithTheSameCalls_L8() {
        Member voted = A.withWork("t", 2).withVote(Vote.YES);
        begun().enlist(voted)
                .commit(handing("a", "t", 2, null))
                .does("log DECIDE")
                .hasMembers(voted);
    }

    @Test
    void anEarlierVoteDoesNotCountWithOtherCalls_L8() {
        Member voted = A.withWork("t", 2).withVote(Vote.YES);
        begun().enlist(voted)
                .commit(handing("a", "t", 3, null))
                .does("send PREPARE a")
                .hasMembers(A.withWork("t", 3));
    }

    @Test
    void anEarlierVoteWithoutCallsDoesNotCountForCallsThatAreNamed_L8() {
        begun().enlist(A.withVote(Vote.YES)).commit(handing("a", null, 1, null)).does("send PREPARE a");
    }

    @Test
    void aVoteThatIsHandedOverWithTheCommitCounts_L3() {
        begun().enlist(A).commit(handing("a", "t", 2, Vote.YES)).does("log DECIDE");
        begun().commit(at(A.withVote(Vote.READ_ONLY))).does("log DECIDE");
    }

    @Test
    void aHandedOverVoteReplacesAnEarlierOne() {
        begun().enlist(A.withWork("t", 1).withVote(Vote.READ_ONLY))
                .commit(handing("a", "t", 2, Vote.YES))
                .does("log DECIDE")
                .hasMembers(A.withWork("t", 2).withVote(Vote.YES));
    }

    @Test
    void aHandedOverNoAborts() {
        begun().enlist(A)
                .enlist(B)
                .commit(handing("a", null, null, Vote.NO), named("b"))
                .does("send ABORT b")
                .because(Code.VOTE_NO);
    }

    @Test
    void whatTheRequestSaysOfAMemberIsAdded() {
        CommitMember more =
                new CommitMember("a", "http://a", "http://fallback", List.of(Protocol.TWO_PHASE), true, "t", 1, null);
        begun().enlist(A)
                .commit(more, at(B))
                .hasMembers(
                        new Member("a", "http://a", "http://fallback", List.of(Protocol.TWO_PHASE), true, "t", 1, null),
                        B);
    }

    // Repeated

    @Test
    void theSameSetAgainChangesNothing() {
        preparing()
                .commit(named("b"), named("a"))
                .accepts()
                .does()
                .is(Phase.PREPARING)
                .commit()
                .accepts()
                .does()
                .is(Phase.PREPARING);
    }

    @Test
    void anotherSetBeforeTheDecisionAborts() {
        preparing().commit(named("a")).does("send ABORT a", "send ABORT b").because(Code.BRANCH_MISMATCH);
        preparing().commit(named("a"), named("b"), at(C)).because(Code.BRANCH_MISMATCH);
        preparing().commit(named("a"), at(C)).because(Code.BRANCH_MISMATCH);
    }

    @Test
    void anotherEndpointOrTokenBeforeTheDecisionAborts() {
        preparing().commit(named("a"), at(Member.of("b", "http://other"))).because(Code.BRANCH_MISMATCH);
        begun().enlist(A.withWork("t1", 1))
                .commit()
                .commit(handing("a", "t2", 1, null))
                .because(Code.BRANCH_MISMATCH);
    }

    @Test
    void aNoThatIsHandedOverLaterAborts() {
        preparing()
                .votes("a", Vote.YES)
                .commit(named("a"), handing("b", null, null, Vote.NO))
                .because(Code.VOTE_NO)
                .is(Phase.ABORTING);
    }

    @Test
    void anotherSetAfterTheDecisionIsRefused() {
        deciding().commit(named("a")).refuses(RequestRefusal.BRANCH_MISMATCH).is(Phase.DECIDING);
        committing().commit(named("a"), named("b"), at(C)).refuses(RequestRefusal.BRANCH_MISMATCH);
        committing().acknowledges("a").acknowledges("b").commit(named("c")).refuses(RequestRefusal.BRANCH_MISMATCH);
    }

    @Test
    void theSameSetAfterTheDecisionIsAnsweredWithIt() {
        deciding().commit(named("b"), named("a")).accepts().does().tells(null);
        committing().commit(named("b"), named("a")).accepts().does().tells(Outcome.COMMITTED);
        committing().commit().accepts().does();
    }

    @Test
    void afterAnAbortAnyCommitIsAnsweredWithIt() {
        preparing().abort().commit(named("c")).accepts().does().tells(Outcome.ABORTED);
        begun().abort().commit().accepts().does().tells(Outcome.ABORTED);
    }
}
