package io.assent.protocol.participant;

import static io.assent.protocol.participant.BranchScript.BANK;
import static io.assent.protocol.participant.BranchScript.TERM;
import static io.assent.protocol.participant.BranchScript.TOKEN;
import static io.assent.protocol.participant.BranchScript.members;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.participant.BranchAction.AskPeers;
import io.assent.protocol.participant.BranchAction.CommitPrepared;
import io.assent.protocol.participant.BranchAction.EndAndPrepare;
import io.assent.protocol.participant.BranchAction.WriteKnown;
import io.assent.protocol.participant.BranchEvent.CommitEnded;
import io.assent.protocol.participant.BranchEvent.FactsRead;
import io.assent.protocol.participant.BranchEvent.KnownWritten;
import io.assent.protocol.participant.BranchEvent.LookupOutcome;
import io.assent.protocol.participant.BranchEvent.NoFactLearned;
import io.assent.protocol.participant.BranchEvent.OutcomeLearned;
import io.assent.protocol.participant.BranchEvent.PatienceEnded;
import io.assent.protocol.participant.BranchEvent.PeerAnswered;
import io.assent.protocol.participant.BranchEvent.PrepareEnded;
import io.assent.protocol.participant.BranchEvent.PrepareResult;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Three-phase commit at a participant: the rows of table 1.7 that it adds, section 2, and its peers (section 4). */
class ThreePhaseBranchTest {

    private static final TransactionId T = BranchScript.id(Protocol.THREE_PHASE);
    private static final List<Member> J = members(BANK, "bank-b");
    private static final List<Member> PEERS = members("bank-b");

    private static final Message PREPARE = new Message.Prepare(T, BANK, TERM, J, 10_000, TOKEN, 1);
    private static final Message PRE_COMMIT = new Message.PreCommit(T, BANK, TERM, J);
    private static final Message COMMIT = new Message.Commit(T, BANK, TERM, J);
    private static final Message ABORT = new Message.Abort(T, BANK, TERM);
    private static final Message PEER_ASKS = new Message.Inquire(T, BANK, 99, false, "bank-b");

    private static final BranchAction ACK = new BranchAction.Reply(new Reply.Acknowledged(T, BANK));
    private static final BranchAction YES = new BranchAction.Reply(new Reply.Voted(T, BANK, Vote.YES, null));

    private static BranchScript working() {
        return BranchScript.unknown(T)
                .on(new BranchEvent.WorkRequested(null, true, false))
                .does(new BranchAction.BeginWork(true, true))
                .on(new BranchEvent.WorkBegan(TOKEN, 0))
                .does(new BranchAction.GrantWork())
                .on(new BranchEvent.UnitEnded(true))
                .does();
    }

    private static BranchScript prepared() {
        return working()
                .hears(PREPARE)
                .does(new EndAndPrepare())
                .on(new PrepareEnded(PrepareResult.PREPARED))
                .does(YES);
    }

    private static BranchScript preCommitted() {
        return prepared()
                .hears(PRE_COMMIT)
                .does(new WriteKnown(J))
                .on(new KnownWritten(true))
                .does(ACK);
    }

    private static BranchScript committed() {
        return preCommitted()
                .hears(COMMIT)
                .does(new CommitPrepared())
                .on(new CommitEnded(true))
                .does(ACK);
    }

    private static BranchScript aborted() {
        return prepared().hears(ABORT).rollsBackAndBuries().does(ACK);
    }

    private static BranchScript rebuilt() {
        return BranchScript.unknown(T)
                .on(new BranchEvent.FoundPrepared(null, null))
                .does();
    }

    private static FactsRead known(Facts facts) {
        return new FactsRead(facts, null, null, J);
    }

    private static BranchAction state(BranchState state, String... participants) {
        return new BranchAction.Reply(new Reply.StateReported(T, BANK, state, List.of(participants)));
    }

    private static PeerAnswered peer(BranchState state, String... participants) {
        return new PeerAnswered(TERM, new Reply.StateReported(T, "bank-b", state, List.of(participants)));
    }

    @Test
    void workDeclaredReadOnlyHasItsRowAllTheSame_P3() {
        working();
    }

    @Test
    void nobodyLeavesWithReadOnly_T1() {
        working().hears(PREPARE).on(new PrepareEnded(PrepareResult.READ_ONLY)).rollsBackLiveAndBuries();
    }

    @Nested
    class PreCommit {

        @Test
        void isAcknowledgedOnlyWhenItIsWrittenDown_F4() {
            BranchScript script = prepared().hears(PRE_COMMIT).does(new WriteKnown(J));
            script.on(new KnownWritten(true)).does(ACK);
            assertThat(script.branch().isInDoubt()).isTrue();
        }

        @Test
        void isReadBackWhenItIsNotCertainThatItWasWritten() {
            prepared()
                    .hears(PRE_COMMIT)
                    .on(new KnownWritten(false))
                    .does(new BranchAction.ReadFacts(false))
                    .on(known(Facts.PRE_COMMITTED))
                    .does(ACK);
        }

        @Test
        void isWrittenAgainWhenTheFactsDoNotHoldIt() {
            prepared()
                    .hears(PRE_COMMIT)
                    .on(new KnownWritten(false))
                    .finds(Facts.PREPARED)
                    .does(new WriteKnown(J))
                    .on(new KnownWritten(true))
                    .does(ACK);
        }

        @Test
        void isAcknowledgedAgain() {
            preCommitted().hears(PRE_COMMIT).does(ACK);
            committed().hears(PRE_COMMIT).does(ACK);
        }

        @Test
        void beforeTheVoteGetsNoReplyAndAnAlert_P11() {
            working().hears(PRE_COMMIT).notes(Notice.PRE_COMMIT_BEFORE_VOTE);
            aborted().hears(PRE_COMMIT).notes(Notice.PRE_COMMIT_BEFORE_VOTE);
            BranchScript.unknown(T).hears(PRE_COMMIT).findsNothing().notes(Notice.PRE_COMMIT_BEFORE_VOTE);
        }

        @Test
        void toABranchOutsideIsAnAbort_L2() {
            prepared()
                    .hears(new Message.PreCommit(T, BANK, TERM, PEERS))
                    .rollsBackAndBuries()
                    .does(ACK);
        }

        @Test
        void ofAnotherProtocolMakesNoSense() {
            Message stray = new Message.PreCommit(BranchScript.T, BANK, TERM, J);
            BranchScript.prepared().hears(stray).notes(Notice.UNANSWERED);
        }
    }

    @Nested
    class PreCommitted {

        @Test
        void repeatsYes() {
            preCommitted().hears(PREPARE).does(YES);
        }

        @Test
        void commitsBeforeItAcknowledges() {
            committed();
        }

        @Test
        void refusesAnAbort_P11() {
            preCommitted().hears(ABORT).notes(Notice.ABORT_AFTER_PRE_COMMIT);
            preCommitted().on(new OutcomeLearned(LookupOutcome.ABORTED)).notes(Notice.ABORT_AFTER_PRE_COMMIT);
        }

        @Test
        void refusesACommitInOnePhase_P11() {
            preCommitted()
                    .hears(new Message.CommitOnePhase(T, BANK, TERM, TOKEN, 1))
                    .notes(Notice.ONE_PHASE_AFTER_PRE_COMMIT);
        }

        @Test
        void takesNoMoreWork() {
            preCommitted()
                    .on(new BranchEvent.WorkRequested(TOKEN, true, true))
                    .does(new BranchAction.RefuseWork(Refusal.BRANCH_PREPARED));
        }

        @Test
        void doesNotShowItBecauseALookUpTellsTheDecision_V() {
            preCommitted().on(new OutcomeLearned(LookupOutcome.COMMITTED)).does();
        }

        @Test
        void showsItWhenNoCoordinatorCanBeWaitingForOthers() {
            preCommitted()
                    .on(new PatienceEnded())
                    .does()
                    .on(new OutcomeLearned(LookupOutcome.COMMITTED))
                    .does(new CommitPrepared());
        }

        @Test
        void finishesAloneWhenNoReplicaAnswers() {
            preCommitted()
                    .on(new NoFactLearned(false))
                    .does(new BranchAction.ReadFacts(false))
                    .on(known(Facts.PRE_COMMITTED))
                    .does(new CommitPrepared())
                    .on(new CommitEnded(true))
                    .does();
        }

        @Test
        void finishesAloneAfterARestart() {
            rebuilt()
                    .on(new NoFactLearned(false))
                    .does(new BranchAction.ReadFacts(false))
                    .on(known(Facts.PRE_COMMITTED))
                    .does(new CommitPrepared());
        }

        @Test
        void waitsWhileAReplicaAnswers() {
            preCommitted()
                    .on(new NoFactLearned(true))
                    .on(known(Facts.PRE_COMMITTED))
                    .does();
        }

        @Test
        void triesAgainAfterAnUncertainCommit() {
            preCommitted()
                    .hears(COMMIT)
                    .on(new CommitEnded(false))
                    .does(new BranchAction.ReadFacts(false))
                    .on(known(Facts.PRE_COMMITTED))
                    .does(new CommitPrepared());
        }
    }

    @Nested
    class Prepared {

        @Test
        void firstWritesDownWhatALookUpTells_V() {
            prepared()
                    .on(new OutcomeLearned(LookupOutcome.COMMITTED))
                    .does(new WriteKnown(J))
                    .on(new KnownWritten(true))
                    .does();
        }

        @Test
        void neverDecidesAlone_T2() {
            BranchScript script = prepared().on(new NoFactLearned(false)).finds(Facts.PREPARED);
            script.does(new AskPeers(PEERS, TERM));
            script.on(peer(BranchState.PREPARED)).does();
            script.on(peer(BranchState.UNKNOWN)).does();
            script.on(peer(BranchState.NOT_VOTED)).does();
            assertThat(script.branch().isInDoubt()).isTrue();
        }

        @Test
        void doesNotDisturbItsPeersWhileAReplicaAnswersInTime() {
            prepared().on(new NoFactLearned(true)).finds(Facts.PREPARED).does();
        }

        @Test
        void asksItsPeersWhenItsTimeIsUp() {
            prepared()
                    .on(new BranchEvent.DeadlinePassed())
                    .on(new NoFactLearned(true))
                    .finds(Facts.PREPARED)
                    .does(new AskPeers(PEERS, TERM));
        }

        @Test
        void hasNoPeersAfterARestartThoughALatePrepareNamesSome() {
            rebuilt().on(new NoFactLearned(false)).finds(Facts.PREPARED).does();
            FactsRead durable = new FactsRead(Facts.PREPARED, TOKEN, 1, List.of());
            rebuilt()
                    .hears(PREPARE)
                    .does(new BranchAction.ReadFacts(false))
                    .on(durable)
                    .does(YES)
                    .on(new NoFactLearned(false))
                    .on(durable)
                    .does();
        }

        @Test
        void whatALookUpTellsNamesNobodyAfterARestartThoughALatePrepareNamedSome_T4() {
            rebuilt()
                    .hears(PREPARE)
                    .on(new FactsRead(Facts.PREPARED, "another", 1, List.of()))
                    .on(new OutcomeLearned(LookupOutcome.COMMITTED))
                    .does(new WriteKnown(List.of()))
                    .on(new KnownWritten(true))
                    .does()
                    .hears(PEER_ASKS)
                    .does(state(BranchState.PRE_COMMITTED));
        }

        @Test
        void aPreCommitNamesWhomALookUpDidNot() {
            rebuilt()
                    .on(new OutcomeLearned(LookupOutcome.COMMITTED))
                    .on(new KnownWritten(true))
                    .hears(PRE_COMMIT)
                    .does(new WriteKnown(J))
                    .on(new KnownWritten(true))
                    .does(ACK)
                    .hears(PEER_ASKS)
                    .does(state(BranchState.PRE_COMMITTED, BANK, "bank-b"));
        }

        @Test
        void asksNobodyWhenALaterLeaderIsAtWork() {
            prepared()
                    .hears(new Message.PreCommit(T, BANK, TERM + 1, J))
                    .on(new KnownWritten(false))
                    .finds(Facts.PREPARED)
                    .on(new KnownWritten(false))
                    .finds(Facts.UNREADABLE)
                    .on(new NoFactLearned(false))
                    .finds(Facts.PREPARED)
                    .does();
        }

        @Test
        void anAnswerAboutTheMembersOfAnEarlierLeaderDoesNotCount() {
            Message later = new Message.Prepare(T, BANK, TERM + 1, J, 10_000, TOKEN, 1);
            BranchScript script = prepared().hears(later).does(YES);
            script.on(peer(BranchState.ABORTED)).does();
            script.on(new NoFactLearned(false)).finds(Facts.PREPARED).does(new AskPeers(PEERS, TERM + 1));
        }

        @Test
        void writesTheDecisionDownForItsPeersBeforeItCommits() {
            prepared()
                    .hears(COMMIT)
                    .does(new WriteKnown(J))
                    .on(new KnownWritten(true))
                    .does(new CommitPrepared())
                    .on(new CommitEnded(true))
                    .does(ACK);
        }

        @Test
        void takesADecisionFromAPeerIfItIsInIt_T4() {
            prepared().on(peer(BranchState.PRE_COMMITTED, BANK, "bank-b")).does(new WriteKnown(J));
            prepared().on(peer(BranchState.COMMITTED, BANK, "bank-b")).does(new WriteKnown(J));
            prepared().on(peer(BranchState.COMMITTED, "bank-b")).does();
            prepared().on(peer(BranchState.COMMITTED)).does();
        }

        @Test
        void abortsBecauseAPeerIsAborted() {
            prepared().on(peer(BranchState.ABORTED)).rollsBackAndBuries().does();
        }

        @Test
        void ofTwoPhaseCommitAsksNobody_T1() {
            BranchScript.prepared().on(new NoFactLearned(false)).does();
            BranchScript.prepared()
                    .on(new PeerAnswered(
                            TERM, new Reply.StateReported(BranchScript.T, "bank-b", BranchState.ABORTED, List.of())))
                    .does();
        }
    }

    @Nested
    class AskedByAPeer {

        @Test
        void whoHasNotVotedWritesItsTombstoneFirst() {
            BranchScript.unknown(T).hears(PEER_ASKS).findsNothing().buries().does(state(BranchState.ABORTED));
            working().hears(PEER_ASKS).rollsBackLiveAndBuries().does(state(BranchState.ABORTED));
        }

        @Test
        void whoHasVotedTellsWhatItKnows() {
            prepared().hears(PEER_ASKS).does(state(BranchState.PREPARED));
            preCommitted().hears(PEER_ASKS).does(state(BranchState.PRE_COMMITTED, BANK, "bank-b"));
            committed().hears(PEER_ASKS).does(state(BranchState.COMMITTED, BANK, "bank-b"));
            aborted().hears(PEER_ASKS).does(state(BranchState.ABORTED));
        }

        @Test
        void whoStartedAgainReadsWhatItHadWrittenDown() {
            rebuilt()
                    .hears(PEER_ASKS)
                    .does(new BranchAction.ReadFacts(false))
                    .on(known(Facts.PRE_COMMITTED))
                    .does(state(BranchState.PRE_COMMITTED, BANK, "bank-b"));
            BranchScript.unknown(T)
                    .hears(PEER_ASKS)
                    .does(new BranchAction.ReadFacts(false))
                    .on(known(Facts.COMMITTED))
                    .does(state(BranchState.COMMITTED, BANK, "bank-b"));
        }

        @Test
        void belowAHorizonIsExpiredAndNeverAborted_T3() {
            BranchScript.unknown(T)
                    .hears(PEER_ASKS)
                    .finds(Facts.FORGOTTEN)
                    .does(new BranchAction.Reply(new Reply.Expired(T, BANK)));
        }

        @Test
        void aPeersTermIsNotThatOfALeader_P6() {
            prepared().hears(PEER_ASKS).hears(PREPARE).does(YES);
        }
    }
}
