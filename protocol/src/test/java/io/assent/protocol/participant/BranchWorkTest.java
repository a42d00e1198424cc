package io.assent.protocol.participant;

import static io.assent.protocol.participant.BranchScript.abortedInOnePhase;
import static io.assent.protocol.participant.BranchScript.acknowledged;
import static io.assent.protocol.participant.BranchScript.belowHorizon;
import static io.assent.protocol.participant.BranchScript.committed;
import static io.assent.protocol.participant.BranchScript.expired;
import static io.assent.protocol.participant.BranchScript.inquire;
import static io.assent.protocol.participant.BranchScript.onePhase;
import static io.assent.protocol.participant.BranchScript.outcome;
import static io.assent.protocol.participant.BranchScript.prepare;
import static io.assent.protocol.participant.BranchScript.prepared;
import static io.assent.protocol.participant.BranchScript.running;
import static io.assent.protocol.participant.BranchScript.state;
import static io.assent.protocol.participant.BranchScript.unknown;
import static io.assent.protocol.participant.BranchScript.voted;
import static io.assent.protocol.participant.BranchScript.votedNo;
import static io.assent.protocol.participant.BranchScript.working;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.protocol.Outcome;
import io.assent.protocol.Vote;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.participant.BranchAction.BeginWork;
import io.assent.protocol.participant.BranchAction.CancelUnit;
import io.assent.protocol.participant.BranchAction.CommitOnePhase;
import io.assent.protocol.participant.BranchAction.EndAndPrepare;
import io.assent.protocol.participant.BranchAction.GrantWork;
import io.assent.protocol.participant.BranchAction.RefuseWork;
import io.assent.protocol.participant.BranchAction.ReportVote;
import io.assent.protocol.participant.BranchAction.RollBackLive;
import io.assent.protocol.participant.BranchEvent.CommitEnded;
import io.assent.protocol.participant.BranchEvent.DeadlinePassed;
import io.assent.protocol.participant.BranchEvent.Obstacle;
import io.assent.protocol.participant.BranchEvent.PrepareEnded;
import io.assent.protocol.participant.BranchEvent.PrepareResult;
import io.assent.protocol.participant.BranchEvent.RollbackEnded;
import io.assent.protocol.participant.BranchEvent.UnitEnded;
import io.assent.protocol.participant.BranchEvent.VoteRequested;
import io.assent.protocol.participant.BranchEvent.WorkAbandoned;
import io.assent.protocol.participant.BranchEvent.WorkBegan;
import io.assent.protocol.participant.BranchEvent.WorkNotBegun;
import io.assent.protocol.participant.BranchEvent.WorkRequested;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Work in a branch, and messages that meet it. */
class BranchWorkTest {

    private static final String TOMBSTONE = "its tombstone stands, written earlier or by another instance";
    private static final String OTHER_TOKEN =
            "the message names another token: an earlier branch, with unprepared work, was lost";
    private static final String NO_TOKEN = "the message names no token, and the branch has one";
    private static final WorkRequested NEXT_CALL = new WorkRequested(BranchScript.TOKEN, true, true);

    @Nested
    class TheBranchThatCommitsIsTheBranchThatWorked_L8 {

        @Test
        void secondCallIsCounted() {
            working()
                    .on(NEXT_CALL)
                    .does(new GrantWork())
                    .on(new UnitEnded(true))
                    .hears(prepare(BranchScript.TOKEN, 2))
                    .does(new EndAndPrepare());
        }

        @Test
        void secondUnitOfOneCallIsNot() {
            WorkRequested sameCall = new WorkRequested(BranchScript.TOKEN, false, true);
            working()
                    .on(sameCall)
                    .does(new GrantWork())
                    .on(new UnitEnded(true))
                    .hears(prepare())
                    .does(new EndAndPrepare());
        }

        @Test
        void callWhoseAnswerWasLostMakesTheVoteNo() {
            working()
                    .on(NEXT_CALL)
                    .on(new UnitEnded(true))
                    .hears(prepare())
                    .rollsBackLiveAndBuries()
                    .does(votedNo("2 calls have worked in it, and the initiator saw the answers of 1"));
        }

        @Test
        void tokenOfALostBranchMakesTheVoteNo() {
            working().hears(prepare("lost", 1)).rollsBackLiveAndBuries().does(votedNo(OTHER_TOKEN));
        }

        @Test
        void prepareWithoutTokenOrCountGetsNoFromABranchThatHasAToken() {
            working().hears(prepare(null, 1)).rollsBackLiveAndBuries().does(votedNo(NO_TOKEN));
            working()
                    .hears(prepare(BranchScript.TOKEN, null))
                    .rollsBackLiveAndBuries()
                    .does(votedNo("1 calls have worked in it, and the message names no number of answers"));
        }

        @Test
        void onePhaseCommitIsComparedToo() {
            working()
                    .hears(onePhase(BranchScript.TOKEN, 2))
                    .rollsBackLiveAndBuries()
                    .does(abortedInOnePhase("1 calls have worked in it, and the initiator saw the answers of 2"));
        }

        @Test
        void branchWithoutTokenComparesTheCountWhereItIsTold() {
            durableWork().hears(prepare(null, null)).does(new EndAndPrepare());
            durableWork().hears(prepare(null, 3)).does(new EndAndPrepare());
            durableWork()
                    .hears(prepare(null, 2))
                    .rollsBackLiveAndBuries()
                    .does(votedNo("3 calls have worked in it, and the initiator saw the answers of 2"));
            durableWork().hears(prepare("k", 3)).rollsBackLiveAndBuries().does(votedNo(OTHER_TOKEN));
        }

        @Test
        void callThatKnowsALostBranchIsRefused() {
            unknown().on(NEXT_CALL).does(new RefuseWork(Refusal.BRANCH_LOST));
            working().on(new WorkRequested("lost", true, true)).does(new RefuseWork(Refusal.BRANCH_LOST));
        }

        /** A resource that keeps its work: no token, and two calls counted before. */
        private BranchScript durableWork() {
            return unknown()
                    .on(new WorkRequested(null, true, true))
                    .on(new WorkBegan(null, 2))
                    .does(new GrantWork())
                    .on(new UnitEnded(true))
                    .does();
        }
    }

    @Nested
    class WhileAUnitRuns {

        @Test
        void abortCancelsItAndIsAcknowledgedAfterItsEnd() {
            running()
                    .hears(BranchScript.abort())
                    .does(new CancelUnit())
                    .on(new UnitEnded(false))
                    .rollsBackAndBuries()
                    .does(acknowledged());
        }

        @Test
        void prepareWaitsForItsEnd_L8() {
            running()
                    .hears(prepare())
                    .does()
                    .on(new UnitEnded(true))
                    .does(new EndAndPrepare())
                    .on(new PrepareEnded(PrepareResult.PREPARED))
                    .does(voted(Vote.YES));
        }

        @Test
        void onePhaseCommitWaitsForItsEnd_L8() {
            running()
                    .hears(onePhase())
                    .does()
                    .on(new UnitEnded(true))
                    .does(new CommitOnePhase())
                    .on(new CommitEnded(true))
                    .does(outcome(Outcome.COMMITTED));
        }

        @Test
        void prepareThatWaitedIsAnsweredNoWhenTheUnitFailed_P10() {
            running()
                    .hears(prepare())
                    .does()
                    .on(new UnitEnded(false, "a lock was not free in time"))
                    .rollsBackLiveAndBuries()
                    .does(votedNo(Why.WORK_FAILED + ": a lock was not free in time"));
        }

        @Test
        void prepareThatDoesNotKnowOfItsCallCancelsItAndIsAnsweredNo_L8() {
            running()
                    .hears(prepare(BranchScript.TOKEN, 0))
                    .does(new CancelUnit())
                    .on(new UnitEnded(true))
                    .rollsBackLiveAndBuries()
                    .does(votedNo("1 calls have worked in it, and the initiator saw the answers of 0"));
        }

        @Test
        void prepareOfANewLeaderTakesThePlaceOfOneThatWaits_P6() {
            running()
                    .hears(prepare())
                    .hears(BranchScript.prepareOfTerm(BranchScript.TERM + 1, BranchScript.TOKEN, 1))
                    .does()
                    .hears(prepare())
                    .notes(Notice.STALE_TERM)
                    .on(new UnitEnded(true))
                    .does(new EndAndPrepare());
        }

        @Test
        void prepareWaitsNoLongerThanTheTransactionHasTime() {
            running()
                    .hears(prepare())
                    .on(new DeadlinePassed())
                    .does(new CancelUnit())
                    .on(new UnitEnded(true))
                    .rollsBackLiveAndBuries()
                    .does(votedNo(Why.TIME_IS_UP));
        }

        @Test
        void shutdownDoesNotLetAPrepareWait() {
            running()
                    .hears(prepare())
                    .on(new WorkAbandoned())
                    .does(new CancelUnit())
                    .on(new UnitEnded(false))
                    .rollsBackLiveAndBuries()
                    .does(votedNo(Why.GIVEN_UP));
        }

        @Test
        void abortTakesThePlaceOfAPrepareThatWaits() {
            running()
                    .hears(prepare())
                    .hears(BranchScript.abort())
                    .does(new CancelUnit())
                    .on(new UnitEnded(true))
                    .rollsBackAndBuries()
                    .does(acknowledged());
        }

        @Test
        void prepareDoesNotTakeThePlaceOfAnAbortThatWaits() {
            running()
                    .hears(BranchScript.abort())
                    .hears(prepare())
                    .notes(Notice.UNANSWERED)
                    .on(new UnitEnded(true))
                    .rollsBackAndBuries()
                    .does(acknowledged());
        }

        @Test
        void inquiryIsAnsweredAtOnceUnlessItFences() {
            running().hears(inquire(false)).does(state(BranchState.NOT_VOTED));
            running()
                    .hears(inquire(true))
                    .does(new CancelUnit())
                    .on(new UnitEnded(true))
                    .rollsBackLiveAndBuries()
                    .does(state(BranchState.ABORTED));
        }

        @Test
        void deadlineWaitsForItsEnd() {
            running()
                    .on(new DeadlinePassed())
                    .does()
                    .on(new UnitEnded(true))
                    .rollsBackLiveAndBuries()
                    .does();
        }

        @Test
        void anotherOneIsTheCallersMistake() {
            BranchScript script = running();
            assertThatThrownBy(() -> script.on(NEXT_CALL)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Nested
    class Work {

        @Test
        void unitThatFailedRollsTheBranchBack_P10() {
            running().on(new UnitEnded(false)).rollsBackLiveAndBuries().does();
        }

        @Test
        void readOnlyWorkLeavesNoRowUntilItWrites_P3() {
            unknown()
                    .on(new WorkRequested(null, true, false))
                    .does(new BeginWork(true, false))
                    .on(new WorkBegan(BranchScript.TOKEN, 0))
                    .on(new UnitEnded(true))
                    .on(NEXT_CALL)
                    .does(new BeginWork(false, true))
                    .on(new WorkBegan(null, 0))
                    .does(new GrantWork())
                    .on(new UnitEnded(true))
                    .hears(prepare(BranchScript.TOKEN, 2))
                    .does(new EndAndPrepare());
        }

        @Test
        void readOnlyWorkIsNeverCommittedInOnePhaseBecauseNothingProvesIt() {
            unknown()
                    .on(new WorkRequested(null, true, false))
                    .on(new WorkBegan(BranchScript.TOKEN, 0))
                    .on(new UnitEnded(true))
                    .hears(onePhase())
                    .rollsBackLiveAndBuries()
                    .does(abortedInOnePhase(Why.READ_ONLY_ONE_PHASE));
        }

        @Test
        void tombstoneRefusesLateWork_P3() {
            opening(Obstacle.TOMBSTONE)
                    .does(new RefuseWork(Refusal.TRANSACTION_OVER))
                    .hears(prepare())
                    .does(votedNo(TOMBSTONE));
            opening(Obstacle.COMMITTED).does(new RefuseWork(Refusal.TRANSACTION_OVER));
        }

        @Test
        void workIsRefusedBelowAHorizonThatAnotherInstanceWasTold_P7() {
            BranchScript script = opening(Obstacle.FORGOTTEN).does(new RefuseWork(Refusal.TRANSACTION_OVER));
            assertThat(script.branch().belowHorizon()).isTrue();
            script.hears(prepare()).finds(Facts.FORGOTTEN).does(expired());
        }

        @Test
        void keyHeldByAnotherInstanceSendsTheCallerThere() {
            opening(Obstacle.KEY_HELD).does(new RefuseWork(Refusal.BRANCH_ELSEWHERE));
        }

        @Test
        void resourceThatFailsRefusesAndLeavesNothing() {
            BranchScript script = opening(Obstacle.FAILED).does(new RefuseWork(Refusal.UNAVAILABLE));
            assertThat(script.branch().mayBeDropped()).isTrue();
        }

        @Test
        void openBranchThatCannotBeginToWriteIsRolledBack() {
            unknown()
                    .on(new WorkRequested(null, true, false))
                    .on(new WorkBegan(BranchScript.TOKEN, 0))
                    .on(new UnitEnded(true))
                    .on(NEXT_CALL)
                    .on(new WorkNotBegun(Obstacle.TOMBSTONE))
                    .does(new RefuseWork(Refusal.TRANSACTION_OVER), new RollBackLive())
                    .on(new RollbackEnded())
                    .buries()
                    .does();
        }

        @Test
        void isRefusedOnceTheBranchHasVotedOrIsOver() {
            prepared().on(NEXT_CALL).does(new RefuseWork(Refusal.BRANCH_PREPARED));
            working().hears(prepare()).on(NEXT_CALL).does(new RefuseWork(Refusal.BRANCH_PREPARED));
            committed().on(NEXT_CALL).does(new RefuseWork(Refusal.TRANSACTION_OVER));
            BranchScript.aborted().on(NEXT_CALL).does(new RefuseWork(Refusal.TRANSACTION_OVER));
            belowHorizon().on(new WorkRequested(null, true, true)).does(new RefuseWork(Refusal.TRANSACTION_OVER));
            unknown()
                    .on(new DeadlinePassed())
                    .on(new WorkRequested(null, true, true))
                    .does(new RefuseWork(Refusal.TRANSACTION_OVER));
        }

        private BranchScript opening(Obstacle obstacle) {
            return unknown().on(new WorkRequested(null, true, true)).on(new WorkNotBegun(obstacle));
        }
    }

    @Nested
    class VoteBeforePrepare {

        @Test
        void isReportedOnlyWhenPrepared_P1() {
            BranchScript script = working()
                    .on(new VoteRequested())
                    .does(new EndAndPrepare())
                    .on(new PrepareEnded(PrepareResult.PREPARED))
                    .does(new ReportVote(Vote.YES));
            script.on(new VoteRequested()).does(new ReportVote(Vote.YES));
        }

        @Test
        void isNoWhenPrepareFails() {
            working()
                    .on(new VoteRequested())
                    .on(new PrepareEnded(PrepareResult.FAILED))
                    .rollsBackLiveAndBuries()
                    .does(new ReportVote(Vote.NO));
        }

        @Test
        void isYesWhenTheFactsShowThatItIsPreparedAfterAll() {
            working()
                    .on(new VoteRequested())
                    .on(new PrepareEnded(PrepareResult.UNKNOWN))
                    .finds(Facts.PREPARED)
                    .does(new ReportVote(Vote.YES));
        }

        @Test
        void isNoWhereNothingIsLive() {
            unknown().on(new VoteRequested()).does(new ReportVote(Vote.NO));
        }
    }
}
