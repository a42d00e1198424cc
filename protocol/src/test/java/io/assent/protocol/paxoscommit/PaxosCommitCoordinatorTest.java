package io.assent.protocol.paxoscommit;

import static io.assent.protocol.paxoscommit.CoordinatorScript.BANK_A;
import static io.assent.protocol.paxoscommit.CoordinatorScript.BANK_B;
import static io.assent.protocol.paxoscommit.CoordinatorScript.TERM;
import static io.assent.protocol.paxoscommit.CoordinatorScript.aborting;
import static io.assent.protocol.paxoscommit.CoordinatorScript.begun;
import static io.assent.protocol.paxoscommit.CoordinatorScript.committing;
import static io.assent.protocol.paxoscommit.CoordinatorScript.preparing;
import static io.assent.protocol.paxoscommit.CoordinatorScript.promising;
import static io.assent.protocol.paxoscommit.CoordinatorScript.proposing;
import static io.assent.protocol.paxoscommit.CoordinatorScript.recovering;
import static io.assent.protocol.paxoscommit.CoordinatorScript.takenOver;
import static io.assent.protocol.paxoscommit.CoordinatorScript.takingARound;
import static io.assent.protocol.paxoscommit.CoordinatorScript.voted;
import static io.assent.protocol.paxoscommit.PaxosScript.A;
import static io.assent.protocol.paxoscommit.PaxosScript.B;
import static io.assent.protocol.paxoscommit.PaxosScript.C;
import static io.assent.protocol.paxoscommit.PaxosScript.T;
import static io.assent.protocol.paxoscommit.PaxosScript.ballot;
import static io.assent.protocol.paxoscommit.PaxosScript.phase1a;

import io.assent.protocol.AbortReason;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.message.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The leader's role under Paxos Commit: sections 3.2 and 3.3, Q3 to Q8. */
class PaxosCommitCoordinatorTest {

    private static final LogRecord.Learned COMMITTED = new LogRecord.Learned(
            T, List.of(BANK_A.withVote(Vote.YES), BANK_B.withVote(Vote.YES)), Outcome.COMMITTED, 1_000);
    private static final LogRecord.Learned ABORTED = new LogRecord.Learned(T, List.of(), Outcome.ABORTED, 1_000);
    private static final Member[] NOBODY = {};
    private static final AcceptorReply FORGOTTEN = new AcceptorReply.Rejected(T, AcceptorReply.Reason.FORGOTTEN);

    // The normal case (3.2)

    @Test
    void commitIsToldWhenAMajorityHasAcceptedAllVotesAndLearnedLater() {
        voted().asks("votes of bank-a", "votes of bank-b")
                .consults(C)
                .does()
                .tells(null)
                .consults(A)
                .does("log LEARNED COMMITTED", "send COMMIT bank-a", "send COMMIT bank-b")
                .tells(Outcome.COMMITTED)
                .acknowledges(BANK_A)
                .acknowledges(BANK_B)
                .does()
                .is(Phase.COMMITTING)
                .logApplies()
                .does("log ACKED bank-a,bank-b")
                .is(Phase.COMMITTED)
                .mayLeave(false)
                .logApplies()
                .mayLeave(true);
    }

    @Test
    void acknowledgementsAfterLearnedEndIt() {
        committing()
                .logApplies()
                .acknowledges(BANK_B)
                .does()
                .acknowledges(BANK_A)
                .does("log ACKED bank-b,bank-a")
                .is(Phase.COMMITTED);
    }

    @Test
    void votesThatParticipantsBringThemselvesCount() {
        CoordinatorScript script = preparing().votesAt(BANK_A, A, B).votesAt(BANK_B, A, B);
        List<CoordinatorEvent> reports = List.of(report(A), report(B));
        script.hearsLate(reports).is(Phase.COMMITTING).tells(Outcome.COMMITTED);
    }

    private static CoordinatorEvent report(AcceptorId by) {
        List<String> both = List.of("bank-a", "bank-b");
        return new CoordinatorEvent.Consulted(
                new AcceptorCall(by, new AcceptorRequest.VoteBundle(T, PaxosScript.J, both)),
                new AcceptorReply.VotesAccepted(T, PaxosScript.J, both));
    }

    @Test
    void whereNobodyVotesTheLogAloneKeepsIt() {
        begun().commit(NOBODY)
                .does("log LEARNED COMMITTED")
                .asks()
                .is(Phase.DECIDING)
                .tells(null)
                .logApplies()
                .is(Phase.COMMITTED)
                .mayLeave(true);
        begun().commit(NOBODY).logAppliesIn(TERM + 1).is(Phase.DEPOSED);
    }

    // Aborts (Q8)

    @Test
    void anAbortBeforePrepareIsFinalFromMemory_Q8() {
        begun().abort().does().is(Phase.ABORTED).mayLeave(true);
        begun().enlists(BANK_A)
                .abort()
                .does("send ABORT bank-a")
                .is(Phase.ABORTING)
                .tells(Outcome.ABORTED)
                .timer()
                .is(Phase.ABORTED)
                .mayLeave(true);
        begun().timer().is(Phase.ABORTED);
        begun().enlists(BANK_A).timer().is(Phase.ABORTING).because(AbortReason.Code.TIMEOUT);
        begun().commit(BANK_A, BANK_B.withVote(Vote.NO))
                .does("send ABORT bank-a")
                .is(Phase.ABORTING)
                .because(AbortReason.Code.VOTE_NO);
        begun().commit(BANK_B.withVote(Vote.NO)).does().is(Phase.ABORTED);
    }

    @Test
    void anAbortAfterPrepareIsToldWhenItIsChosen_Q8() {
        aborting()
                .does("log LEARNED ABORTED", "send ABORT bank-b")
                .because(AbortReason.Code.VOTE_NO)
                .acknowledges(BANK_B)
                .is(Phase.ABORTING)
                .logApplies()
                .is(Phase.ABORTED)
                .mayLeave(true);
        aborting().logApplies().acknowledges(BANK_B).is(Phase.ABORTED).mayLeave(true);
        aborting()
                .logApplies()
                .hears(new Reply.Expired(T, "bank-b"))
                .is(Phase.ABORTED)
                .mayLeave(true);
        preparing().abort().tells(null).asks("a round from 1").because(AbortReason.Code.INITIATOR);
        preparing().timer().tells(null).asks("a round from 1").because(AbortReason.Code.UNREACHABLE);
        preparing().commit(BANK_A).asks("a round from 1").because(AbortReason.Code.BRANCH_MISMATCH);
    }

    @Test
    void anAbortMayFindThatTheCommitIsChosen_Q8() {
        CoordinatorScript script = voted();
        script.asksInVain(A);
        script.asksInVain(B);
        script.timer()
                .consults(A)
                .asks("promise of 3")
                .consults(A)
                .consults(C)
                .asks("acceptance of 3: {bank-a=PREPARED, bank-b=PREPARED}")
                .consults(A)
                .consults(C)
                .does("log LEARNED COMMITTED", "send COMMIT bank-a", "send COMMIT bank-b")
                .tells(Outcome.COMMITTED);
    }

    @Test
    void votesThatWereAcceptedDecideWheneverThatIsHeard() {
        for (int answers = 0; answers < 4; answers++) {
            CoordinatorScript script = voted();
            List<CoordinatorEvent> a = script.asksInVain(A);
            List<CoordinatorEvent> b = script.asksInVain(B);
            script.timer();
            // It takes a round, asks for promises, proposes.
            if (answers > 0) {
                script.consults(A);
            }
            if (answers > 1) {
                script.consults(A);
            }
            if (answers > 2) {
                script.consults(C);
            }
            script.hearsLate(a)
                    .tells(null)
                    .hearsLate(b)
                    .does("log LEARNED COMMITTED", "send COMMIT bank-a", "send COMMIT bank-b")
                    .is(Phase.COMMITTING);
        }
    }

    @Test
    void whatIsChosenIsNotAbortedAndNotAskedAgain() {
        committing().abort().refuses(RequestRefusal.ALREADY_COMMITTED);
        committing().commit(BANK_A).refuses(RequestRefusal.BRANCH_MISMATCH);
        aborting().abort().does();
    }

    // Ballots above 0 (3.3)

    @Test
    void aVoteThatComesTooLateBeginsABallotAboveThePromise() {
        voted().heldBy(B, phase1a(4))
                .consults(B)
                .asks("a round from 2")
                .consults(A)
                .asks("promise of 6");
    }

    @Test
    void aVoteThatIsRefusedLateNeedsAnotherRoundToo() {
        for (boolean proposes : new boolean[] {false, true}) {
            CoordinatorScript script = voted().heldBy(C, phase1a(5));
            List<CoordinatorEvent> late = script.asksInVain(C);
            script.timer().consults(A).asks("promise of 3");
            if (proposes) {
                script.consults(A).consults(B).asks("acceptance of 3: ABORTED");
            }
            script.hearsLate(late).does().asks("a round from 2");
        }
    }

    @Test
    void aPromiseWhoseAnswerIsLostNeedsAnotherRound() {
        CoordinatorScript script = promising();
        script.asksInVain(B);
        script.consults(B).asks("a round from 2");
    }

    @Test
    void aHigherPromiseNeedsAnotherRound() {
        promising().heldBy(B, phase1a(5)).consults(B).asks("a round from 2");
        proposing()
                .heldBy(B, phase1a(5))
                .consults(B)
                .asks("a round from 2")
                .consults(A)
                .asks("promise of 6");
    }

    @Test
    void anAcceptanceThatIsHeardLateDecides() {
        for (boolean again : new boolean[] {false, true}) {
            CoordinatorScript script = proposing();
            List<CoordinatorEvent> a = script.asksInVain(A);
            List<CoordinatorEvent> b = script.asksInVain(B);
            script.heldBy(C, phase1a(5)).consults(C).asks("a round from 2");
            if (again) {
                script.consults(A).asks("promise of 6");
            }
            script.hearsLate(a).tells(null).hearsLate(b).is(Phase.ABORTING).tells(Outcome.ABORTED);
        }
    }

    @Test
    void anAcceptedCommitThatIsHeardLateDecides() {
        for (boolean again : new boolean[] {false, true}) {
            CoordinatorScript script = voted();
            script.asksInVain(A);
            script.asksInVain(B);
            script.timer().consults(A).consults(A).consults(B);
            List<CoordinatorEvent> a = script.asksInVain(A);
            List<CoordinatorEvent> b = script.asksInVain(B);
            script.heldBy(C, phase1a(5)).consults(C).asks("a round from 2");
            if (again) {
                script.consults(A).asks("promise of 6");
            }
            script.hearsLate(a).tells(null).hearsLate(b).is(Phase.COMMITTING).tells(Outcome.COMMITTED);
        }
    }

    @Test
    void whoIsAnotherStorageOrSealedSaysNothing_Q1_Q6() {
        for (CoordinatorScript script : List.of(voted(), promising(), proposing())) {
            Phase phase = script.role().phase();
            script.answers(B, new AcceptorReply.Misaddressed(B))
                    .does()
                    .is(phase)
                    .answers(B, new AcceptorReply.Rejected(T, AcceptorReply.Reason.SEALED))
                    .does()
                    .is(phase);
        }
    }

    @Test
    void whatIsForgottenIsNeitherCommittedNorAborted_Q6() {
        CoordinatorScript takingARound = recovering().answers(A, FORGOTTEN);
        CoordinatorScript asking = recovering().consults(A).answers(C, FORGOTTEN);
        CoordinatorScript proposing =
                recovering().consults(A).consults(A).consults(B).answers(C, FORGOTTEN);
        for (CoordinatorScript script : List.of(takingARound, asking, proposing)) {
            script.does().is(Phase.EXPIRED).tells(null).mayLeave(true);
        }
    }

    @Test
    void whoseOwnTransactionIsForgottenIsNoLeaderAnyMore_U2() {
        takingARound().answers(A, FORGOTTEN).does().is(Phase.DEPOSED).tells(null);
        for (CoordinatorScript script : List.of(voted(), promising(), proposing())) {
            script.answers(B, FORGOTTEN).does().is(Phase.DEPOSED).tells(null);
        }
    }

    @Test
    void theBallotOfASealTakesThePlaceOfAnother_Q6() {
        takingARound().underSeal(ballot(9)).asks("promise of 9");
        promising().underSeal(ballot(9)).asks("promise of 9");
        proposing()
                .underSeal(ballot(9))
                .asks("promise of 9")
                .consults(B)
                .consults(C)
                .asks("acceptance of 9: ABORTED");
        preparing().underSeal(ballot(9)).is(Phase.PREPARING);
        committing().underSeal(ballot(9)).is(Phase.COMMITTING).asks();
    }

    // Another leader (table 1.3, Q4)

    @Test
    void aRecoveryFindsWhoTookPart_Q4() {
        recovering()
                .votesAt(BANK_A, A, B)
                .commit()
                .refuses(RequestRefusal.ADOPTING)
                .asks("a round from 1")
                .consults(A)
                .consults(A)
                .consults(B)
                .asks("acceptance of 3: {bank-a=PREPARED, bank-b=ABORTED}")
                .consults(B)
                .consults(C)
                .does("log LEARNED ABORTED", "send ABORT bank-a", "send ABORT bank-b")
                .tells(Outcome.ABORTED)
                .because(AbortReason.Code.COORDINATOR_LOST);
    }

    @Test
    void aRecoveryThatFindsNobodyAborts_Q4() {
        recovering()
                .consults(A)
                .consults(B)
                .consults(C)
                .asks("acceptance of 3: ABORTED")
                .consults(B)
                .tells(null)
                .consults(C)
                .does("log LEARNED ABORTED")
                .is(Phase.ABORTING)
                .logApplies()
                .is(Phase.ABORTED)
                .mayLeave(true);
    }

    @Test
    void aNewLeaderTellsWhatIsLearned() {
        takenOver(COMMITTED)
                .does("send COMMIT bank-a", "send COMMIT bank-b")
                .is(Phase.COMMITTING)
                .acknowledges(BANK_A)
                .acknowledges(BANK_B)
                .does("log ACKED bank-a,bank-b");
        takenOver(ABORTED, new LogRecord.HeuristicReported(T, "bank-a", HeuristicKind.COMMIT))
                .does()
                .is(Phase.ABORTED)
                .mayLeave(true);
        takenOver(
                        new LogRecord.Learned(T, List.of(BANK_A.withVote(Vote.YES)), Outcome.COMMITTED, 1_000),
                        new LogRecord.HeuristicReported(T, "bank-a", HeuristicKind.ROLLBACK))
                .does("log ACKED bank-a")
                .is(Phase.COMMITTED);
    }
}
