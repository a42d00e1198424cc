package io.assent.protocol.participant;

import static io.assent.protocol.participant.BranchScript.BANK;
import static io.assent.protocol.participant.BranchScript.TERM;
import static io.assent.protocol.participant.BranchScript.TOKEN;
import static io.assent.protocol.participant.BranchScript.members;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.participant.BranchAction.CommitPrepared;
import io.assent.protocol.participant.BranchEvent.CommitEnded;
import io.assent.protocol.participant.BranchEvent.FactsRead;
import io.assent.protocol.participant.BranchEvent.HorizonPassed;
import io.assent.protocol.participant.BranchEvent.KnownWritten;
import io.assent.protocol.participant.BranchEvent.LookupOutcome;
import io.assent.protocol.participant.BranchEvent.OutcomeLearned;
import io.assent.protocol.participant.BranchEvent.PatienceEnded;
import io.assent.protocol.participant.BranchEvent.PrepareEnded;
import io.assent.protocol.participant.BranchEvent.PrepareResult;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the facts say when they are read late: another instance, or the horizon, was there before. */
class LateFactsTest {

    private static final TransactionId T = BranchScript.id(Protocol.THREE_PHASE);
    private static final List<Member> J = members(BANK, "bank-b");
    private static final Message PREPARE = new Message.Prepare(T, BANK, TERM, J, 10_000, TOKEN, 1);
    private static final Message PRE_COMMIT = new Message.PreCommit(T, BANK, TERM, J);
    private static final Message COMMIT = new Message.Commit(T, BANK, TERM, J);
    private static final BranchAction ACK = new BranchAction.Reply(new Reply.Acknowledged(T, BANK));

    private static BranchScript preparing() {
        return BranchScript.unknown(T)
                .on(new BranchEvent.WorkRequested(null, true, true))
                .on(new BranchEvent.WorkBegan(TOKEN, 0))
                .on(new BranchEvent.UnitEnded(true))
                .hears(PREPARE)
                .does(new BranchAction.EndAndPrepare());
    }

    /** Pre-committed, and told to commit; nobody knows whether that happened. */
    private static BranchScript committing() {
        return preparing()
                .on(new PrepareEnded(PrepareResult.PREPARED))
                .hears(PRE_COMMIT)
                .on(new KnownWritten(true))
                .does(ACK)
                .hears(COMMIT)
                .does(new CommitPrepared())
                .on(new CommitEnded(false));
    }

    @Test
    void atTheHorizonABranchThatAnotherInstanceRolledBackIsAborted() {
        BranchScript script = BranchScript.prepared()
                .on(new HorizonPassed())
                .finds(Facts.ABORTED)
                .does();
        assertThat(script.branch().condition()).isInstanceOf(BranchCondition.Aborted.class);
        assertThat(script.branch().mayBeDropped()).isTrue();
    }

    @Test
    void atTheHorizonABranchOfWhichNothingIsLeftIsLeftAlone() {
        BranchScript script =
                BranchScript.prepared().on(new HorizonPassed()).findsNothing().does();
        assertThat(script.branch().mayBeDropped()).isTrue();
    }

    @Test
    void anUncertainCommitIsTriedAgainByWhoMayFinishAlone() {
        committing()
                .finds(Facts.UNREADABLE)
                .notes(Notice.UNANSWERED)
                .on(new PatienceEnded())
                .does()
                .on(new OutcomeLearned(LookupOutcome.COMMITTED))
                .does(new CommitPrepared())
                .on(new CommitEnded(true))
                .does();
    }

    @Test
    void anUncertainCommitWhoseFactsAreForgottenIsExpired_P7() {
        BranchScript script =
                committing().finds(Facts.FORGOTTEN).does(new BranchAction.Reply(new Reply.Expired(T, BANK)));
        assertThat(script.branch().mayBeDropped()).isTrue();
    }

    @Test
    void anUncertainPrepareThatHappenedAndIsDecidedIsPreCommitted() {
        preparing()
                .on(new PrepareEnded(PrepareResult.UNKNOWN))
                .finds(Facts.UNREADABLE)
                .notes(Notice.UNANSWERED)
                .hears(PRE_COMMIT)
                .does(new BranchAction.ReadFacts(false))
                .on(new FactsRead(Facts.PRE_COMMITTED, TOKEN, 1, J))
                .does(ACK);
    }
}
