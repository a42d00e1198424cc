package io.assent.participant.branch;

import static io.assent.participant.branch.FakeCoordinator.abort;
import static io.assent.participant.branch.FakeCoordinator.commitOnePhase;
import static io.assent.participant.branch.FakeCoordinator.prepare;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.ReplyForm;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A participant that does not commit says why: to the coordinator each time, in its log once. */
@ExtendWith(OutputCaptureExtension.class)
class ReasonTest {

    @RegisterExtension
    static final RunningBank RUNNING = new RunningBank(53, "logging.level.io.assent.participant.branch.Reasons=info");

    private final FakeCoordinator coordinator = RUNNING.coordinator();
    private final Bank bank = RUNNING.bank();

    private final TransactionId transaction = coordinator.transaction();
    private final String account = UUID.randomUUID().toString();

    private Member work() {
        return bank.call(
                        transaction,
                        () -> bank.work().branch(() -> bank.accounts().insert(account)))
                .member();
    }

    private ReplyForm send(Message message) {
        return coordinator.send(bank.endpoint(), message).orElseThrow();
    }

    /** Asks for the vote twice: the second time nothing but the tombstone and some words are left of the branch. */
    private void assertNo(Member member, CapturedOutput output, String reason) {
        for (int times = 0; times < 2; times++) {
            ReplyForm reply = send(prepare(transaction, member));
            assertThat(reply.vote()).isEqualTo("NO");
            assertThat(reply.reason()).contains(reason);
        }
        assertLoggedOnce(output, reason);
    }

    private void assertLoggedOnce(CapturedOutput output, String reason) {
        assertThat(output.getAll()
                        .lines()
                        .filter(line -> line.contains(" INFO ")
                                && line.contains("transaction=" + transaction)
                                && line.contains("participant=" + Bank.ID)
                                && line.contains(reason)))
                .hasSize(1);
    }

    @Test
    void aPrepareForOtherCallsIsToldBothCounts_L8(CapturedOutput output) {
        Member member = work();
        assertNo(
                member.withWork(member.token(), 2),
                output,
                "1 calls have worked in it, and the initiator saw the answers of 2");
    }

    @Test
    void aPrepareForALostBranchIsToldSo_L8(CapturedOutput output) {
        assertNo(work().withWork("lost", 1), output, "the message names another token");
    }

    @Test
    void aPrepareWhereNothingWorkedIsToldSo(CapturedOutput output) {
        assertNo(Member.of(Bank.ID, bank.endpoint()), output, "no live branch is here");
    }

    @Test
    void aPrepareAfterAFailedCallIsToldWhatFailed(CapturedOutput output) {
        Member member = bank.call(
                        transaction,
                        () -> bank.work().branch(() -> {
                            throw new IllegalStateException("the account is closed");
                        }))
                .member();
        assertNo(member, output, "the work of a call failed: java.lang.IllegalStateException: the account is closed");
    }

    @Test
    void aPrepareThatTheDatabaseRefusesIsToldWhatItSaid(CapturedOutput output) {
        Member member = bank.call(
                        transaction,
                        () -> bank.work().branch(() -> {
                            bank.accounts().jdbc().execute("ROLLBACK");
                            return 0;
                        }))
                .member();
        assertNo(member, output, "the resource could not prepare it: an error or a statement inside it");
    }

    @Test
    void aPrepareAfterAnAbortIsToldOfIt(CapturedOutput output) {
        Member member = work();
        assertThat(send(abort(transaction, Bank.ID)).type()).isEqualTo("ACK");
        assertThat(output.getAll()).doesNotContain("A branch does not commit: transaction=" + transaction);
        assertNo(member, output, "the coordinator told it to abort");
    }

    @Test
    void aCommitInOnePhaseThatEndsInAbortedSaysWhyToo(CapturedOutput output) {
        ReplyForm reply = send(commitOnePhase(transaction, work().withWork("lost", 1)));
        assertThat(reply.outcome()).isEqualTo("ABORTED");
        assertThat(reply.reason()).contains("the message names another token");
        assertLoggedOnce(output, "the message names another token");
    }
}
