package io.assent.protocol.participant;

import static io.assent.protocol.participant.BranchScript.aborted;
import static io.assent.protocol.participant.BranchScript.abortedInOnePhase;
import static io.assent.protocol.participant.BranchScript.acknowledged;
import static io.assent.protocol.participant.BranchScript.commit;
import static io.assent.protocol.participant.BranchScript.committed;
import static io.assent.protocol.participant.BranchScript.heuristic;
import static io.assent.protocol.participant.BranchScript.inquire;
import static io.assent.protocol.participant.BranchScript.onePhase;
import static io.assent.protocol.participant.BranchScript.outcome;
import static io.assent.protocol.participant.BranchScript.prepare;
import static io.assent.protocol.participant.BranchScript.prepared;
import static io.assent.protocol.participant.BranchScript.reading;
import static io.assent.protocol.participant.BranchScript.rebuilt;
import static io.assent.protocol.participant.BranchScript.runningReading;
import static io.assent.protocol.participant.BranchScript.state;
import static io.assent.protocol.participant.BranchScript.staysPrepared;
import static io.assent.protocol.participant.BranchScript.unknown;
import static io.assent.protocol.participant.BranchScript.voted;
import static io.assent.protocol.participant.BranchScript.votedNo;
import static io.assent.protocol.participant.BranchScript.working;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Outcome;
import io.assent.protocol.Vote;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.participant.BranchAction.CommitOnePhase;
import io.assent.protocol.participant.BranchAction.CommitPrepared;
import io.assent.protocol.participant.BranchAction.EndAndPrepare;
import io.assent.protocol.participant.BranchAction.ReadFacts;
import io.assent.protocol.participant.BranchAction.RollBackLive;
import io.assent.protocol.participant.BranchEvent.CommitEnded;
import io.assent.protocol.participant.BranchEvent.DeadlinePassed;
import io.assent.protocol.participant.BranchEvent.FactsRead;
import io.assent.protocol.participant.BranchEvent.PrepareEnded;
import io.assent.protocol.participant.BranchEvent.PrepareResult;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Table 1.7, one test for each cell. */
class MessageTableTest {

    private static final String OTHER_TOKEN =
            "the message names another token: an earlier branch, with unprepared work, was lost";
    private static final String NOT_KNOWN =
            "it was prepared before a restart, and which calls worked in it is not known any more";
    private static final String TOMBSTONE = "its tombstone stands, written earlier or by another instance";

    @Nested
    class NotVoted {

        @Test
        void prepareIsRememberedBeforeItIsAnsweredNo() {
            unknown().hears(prepare()).findsNothing().buries().does(votedNo(Why.NO_LIVE_BRANCH));
        }

        @Test
        void commitIsAHazardOnlyAfterThreeEmptyReadings_P4() {
            unknown()
                    .hears(commit())
                    .findsNothing()
                    .does(new ReadFacts(true))
                    .on(FactsRead.of(Facts.NONE))
                    .does(new ReadFacts(true))
                    .on(FactsRead.of(Facts.NONE))
                    .does(heuristic(HeuristicKind.HAZARD), new BranchAction.Note(Notice.COMMIT_WITHOUT_FACTS));
        }

        @Test
        void onePhaseCommitIsRememberedBeforeItIsAnsweredAborted() {
            unknown().hears(onePhase()).findsNothing().buries().does(abortedInOnePhase(Why.NO_LIVE_BRANCH));
        }

        @Test
        void abortIsRememberedBeforeItIsAcknowledged() {
            unknown()
                    .hears(BranchScript.abort())
                    .findsNothing()
                    .rollsBackAndBuries()
                    .does(acknowledged());
        }

        @Test
        void inquiryIsAnsweredNotVotedAndWritesNothing() {
            unknown().hears(inquire(false)).findsNothing().does(state(BranchState.NOT_VOTED));
        }

        @Test
        void fencingInquiryIsRememberedBeforeItIsAnsweredAborted() {
            unknown().hears(inquire(true)).findsNothing().buries().does(state(BranchState.ABORTED));
        }

        @Test
        void deadlineChangesNothing() {
            unknown().on(new DeadlinePassed()).does();
        }
    }

    @Nested
    class Working {

        @Test
        void prepareEndsAndPreparesBeforeItIsAnsweredYes_P1() {
            BranchScript script = working()
                    .hears(prepare())
                    .does(new EndAndPrepare())
                    .on(new PrepareEnded(PrepareResult.PREPARED))
                    .does(voted(Vote.YES));
            assertThat(script.branch().isInDoubt()).isTrue();
        }

        @Test
        void prepareThatFailsIsRolledBackAndRememberedBeforeItIsAnsweredNo_P1() {
            working()
                    .hears(prepare())
                    .does(new EndAndPrepare())
                    .on(new PrepareEnded(PrepareResult.FAILED))
                    .rollsBackLiveAndBuries()
                    .does(votedNo(Why.NOT_PREPARED));
            working()
                    .hears(prepare())
                    .on(new PrepareEnded(PrepareResult.FAILED, "the disk is full"))
                    .rollsBackLiveAndBuries()
                    .does(votedNo(Why.NOT_PREPARED + ": the disk is full"));
        }

        @Test
        void branchThatChangedNothingLeavesWithReadOnly() {
            BranchScript script = working()
                    .hears(prepare())
                    .does(new EndAndPrepare())
                    .on(new PrepareEnded(PrepareResult.READ_ONLY))
                    .does(voted(Vote.READ_ONLY));
            assertThat(script.branch().mayBeDropped()).isTrue();
            script.hears(prepare()).findsNothing().buries().does(votedNo(Why.NO_LIVE_BRANCH));
        }

        @Test
        void commitGetsNoReplyAndAnAlert_P11() {
            working().hears(commit()).notes(Notice.COMMIT_BEFORE_VOTE);
        }

        @Test
        void commitBesideALateReadingIsAnsweredFromTheFacts_P11() {
            // A late copy of a read-only call has opened a branch beside the one that voted; it has no row.
            BranchScript script = reading()
                    .hears(commit())
                    .does(new RollBackLive())
                    .on(new BranchEvent.RollbackEnded())
                    .finds(Facts.COMMITTED)
                    .does(acknowledged());
            assertThat(script.branch().mayBeDropped()).isTrue();

            reading()
                    .hears(commit())
                    .does(new RollBackLive())
                    .on(new BranchEvent.RollbackEnded())
                    .finds(Facts.PREPARED)
                    .does(new CommitPrepared())
                    .on(new CommitEnded(true))
                    .does(acknowledged());
        }

        @Test
        void commitBesideALateReadingBuriesNothing_P4() {
            reading()
                    .hears(commit())
                    .does(new RollBackLive())
                    .on(new BranchEvent.RollbackEnded())
                    .findsNothing()
                    .does(new ReadFacts(true));
        }

        @Test
        void commitWhileALateReadingRunsComesAgain() {
            runningReading().hears(commit()).notes(Notice.UNANSWERED);
        }

        @Test
        void onePhaseCommitCommitsAtOnce() {
            working()
                    .hears(onePhase())
                    .does(new CommitOnePhase())
                    .on(new CommitEnded(true))
                    .does(outcome(Outcome.COMMITTED));
        }

        @Test
        void abortRollsBackAndIsRememberedBeforeItIsAcknowledged_P2() {
            working().hears(BranchScript.abort()).rollsBackAndBuries().does(acknowledged());
        }

        @Test
        void inquiryIsAnsweredNotVoted() {
            working().hears(inquire(false)).does(state(BranchState.NOT_VOTED));
        }

        @Test
        void fencingInquiryRollsBackAndIsAnsweredAborted() {
            working().hears(inquire(true)).rollsBackLiveAndBuries().does(state(BranchState.ABORTED));
        }

        @Test
        void deadlineRollsBackAlone() {
            working().on(new DeadlinePassed()).rollsBackLiveAndBuries().does();
        }

        @Test
        void restartMakesItNotVoted() {
            unknown().hears(prepare()).findsNothing().buries().does(votedNo(Why.NO_LIVE_BRANCH));
        }
    }

    @Nested
    class Prepared {

        @Test
        void prepareRepeatsYes() {
            prepared().hears(prepare()).does(voted(Vote.YES));
        }

        @Test
        void prepareForOtherWorkIsAnsweredNoAndTheBranchStaysPrepared_L8() {
            BranchScript script = prepared().hears(prepare("other", 1)).does(staysPrepared(OTHER_TOKEN));
            assertThat(script.branch().isInDoubt()).isTrue();
        }

        @Test
        void rebuiltBranchAnswersNoToWorkThatItCannotCompare_L8() {
            BranchScript script = rebuilt().hears(prepare()).does(staysPrepared(NOT_KNOWN));
            assertThat(script.branch().isInDoubt()).isTrue();
            rebuilt().hears(prepare(null, 1)).does(staysPrepared(NOT_KNOWN));
        }

        @Test
        void rebuiltBranchAnswersNoEvenWhereNothingIsNamedBecauseItMayHaveHadAToken_L8() {
            rebuilt().hears(prepare(null, null)).does(staysPrepared(NOT_KNOWN));
        }

        @Test
        void rebuiltBranchThatKeptItsWorkDurablyRepeatsYes_L8() {
            unknown()
                    .hears(prepare())
                    .does(new ReadFacts(false))
                    .on(new FactsRead(Facts.PREPARED, BranchScript.TOKEN, 1, List.of()))
                    .does(voted(Vote.YES));
        }

        @Test
        void commitCommitsBeforeItIsAcknowledged() {
            prepared()
                    .hears(commit())
                    .does(new CommitPrepared())
                    .on(new CommitEnded(true))
                    .does(acknowledged());
        }

        @Test
        void commitThatDoesNotNameTheBranchRollsBack_L2() {
            prepared().hears(commit("bank-b", "bank-c")).rollsBackAndBuries().does(acknowledged());
        }

        @Test
        void onePhaseCommitOfTheSameWorkCommits() {
            prepared()
                    .hears(onePhase())
                    .does(new CommitPrepared())
                    .on(new CommitEnded(true))
                    .does(outcome(Outcome.COMMITTED));
        }

        @Test
        void onePhaseCommitOfOtherWorkRollsBack_L8() {
            prepared().hears(onePhase("other", 1)).rollsBackAndBuries().does(abortedInOnePhase(OTHER_TOKEN));
            rebuilt().hears(onePhase()).rollsBackAndBuries().does(abortedInOnePhase(NOT_KNOWN));
        }

        @Test
        void abortRollsBackAndIsRememberedBeforeItIsAcknowledged_P2() {
            prepared().hears(BranchScript.abort()).rollsBackAndBuries().does(acknowledged());
        }

        @Test
        void inquiryIsAnsweredPreparedEvenWhenItFences() {
            prepared().hears(inquire(false)).does(state(BranchState.PREPARED));
            prepared().hears(inquire(true)).does(state(BranchState.PREPARED));
        }

        @Test
        void deadlineNeverDecides() {
            BranchScript script = prepared().on(new DeadlinePassed()).does();
            assertThat(script.branch().isInDoubt()).isTrue();
        }

        @Test
        void restartRebuildsItFromTheFacts() {
            assertThat(rebuilt().branch().isInDoubt()).isTrue();
            BranchScript script = unknown().hears(inquire(true)).finds(Facts.PREPARED);
            script.does(state(BranchState.PREPARED));
        }
    }

    @Nested
    class Committed {

        @Test
        void prepareGetsNoReply() {
            committed().hears(prepare()).notes(Notice.LATE_PREPARE);
        }

        @Test
        void commitIsAcknowledgedAgain() {
            committed().hears(commit()).does(acknowledged());
            unknown().hears(commit()).finds(Facts.COMMITTED).does(acknowledged());
        }

        @Test
        void onePhaseCommitRepeatsTheOutcome() {
            committed().hears(onePhase()).does(outcome(Outcome.COMMITTED));
        }

        @Test
        void abortIsAnsweredWithAHeuristicAndAnAlert_P11() {
            BranchAction alert = new BranchAction.Note(Notice.ABORT_AFTER_COMMIT);
            committed().hears(BranchScript.abort()).does(heuristic(HeuristicKind.COMMIT), alert);
        }

        @Test
        void inquiryIsAnsweredCommitted() {
            committed().hears(inquire(false)).does(state(BranchState.COMMITTED));
            committed().hears(inquire(true)).does(state(BranchState.COMMITTED));
        }

        @Test
        void deadlineChangesNothing() {
            committed().on(new DeadlinePassed()).does();
        }
    }

    @Nested
    class Aborted {

        @Test
        void prepareIsAnsweredNoSoThatNothingHangs() {
            aborted().hears(prepare()).does(votedNo(Why.ABORT_WAS_TOLD));
            unknown().hears(prepare()).finds(Facts.ABORTED).does(votedNo(TOMBSTONE));
        }

        @Test
        void commitIsAnsweredWithAHeuristicAndAnAlert_P11() {
            BranchAction alert = new BranchAction.Note(Notice.COMMIT_AFTER_ABORT);
            aborted().hears(commit()).does(heuristic(HeuristicKind.ROLLBACK), alert);
        }

        @Test
        void onePhaseCommitIsAnsweredAborted() {
            aborted().hears(onePhase()).does(abortedInOnePhase(Why.ABORT_WAS_TOLD));
        }

        @Test
        void abortIsAcknowledgedAgain() {
            aborted().hears(BranchScript.abort()).does(acknowledged());
        }

        @Test
        void inquiryIsAnsweredAborted() {
            aborted().hears(inquire(false)).does(state(BranchState.ABORTED));
            aborted().hears(inquire(true)).does(state(BranchState.ABORTED));
        }

        @Test
        void deadlineChangesNothing() {
            aborted().on(new DeadlinePassed()).does();
        }
    }
}
