package io.assent.participant.branch;

import static io.assent.participant.branch.FakeCoordinator.prepare;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.participant.StartupRefusedException;
import io.assent.protocol.TransactionId;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a participant makes ready, refuses and does without when it starts. */
class BankStartTest {

    @TempDir
    private Path folder;

    private FakeCoordinator coordinator;

    @BeforeEach
    void begin() {
        coordinator = new FakeCoordinator(101);
    }

    @AfterEach
    void end() {
        coordinator.close();
    }

    private void assertRefused(String says, String... settings) {
        assertThatThrownBy(() -> Bank.start(coordinator, folder, settings).close())
                .hasRootCauseInstanceOf(StartupRefusedException.class)
                .rootCause()
                .hasMessageContaining(says);
    }

    @Test
    void tablesAreCreatedOrOnlyLookedFor() {
        assertRefused("assent_branch is missing", "assent.participant.schema=validate");
        Bank.start(coordinator, folder).close();
        Bank.start(coordinator, folder, "assent.participant.schema=validate").close();
    }

    @Test
    void databaseBelongsToOneParticipantForGood() {
        Bank.start(coordinator, folder).close();
        assertRefused("belongs to the participant \"bank-a\"", "assent.participant.id=bank-b");
    }

    @Test
    void participantThatOtherHostsReachNeedsASecret() {
        assertRefused(
                "everybody could decide over its branches",
                "server.address=0.0.0.0",
                "assent.participant.url=http://10.0.0.1:8091");
    }

    @Test
    void withoutANetworkLocalTransactionsWorkAndBranchesTakeWork() throws Exception {
        try (Bank bank = Bank.start(coordinator, folder, "assent.coordinators=http://127.0.0.1:1")) {
            bank.work().required(() -> bank.accounts().insert("local"));
            assertThat(bank.committed("local")).isTrue();
            TransactionId transaction = coordinator.transaction();
            Bank.Answer answer = bank.call(
                    transaction, () -> bank.work().branch(() -> bank.accounts().insert("branch")));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(coordinator
                            .send(bank.endpoint(), prepare(transaction, answer.member()))
                            .orElseThrow()
                            .vote())
                    .isEqualTo("YES");
            bank.branches().abort(transaction);
        }
    }

    @Test
    void writeDelayOfH2IsSetToZeroSoThatWhatIsAcknowledgedIsDurable() {
        try (Bank bank = Bank.start(coordinator, folder)) {
            assertThat(bank.accounts()
                            .jdbc()
                            .queryForList(
                                    "SELECT setting_value FROM information_schema.settings"
                                            + " WHERE setting_name = 'WRITE_DELAY'",
                                    String.class))
                    .isNotEmpty()
                    .containsOnly("0");
        }
    }

    @Test
    void urlThatLetsH2DelayWritesAgainWithEveryConnectionIsRefused() {
        assertRefused("before they are durable", "spring.datasource.url=" + Bank.database(folder) + ";write_delay=500");
    }
}
