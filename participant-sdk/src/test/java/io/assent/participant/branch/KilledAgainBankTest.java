package io.assent.participant.branch;

import static io.assent.participant.branch.FakeCoordinator.abort;
import static io.assent.participant.branch.FakeCoordinator.commit;
import static io.assent.participant.branch.FakeCoordinator.prepare;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.message.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A participant is killed, settles a prepared branch after its start, and is killed again. H2 keeps the name of a branch
 * that was settled after a restart, and lists under it whatever runs in its place at the next kill (section 1.8).
 */
class KilledAgainBankTest {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final List<String> IN_FLIGHT = List.of("in-flight-1", "in-flight-2", "in-flight-3");

    @Test
    void workThatWasNeverPreparedIsNotCommittedUnderTheNameOfASettledBranch(@TempDir Path folder) throws Exception {
        try (FakeCoordinator coordinator = new FakeCoordinator(72)) {
            TransactionId settled = coordinator.transaction();
            Member member;
            try (BankProcess first = BankProcess.start(coordinator, folder)) {
                member = BankProcess.member(first.insert(settled, "settled"));
                assertThat(vote(coordinator, first, settled, member)).isEqualTo("YES");
                first.kill();
            }
            try (BankProcess second = BankProcess.start(coordinator, folder)) {
                assertThat(type(coordinator, second.endpoint(), commit(settled, member)))
                        .isEqualTo("ACK");
                for (String account : IN_FLIGHT) {
                    BankProcess.member(second.insert(coordinator.transaction(), account));
                }
                // A commit of somebody else writes what is in flight to the disk too.
                TransactionId other = coordinator.transaction();
                assertThat(type(coordinator, second.endpoint(), abort(other, Bank.ID)))
                        .isEqualTo("ACK");
                second.kill();
            }
            coordinator.knowsOutcome(settled, Bank.ID, "COMMITTED");
            try (Bank bank = Bank.start(coordinator, folder)) {
                await().atMost(SOON).until(() -> nothingIsInDoubt(bank));
                assertThat(type(coordinator, bank.endpoint(), commit(settled, member)))
                        .isEqualTo("ACK");
                assertThat(bank.committed("settled")).isTrue();
                assertThat(IN_FLIGHT).noneMatch(bank::committed);
            }
        }
    }

    private static boolean nothingIsInDoubt(Bank bank) {
        Integer inDoubt = bank.accounts()
                .jdbc()
                .queryForObject("SELECT COUNT(*) FROM INFORMATION_SCHEMA.IN_DOUBT", Integer.class);
        return inDoubt != null && inDoubt == 0;
    }

    private static @Nullable String vote(
            FakeCoordinator coordinator, BankProcess bank, TransactionId transaction, Member member) {
        return coordinator
                .send(bank.endpoint(), prepare(transaction, member))
                .orElseThrow()
                .vote();
    }

    private static @Nullable String type(FakeCoordinator coordinator, String endpoint, Message message) {
        return coordinator.send(endpoint, message).orElseThrow().type();
    }
}
