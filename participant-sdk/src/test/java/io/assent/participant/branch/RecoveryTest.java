package io.assent.participant.branch;

import static io.assent.participant.branch.FakeCoordinator.abort;
import static io.assent.participant.branch.FakeCoordinator.commit;
import static io.assent.participant.branch.FakeCoordinator.commitOnePhase;
import static io.assent.participant.branch.FakeCoordinator.prepare;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.participant.Notice;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What survives the end of a process, and how a branch in doubt finds its outcome. */
class RecoveryTest {

    private static final String FAST = "assent.participant.lookup.after=200ms";
    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    private FakeCoordinator coordinator;
    private TransactionId transaction;

    @BeforeEach
    void begin() {
        coordinator = new FakeCoordinator(61);
        transaction = coordinator.transaction();
    }

    @AfterEach
    void end() {
        coordinator.close();
    }

    private Member prepared(BankProcess bank, String account) {
        Member member = BankProcess.member(bank.insert(transaction, account));
        assertThat(coordinator
                        .send(bank.endpoint(), prepare(transaction, member))
                        .orElseThrow()
                        .vote())
                .isEqualTo("YES");
        return member;
    }

    @Test
    void aBranchThatIsPreparedWhenTheProcessIsKilledKeepsItsLocksAndCommitsAfterTheRestart() throws Exception {
        try (BankProcess first = BankProcess.start(coordinator, folder)) {
            prepared(first, "a");
            first.kill();
        }
        try (Connection connection = DriverManager.getConnection(Bank.database(folder), "sa", "");
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("INSERT INTO account (id, balance) VALUES ('a', 1)"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("ock");
        }
        coordinator.knowsOutcome(transaction, Bank.ID, "COMMITTED");
        try (Bank second = Bank.start(coordinator, folder)) {
            await().atMost(SOON).until(() -> second.committed("a"));
            assertThat(second.fact(transaction, "C")).isTrue();
            assertThat(second.inDoubt()).isZero();
        }
    }

    @Test
    void aBranchInDoubtAfterTheRestartRollsBackWhenThatIsItsOutcome() throws Exception {
        try (BankProcess first = BankProcess.start(coordinator, folder)) {
            prepared(first, "a");
            first.kill();
        }
        try (Bank second = Bank.start(coordinator, folder)) {
            await().atMost(SOON).until(() -> second.branches().prepared() == 1);
            coordinator.knowsOutcome(transaction, Bank.ID, "PENDING");
            Bank.Answer work = second.call(
                    coordinator.transaction(),
                    () -> second.work().branch(() -> second.accounts().insert("b")));
            assertThat(work.status()).isEqualTo(200);
            coordinator.knowsOutcome(transaction, Bank.ID, "ABORTED");
            await().atMost(SOON).until(() -> second.fact(transaction, "A"));
            assertThat(second.inDoubt()).isZero();
            assertThat(second.committed("a")).isFalse();
        }
    }

    @Test
    void aCommitMessageFinishesABranchThatWasPreparedBeforeTheRestart() throws Exception {
        Member member;
        try (BankProcess first = BankProcess.start(coordinator, folder)) {
            member = prepared(first, "a");
            assertThat(first.terminate()).isTrue();
        }
        try (Bank second = Bank.start(coordinator, folder)) {
            assertThat(second.inDoubt()).isEqualTo(1);
            // A rebuilt branch does not know its work and cannot say that it is the work meant.
            assertThat(coordinator
                            .send(second.endpoint(), prepare(transaction, member))
                            .orElseThrow()
                            .vote())
                    .isEqualTo("NO");
            assertThat(second.inDoubt()).isEqualTo(1);
            assertThat(coordinator
                            .send(second.endpoint(), commit(transaction, member))
                            .orElseThrow()
                            .type())
                    .isEqualTo("ACK");
            assertThat(second.committed("a")).isTrue();
        }
    }

    @Test
    void workThatWasNotPreparedIsLostAndSaidToBe() throws Exception {
        Member member;
        try (BankProcess first = BankProcess.start(coordinator, folder)) {
            member = BankProcess.member(first.insert(transaction, "a"));
            first.kill();
        }
        try (BankProcess second = BankProcess.start(coordinator, folder)) {
            HttpResponse<String> answer = second.insert(transaction, "b", Bank.known(member));
            assertThat(answer.statusCode()).isEqualTo(409);
            assertThat(answer.body()).contains("branch-lost");
            assertThat(coordinator
                            .send(second.endpoint(), prepare(transaction, member))
                            .orElseThrow()
                            .vote())
                    .isEqualTo("NO");
        }
    }

    @Test
    void whatWasAcknowledgedSurvivesAKillAtOnce() throws Exception {
        TransactionId aborted = coordinator.transaction();
        try (BankProcess first = BankProcess.start(coordinator, folder)) {
            Member member = BankProcess.member(first.insert(transaction, "a"));
            assertThat(coordinator
                            .send(first.endpoint(), commitOnePhase(transaction, member))
                            .orElseThrow()
                            .outcome())
                    .isEqualTo("COMMITTED");
            assertThat(coordinator
                            .send(first.endpoint(), abort(aborted, Bank.ID))
                            .orElseThrow()
                            .type())
                    .isEqualTo("ACK");
            first.kill();
        }
        try (Bank second = Bank.start(coordinator, folder)) {
            assertThat(second.committed("a")).isTrue();
            assertThat(second.fact(transaction, "C")).isTrue();
            assertThat(second.fact(aborted, "A")).isTrue();
        }
    }

    @Test
    void aPreparedBranchThatHearsNothingAsksForItsOutcome() {
        try (Bank bank = Bank.start(coordinator, folder, FAST)) {
            Member member = bank.call(
                            transaction,
                            () -> bank.work().branch(() -> bank.accounts().insert("a")))
                    .member();
            coordinator.send(bank.endpoint(), prepare(transaction, member));
            assertThat(bank.branches().prepared()).isEqualTo(1);
            coordinator.knowsOutcome(transaction, Bank.ID, "COMMITTED");
            await().atMost(SOON).until(() -> bank.committed("a"));
        }
    }

    @Test
    void anOutcomeThatNobodyKnowsAnyMoreLeavesTheBranchInDoubt() {
        try (Bank bank = Bank.start(coordinator, folder, FAST)) {
            Member member = bank.call(
                            transaction,
                            () -> bank.work().branch(() -> bank.accounts().insert("a")))
                    .member();
            coordinator.send(bank.endpoint(), prepare(transaction, member));
            coordinator.knowsOutcome(transaction, Bank.ID, "EXPIRED");
            NoticeBoard notices = bank.bean(NoticeBoard.class);
            await().atMost(SOON).until(() -> notices.count(Notice.EXPIRED_IN_DOUBT) > 0);
            assertThat(bank.inDoubt()).isEqualTo(1);
            assertThat(coordinator
                            .send(bank.endpoint(), commit(transaction, member))
                            .orElseThrow()
                            .type())
                    .isEqualTo("ACK");
        }
    }

    @Test
    void aClosedContextLeavesItsPreparedBranchToTheNextOne() {
        Member member;
        try (Bank first = Bank.start(coordinator, folder)) {
            member = first.call(
                            transaction,
                            () -> first.work().branch(() -> first.accounts().insert("a")))
                    .member();
            coordinator.send(first.endpoint(), prepare(transaction, member));
        }
        coordinator.knowsOutcome(transaction, Bank.ID, "COMMITTED");
        try (Bank second = Bank.start(coordinator, folder)) {
            await().atMost(SOON).until(() -> second.committed("a"));
        }
    }
}
