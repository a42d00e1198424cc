package io.assent.protocol.participant;

import static io.assent.protocol.participant.BranchScript.abortedInOnePhase;
import static io.assent.protocol.participant.BranchScript.acknowledged;
import static io.assent.protocol.participant.BranchScript.belowHorizon;
import static io.assent.protocol.participant.BranchScript.commit;
import static io.assent.protocol.participant.BranchScript.expired;
import static io.assent.protocol.participant.BranchScript.heuristic;
import static io.assent.protocol.participant.BranchScript.inquire;
import static io.assent.protocol.participant.BranchScript.onePhase;
import static io.assent.protocol.participant.BranchScript.outcome;
import static io.assent.protocol.participant.BranchScript.prepare;
import static io.assent.protocol.participant.BranchScript.prepareOfTerm;
import static io.assent.protocol.participant.BranchScript.prepared;
import static io.assent.protocol.participant.BranchScript.state;
import static io.assent.protocol.participant.BranchScript.unknown;
import static io.assent.protocol.participant.BranchScript.voted;
import static io.assent.protocol.participant.BranchScript.votedNo;
import static io.assent.protocol.participant.BranchScript.working;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Outcome;
import io.assent.protocol.Vote;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.message.Message;
import io.assent.protocol.participant.BranchAction.CommitOnePhase;
import io.assent.protocol.participant.BranchAction.CommitPrepared;
import io.assent.protocol.participant.BranchAction.ReadFacts;
import io.assent.protocol.participant.BranchAction.RollBack;
import io.assent.protocol.participant.BranchAction.RollBackLive;
import io.assent.protocol.participant.BranchAction.WriteTombstone;
import io.assent.protocol.participant.BranchEvent.CommitEnded;
import io.assent.protocol.participant.BranchEvent.DeadlinePassed;
import io.assent.protocol.participant.BranchEvent.FactsRead;
import io.assent.protocol.participant.BranchEvent.HorizonPassed;
import io.assent.protocol.participant.BranchEvent.LookupOutcome;
import io.assent.protocol.participant.BranchEvent.OutcomeLearned;
import io.assent.protocol.participant.BranchEvent.PrepareEnded;
import io.assent.protocol.participant.BranchEvent.PrepareResult;
import io.assent.protocol.participant.BranchEvent.RollbackEnded;
import io.assent.protocol.participant.BranchEvent.TombstoneEnded;
import io.assent.protocol.participant.BranchEvent.TombstoneResult;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Rules that are not a cell of table 1.7: uncertain results, terms, look-ups, horizons. */
class ParticipantBranchTest {
    @Nested
    class UncertainResults {

        @Test
        void prepareOfUnknownResultSaysNothingBeforeTheFactsAreRead_P1() {
            working()
                    .hears(prepare())
                    .on(new PrepareEnded(PrepareResult.UNKNOWN))
                    .finds(Facts.PREPARED)
                    .does(voted(Vote.YES));
            working()
                    .hears(prepare())
                    .on(new PrepareEnded(PrepareResult.UNKNOWN))
                    .findsNothing()
                    .rollsBackLiveAndBuries()
                    .does(votedNo(Why.NOT_PREPARED));
            working()
                    .hears(prepare())
                    .on(new PrepareEnded(PrepareResult.UNKNOWN))
                    .finds(Facts.ABORTED)
                    .does(votedNo(Why.NOT_PREPARED));
        }

        @Test
        void prepareOfUnknownResultAndUnreadableFactsIsAskedAgain_P1() {
            working()
                    .hears(prepare())
                    .on(new PrepareEnded(PrepareResult.UNKNOWN))
                    .finds(Facts.UNREADABLE)
                    .notes(Notice.UNANSWERED)
                    .hears(prepare())
                    .finds(Facts.PREPARED)
                    .does(voted(Vote.YES));
        }

        @Test
        void deadlineSettlesAPrepareOfUnknownResult() {
            BranchScript script = working()
                    .hears(prepare())
                    .on(new PrepareEnded(PrepareResult.UNKNOWN))
                    .finds(Facts.UNREADABLE)
                    .on(new DeadlinePassed())
                    .finds(Facts.PREPARED)
                    .does();
            assertThat(script.branch().isInDoubt()).isTrue();
        }

        @Test
        void noAnswerIsGivenWhileTheKeyIsHeld_P2() {
            unknown()
                    .hears(prepare())
                    .findsNothing()
                    .does(new WriteTombstone())
                    .on(new TombstoneEnded(TombstoneResult.KEY_HELD))
                    .notes(Notice.UNANSWERED);
            unknown()
                    .hears(inquire(true))
                    .findsNothing()
                    .on(new TombstoneEnded(TombstoneResult.KEY_HELD))
                    .does(state(BranchState.UNKNOWN));
        }

        @Test
        void abortRollsBackAgainWhileTheKeyIsHeld_P2() {
            BranchScript script = unknown().hears(BranchScript.abort()).findsNothing();
            for (int i = 0; i < 4; i++) {
                script.does(new RollBack())
                        .on(new RollbackEnded())
                        .does(new WriteTombstone())
                        .on(new TombstoneEnded(TombstoneResult.KEY_HELD));
            }
            script.notes(Notice.UNANSWERED);
        }

        @Test
        void abortThatFindsTheRowCommittedIsAHeuristic_P2() {
            unknown()
                    .hears(BranchScript.abort())
                    .findsNothing()
                    .on(new RollbackEnded())
                    .on(new TombstoneEnded(TombstoneResult.COMMITTED))
                    .does(heuristic(HeuristicKind.COMMIT), new BranchAction.Note(Notice.ABORT_AFTER_COMMIT));
        }

        @Test
        void errorOfACommitIsNeverReadAsSuccess_P4() {
            BranchScript script = prepared().hears(commit()).on(new CommitEnded(false));
            script.finds(Facts.COMMITTED).does(acknowledged());
        }

        @Test
        void commitIsTriedAgainWhileTheBranchIsPrepared_P4() {
            BranchScript script = prepared().hears(commit());
            for (int i = 0; i < 3; i++) {
                script.does(new CommitPrepared()).on(new CommitEnded(false)).finds(Facts.PREPARED);
            }
            script.notes(Notice.UNANSWERED).hears(commit()).does(new CommitPrepared());
        }

        @Test
        void commitThatFindsNothingIsAHazardAfterThreeReadings_P4() {
            prepared()
                    .hears(commit())
                    .on(new CommitEnded(false))
                    .findsNothing()
                    .does(new ReadFacts(true))
                    .on(FactsRead.of(Facts.NONE))
                    .on(FactsRead.of(Facts.NONE))
                    .does(heuristic(HeuristicKind.HAZARD), new BranchAction.Note(Notice.COMMIT_WITHOUT_FACTS));
        }

        @Test
        void preparedBranchWhoseEndIsUncertainIsAskedForInTheFacts_P4() {
            uncertainCommit().hears(prepare()).finds(Facts.PREPARED).does(voted(Vote.YES));
            uncertainCommit().hears(inquire(true)).finds(Facts.COMMITTED).does(state(BranchState.COMMITTED));
            uncertainRollback().hears(prepare()).finds(Facts.ABORTED).does(votedNo(Why.ABORT_WAS_TOLD));
        }

        @Test
        void nobodyButAnOutcomeTouchesAPreparedBranchThatCannotBeSeen_P4() {
            uncertainCommit().hears(prepare()).findsNothing().notes(Notice.UNANSWERED);
            uncertainCommit().hears(inquire(false)).findsNothing().does(state(BranchState.UNKNOWN));
            uncertainCommit().on(new DeadlinePassed()).does();
            uncertainRollback()
                    .hears(BranchScript.abort())
                    .findsNothing()
                    .rollsBackAndBuries()
                    .does(acknowledged());
        }

        @Test
        void fenceFindsOutOfAPreparedBranchThatCannotBeSeen_P2() {
            fencedUnseen(TombstoneResult.STANDS).does(state(BranchState.ABORTED));
            fencedUnseen(TombstoneResult.COMMITTED).does(state(BranchState.COMMITTED));
            fencedUnseen(TombstoneResult.KEY_HELD).does(state(BranchState.UNKNOWN));
        }

        /** The branch is not rolled back: were it prepared after all, only its outcome might end it. */
        private BranchScript fencedUnseen(TombstoneResult found) {
            return uncertainCommit()
                    .hears(inquire(true))
                    .findsNothing()
                    .does(new BranchAction.WriteTombstone())
                    .on(new TombstoneEnded(found));
        }

        private BranchScript uncertainCommit() {
            return prepared().hears(commit()).on(new CommitEnded(false)).finds(Facts.UNREADABLE);
        }

        private BranchScript uncertainRollback() {
            return prepared()
                    .hears(BranchScript.abort())
                    .on(new RollbackEnded())
                    .on(new TombstoneEnded(TombstoneResult.UNKNOWN));
        }

        @Test
        void onePhaseCommitOfUnknownResultIsToldByTheFacts_P4() {
            onePhaseUnknown().finds(Facts.COMMITTED).does(outcome(Outcome.COMMITTED));
            onePhaseUnknown().findsNothing().rollsBackLiveAndBuries().does(abortedInOnePhase(Why.NOT_COMMITTED));
            onePhaseUnknown()
                    .findsNothing()
                    .on(new RollbackEnded())
                    .on(new TombstoneEnded(TombstoneResult.KEY_HELD))
                    .notes(Notice.UNANSWERED);
            onePhaseUnknown()
                    .findsNothing()
                    .on(new RollbackEnded())
                    .on(new TombstoneEnded(TombstoneResult.COMMITTED))
                    .does(outcome(Outcome.COMMITTED));
        }

        private BranchScript onePhaseUnknown() {
            return working().hears(onePhase()).does(new CommitOnePhase()).on(new CommitEnded(false));
        }
    }

    @Nested
    class Terms {

        @Test
        void prepareOfAnOlderTermGetsNoReply_P6() {
            prepared()
                    .hears(prepareOfTerm(6, BranchScript.TOKEN, 1))
                    .does(voted(Vote.YES))
                    .hears(prepareOfTerm(5, BranchScript.TOKEN, 1))
                    .notes(Notice.STALE_TERM);
        }

        @Test
        void membersOfTheHighestTermAreKept() {
            ParticipantBranch branch =
                    prepared().hears(prepareOfTerm(6, BranchScript.TOKEN, 1)).branch();
            assertThat(branch.seenTerm()).isEqualTo(6);
            assertThat(branch.members())
                    .extracting(io.assent.protocol.Member::participant)
                    .containsExactly("bank-a", "bank-b");
        }
    }

    @Nested
    class LookUps {

        @Test
        void committedCommitsAndAnswersNobody() {
            learned(LookupOutcome.COMMITTED)
                    .does(new CommitPrepared())
                    .on(new CommitEnded(true))
                    .does();
            learned(LookupOutcome.COMMITTED)
                    .on(new CommitEnded(false))
                    .finds(Facts.PREPARED)
                    .does(new CommitPrepared());
        }

        @Test
        void abortedRollsBackAndAnswersNobody() {
            learned(LookupOutcome.ABORTED).rollsBackAndBuries().does();
        }

        @Test
        void pendingIsAskedAgain() {
            BranchScript script = learned(LookupOutcome.PENDING).does();
            assertThat(script.branch().isInDoubt()).isTrue();
        }

        @Test
        void expiredDecidesNothingAndRaisesAnAlert_P7() {
            BranchScript script =
                    learned(LookupOutcome.EXPIRED).finds(Facts.PREPARED).notes(Notice.EXPIRED_IN_DOUBT);
            assertThat(script.branch().isInDoubt()).isTrue();
        }

        @Test
        void expiredIsNoAlertWhenAnotherInstanceHasFinishedTheBranch_P9() {
            learned(LookupOutcome.EXPIRED).finds(Facts.COMMITTED).does();
            BranchScript script =
                    learned(LookupOutcome.EXPIRED).finds(Facts.FORGOTTEN).does();
            assertThat(script.branch().isInDoubt()).isFalse();
        }

        @Test
        void committedIsNoAlertWhenAnotherInstanceHasFinishedAndForgottenTheBranch_P9() {
            BranchScript script = learned(LookupOutcome.COMMITTED)
                    .on(new CommitEnded(false))
                    .finds(Facts.FORGOTTEN)
                    .does();
            assertThat(script.branch().isInDoubt()).isFalse();
        }

        @Test
        void nobodyButAPreparedBranchObeysThem() {
            working().on(new OutcomeLearned(LookupOutcome.COMMITTED)).does();
        }

        private BranchScript learned(LookupOutcome outcome) {
            return prepared().on(new OutcomeLearned(outcome));
        }
    }

    @Nested
    class Horizons {

        @Test
        void aBranchThatIsRolledBackAgainBelowAHorizonIsForgotten_P7() {
            prepared()
                    .hears(BranchScript.abort())
                    .does(new BranchAction.RollBack())
                    .on(new BranchEvent.RollbackEnded())
                    .does(new BranchAction.WriteTombstone())
                    .on(new HorizonPassed())
                    .on(new TombstoneEnded(TombstoneResult.KEY_HELD))
                    .does(new BranchAction.RollBack())
                    .on(new BranchEvent.RollbackEnded())
                    .does(expired());
        }

        @Test
        void workThatWasLeftInDoubtDoesNotReadTheFactsForEver_P7() {
            BranchScript.working()
                    .hears(prepare())
                    .on(new PrepareEnded(PrepareResult.UNKNOWN))
                    .finds(Facts.UNREADABLE)
                    .hears(commit())
                    .finds(Facts.FORGOTTEN)
                    .does(new BranchAction.RollBackLive())
                    .on(new BranchEvent.RollbackEnded())
                    .does(expired());
        }

        @Test
        void whatIsForgottenIsAnsweredExpiredAndWritesNothing_P7() {
            for (Message message :
                    new Message[] {prepare(), commit(), onePhase(), BranchScript.abort(), inquire(true)}) {
                belowHorizon().hears(message).findsNothing().does(expired());
            }
        }

        @Test
        void horizonThatTheResourceKeepsCountsAlsoWhereThisInstanceHasNotHeardOfIt_P7() {
            unknown().hears(prepare()).finds(Facts.FORGOTTEN).does(expired());
        }

        @Test
        void preparedBranchRaisesAnAlertAndStaysInDoubt_P7() {
            BranchScript script =
                    prepared().on(new HorizonPassed()).finds(Facts.PREPARED).notes(Notice.EXPIRED_IN_DOUBT);
            assertThat(script.branch().isInDoubt()).isTrue();
            script.hears(commit()).on(new CommitEnded(true)).does(acknowledged());
        }

        @Test
        void liveWorkIsRolledBackWithoutATombstone_P7() {
            working()
                    .on(new HorizonPassed())
                    .does(new RollBackLive())
                    .on(new RollbackEnded())
                    .does();
        }
    }

    @Test
    void messageOfAnotherBranchIsTheCallersMistake() {
        BranchScript script = unknown();
        Message other = new Message.Abort(BranchScript.T, "bank-b", 5);
        assertThatThrownBy(() -> script.hears(other)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void reportThatNothingWaitsForIsTheCallersMistake() {
        BranchScript script = working();
        assertThatThrownBy(() -> script.on(new CommitEnded(true))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void messageThatComesWhileAnActionIsUnderWayIsLeftToBeRepeated_P5() {
        working().hears(prepare()).hears(BranchScript.abort()).notes(Notice.UNANSWERED);
    }

    @Test
    void commitThatNamesNoMembersIsMalformed_P5() {
        prepared().hears(commit(new String[0])).notes(Notice.UNANSWERED);
    }

    @Test
    void peerIsNotAnsweredInTwoPhase_T1() {
        working()
                .hears(new Message.Inquire(BranchScript.T, BranchScript.BANK, 5, false, "bank-b"))
                .notes(Notice.UNANSWERED);
    }
}
