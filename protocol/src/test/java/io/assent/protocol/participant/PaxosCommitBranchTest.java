package io.assent.protocol.participant;

import static io.assent.protocol.participant.BranchScript.BANK;
import static io.assent.protocol.participant.BranchScript.TERM;
import static io.assent.protocol.participant.BranchScript.TOKEN;
import static io.assent.protocol.participant.BranchScript.members;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.participant.BranchAction.BeginWork;
import io.assent.protocol.participant.BranchAction.CommitPrepared;
import io.assent.protocol.participant.BranchAction.EndAndPrepare;
import io.assent.protocol.participant.BranchAction.RollBack;
import io.assent.protocol.participant.BranchEvent.CommitEnded;
import io.assent.protocol.participant.BranchEvent.DeadlinePassed;
import io.assent.protocol.participant.BranchEvent.LookupOutcome;
import io.assent.protocol.participant.BranchEvent.NoFactLearned;
import io.assent.protocol.participant.BranchEvent.OutcomeLearned;
import io.assent.protocol.participant.BranchEvent.PeerAnswered;
import io.assent.protocol.participant.BranchEvent.PrepareEnded;
import io.assent.protocol.participant.BranchEvent.PrepareResult;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Paxos Commit at a participant: two-phase commit without its shortcuts (Q7), and without three-phase commit's peers. */
class PaxosCommitBranchTest {

    private static final TransactionId T = BranchScript.id(Protocol.PAXOS_COMMIT);
    private static final List<Member> J = members(BANK, "bank-b");
    private static final List<AcceptorList.Entry> ACCEPTORS =
            List.of(new AcceptorList.Entry(new AcceptorId("n1", 1), "http://127.0.0.1:1"));

    private static final Message COMMIT = new Message.Commit(T, BANK, TERM, J);
    private static final Message ABORT = new Message.Abort(T, BANK, TERM);
    private static final Message ONE_PHASE = new Message.CommitOnePhase(T, BANK, TERM, TOKEN, 1);

    private static final BranchAction ACK = new BranchAction.Reply(new Reply.Acknowledged(T, BANK));
    private static final BranchAction YES = new BranchAction.Reply(new Reply.Voted(T, BANK, Vote.YES, null));

    private static Message prepare(int calls) {
        return new Message.Prepare(T, BANK, TERM, J, 10_000, TOKEN, calls, ACCEPTORS);
    }

    private static BranchScript working(boolean declaredWriting) {
        return BranchScript.unknown(T)
                .on(new BranchEvent.WorkRequested(null, true, declaredWriting))
                .does(new BeginWork(true, true))
                .on(new BranchEvent.WorkBegan(TOKEN, 0))
                .does(new BranchAction.GrantWork())
                .on(new BranchEvent.UnitEnded(true))
                .does();
    }

    private static BranchScript prepared() {
        return working(true)
                .hears(prepare(1))
                .does(new EndAndPrepare())
                .on(new PrepareEnded(PrepareResult.PREPARED))
                .does(YES);
    }

    @Test
    void workThatIsDeclaredReadOnlyHasItsRowVotesYesAndGetsItsCommit_P3() {
        working(false)
                .hears(prepare(1))
                .does(new EndAndPrepare())
                .on(new PrepareEnded(PrepareResult.PREPARED))
                .does(YES)
                .hears(COMMIT)
                .does(new CommitPrepared())
                .on(new CommitEnded(true))
                .does(ACK);
    }

    @Test
    void nobodyLeavesWithReadOnly_Q7() {
        working(true)
                .hears(prepare(1))
                .does(new EndAndPrepare())
                .on(new PrepareEnded(PrepareResult.READ_ONLY))
                .rollsBackLiveAndBuries();
    }

    @Test
    void aRepeatedPrepareRepeatsTheVote() {
        prepared().hears(prepare(1)).does(YES);
    }

    @Test
    void onePhaseCommitIsNeverObeyed_Q7() {
        BranchScript.unknown(T).hears(ONE_PHASE).notes(Notice.UNANSWERED);
        working(true).hears(ONE_PHASE).notes(Notice.UNANSWERED);
        BranchScript prepared = prepared().hears(ONE_PHASE).notes(Notice.UNANSWERED);
        assertThat(prepared.branch().isInDoubt()).isTrue();
    }

    @Test
    void preCommitIsOfAnotherProtocol() {
        prepared().hears(new Message.PreCommit(T, BANK, TERM, J)).notes(Notice.UNANSWERED);
    }

    @Test
    void aPeerIsNotAnswered_T1() {
        working(true).hears(new Message.Inquire(T, BANK, TERM, false, "bank-b")).notes(Notice.UNANSWERED);
    }

    @Test
    void whatAPeerSaysCountsForNothing_T1() {
        Reply.StateReported told = new Reply.StateReported(T, "bank-b", BranchState.COMMITTED, List.of(BANK, "bank-b"));
        BranchScript prepared = prepared().on(new PeerAnswered(TERM, told)).does();
        assertThat(prepared.branch().isInDoubt()).isTrue();
    }

    @Test
    void aPreparedBranchWaitsForTheRecoveryBallotHoweverLateItIs() {
        BranchScript prepared = prepared()
                .on(new DeadlinePassed())
                .does()
                .on(new NoFactLearned(true))
                .does()
                .on(new NoFactLearned(false))
                .does()
                .on(new OutcomeLearned(LookupOutcome.PENDING))
                .does();
        assertThat(prepared.branch().isInDoubt()).isTrue();
    }

    @Test
    void aPreparedBranchObeysALookUp() {
        prepared().on(new OutcomeLearned(LookupOutcome.COMMITTED)).does(new CommitPrepared());
        prepared().on(new OutcomeLearned(LookupOutcome.ABORTED)).does(new RollBack());
    }

    @Test
    void aPreparedBranchObeysItsCoordinators() {
        prepared()
                .hears(COMMIT)
                .does(new CommitPrepared())
                .on(new CommitEnded(true))
                .does(ACK);
        prepared().hears(ABORT).rollsBackAndBuries().does(ACK);
    }

    @Test
    void theCommitOfOthersIsAnAbort_L2() {
        prepared()
                .hears(new Message.Commit(T, BANK, TERM, members("bank-b")))
                .rollsBackAndBuries()
                .does(ACK);
    }

    @Test
    void aNoIsFinalBecauseItsTombstoneStands() {
        working(true)
                .hears(prepare(2))
                .rollsBackLiveAndBuries()
                .hears(prepare(1))
                .on(new BranchEvent.WorkRequested(null, true, true))
                .does(new BranchAction.RefuseWork(Refusal.TRANSACTION_OVER));
    }
}
