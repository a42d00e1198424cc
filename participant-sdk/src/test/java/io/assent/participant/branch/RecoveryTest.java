package io.assent.participant.branch;

import static io.assent.participant.branch.FakeCoordinator.commit;
import static io.assent.participant.branch.FakeCoordinator.prepare;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.participant.Notice;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A prepared branch asks for its outcome, and a participant that ends leaves its branches decided or to its next start. */
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

    private Member prepared(Bank bank) {
        Member member = bank.call(
                        transaction,
                        () -> bank.work().branch(() -> bank.accounts().insert("a")))
                .member();
        assertThat(coordinator
                        .send(bank.endpoint(), prepare(transaction, member))
                        .orElseThrow()
                        .vote())
                .isEqualTo("YES");
        return member;
    }

    @Test
    void preparedBranchThatHearsNothingAsksForItsOutcome() {
        try (Bank bank = Bank.start(coordinator, folder, FAST)) {
            prepared(bank);
            assertThat(bank.branches().prepared()).isEqualTo(1);
            coordinator.knowsOutcome(transaction, Bank.ID, "COMMITTED");
            await().atMost(SOON).until(() -> bank.committed("a"));
        }
    }

    @Test
    void outcomeThatNobodyKnowsAnyMoreLeavesTheBranchInDoubtAndAlerts() {
        try (Bank bank = Bank.start(coordinator, folder, FAST)) {
            Member member = prepared(bank);
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
    void closedContextLeavesItsPreparedBranchToTheNextOne() {
        try (Bank first = Bank.start(coordinator, folder)) {
            prepared(first);
        }
        coordinator.knowsOutcome(transaction, Bank.ID, "COMMITTED");
        try (Bank second = Bank.start(coordinator, folder)) {
            await().atMost(SOON).until(() -> second.committed("a"));
        }
    }

    @Test
    void onSigtermNewBranchesAreRefusedAndPreparedOnesMayStillBeDecided() throws Exception {
        try (BankProcess bank = BankProcess.start(coordinator, folder, "assent.participant.drain=60s")) {
            Member member = BankProcess.member(bank.insert(transaction, "a"));
            assertThat(coordinator
                            .send(bank.endpoint(), prepare(transaction, member))
                            .orElseThrow()
                            .vote())
                    .isEqualTo("YES");
            bank.askToEnd();
            await().atMost(SOON).untilAsserted(() -> {
                HttpResponse<String> refused = bank.insert(coordinator.transaction(), "b");
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.body()).contains("shutting down");
            });
            assertThat(coordinator
                            .send(bank.endpoint(), commit(transaction, member))
                            .orElseThrow()
                            .type())
                    .isEqualTo("ACK");
            assertThat(bank.awaitEnd()).isTrue();
        }
        assertThat(Bank.count(Bank.database(folder), "account WHERE id = 'a'")).isEqualTo(1);
    }
}
