package io.assent.participant.branch;

import static io.assent.participant.branch.FakeCoordinator.abort;
import static io.assent.participant.branch.FakeCoordinator.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.participant.TransactionAbortedException;
import io.assent.participant.TransactionContext;
import io.assent.participant.WorkOutsideBranchException;
import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.JsonNode;

/** What a service does itself inside a method with {@code @DistributedTransactional}. */
class OwnBranchTest {

    @RegisterExtension
    static final RunningBank RUNNING = new RunningBank(41);

    private final FakeCoordinator coordinator = RUNNING.coordinator();
    private final Bank bank = RUNNING.bank();

    private final TransactionId transaction = coordinator.transaction();
    private final String account = UUID.randomUUID().toString();

    @BeforeEach
    void answer() {
        coordinator.begins(transaction);
        coordinator.answersAborts();
        coordinator.answersCommits(transaction);
    }

    private Object insert(String suffix) {
        return bank.accounts().insert(account + suffix);
    }

    private Member member() {
        return Member.of(Bank.ID, bank.endpoint());
    }

    @Test
    void itsTransactionsArePreparedHereAndHandedOverWithTheirVote() throws Exception {
        bank.work().distributed(() -> {
            bank.work().required(() -> insert("-1"));
            bank.work().required(() -> bank.accounts().persist(account + "-2"));
            assertThat(bank.committed(account + "-1")).isFalse();
            assertThat(bank.work().readOnly(() -> bank.accounts().exists(account + "-1")))
                    .isTrue();
            return bank.work().branch(() -> insert("-3"));
        });
        JsonNode handedOver = coordinator.committed(transaction).get("branches").get(0);
        assertThat(handedOver.get("participant").asString()).isEqualTo(Bank.ID);
        assertThat(handedOver.get("endpoint").asString()).isEqualTo(bank.endpoint());
        assertThat(handedOver.get("vote").asString()).isEqualTo("YES");
        assertThat(handedOver.get("calls").asInt()).isEqualTo(4);
        assertThat(bank.committed(account + "-1")).isFalse();
        assertThat(bank.inDoubt()).isEqualTo(1);

        assertThat(coordinator
                        .send(bank.endpoint(), commit(transaction, member()))
                        .orElseThrow()
                        .type())
                .isEqualTo("ACK");
        assertThat(bank.committed(account + "-1")).isTrue();
        assertThat(bank.committed(account + "-2")).isTrue();
        assertThat(bank.committed(account + "-3")).isTrue();
    }

    @Test
    void aFailureRollsItsWorkBackAndAborts() {
        assertThatThrownBy(() -> bank.work().distributed(() -> {
                    bank.work().required(() -> insert(""));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(bank.committed(account)).isFalse();
        assertThat(bank.fact(transaction, "A")).isTrue();
        assertThat(coordinator.abortsAsked(transaction)).isEqualTo(1);
        assertThat(bank.branches().find(transaction)).isEmpty();
    }

    @Test
    void aSwallowedRollbackOfOneTransactionAbortsAll() {
        assertThatThrownBy(() -> bank.work().distributed(() -> {
                    bank.work().required(() -> insert(""));
                    assertThatThrownBy(() -> bank.work().required(() -> {
                                throw new IllegalStateException("inner");
                            }))
                            .hasMessage("inner");
                    return 0;
                }))
                .isInstanceOf(TransactionAbortedException.class);
        assertThat(bank.committed(account)).isFalse();
    }

    @Test
    void workThatTheDeadlineTookIsNeverHandedOver() {
        assertThatThrownBy(() -> bank.work().distributed(() -> {
                    bank.work().required(() -> insert(""));
                    coordinator.send(bank.endpoint(), abort(transaction, Bank.ID));
                    return 0;
                }))
                .isInstanceOf(TransactionAbortedException.class);
        assertThat(bank.committed(account)).isFalse();
    }

    @Test
    void readingOnlyTouchesNoBranchAndBeginsNothing() throws Exception {
        bank.work().distributed(() -> bank.work().readOnly(() -> bank.accounts().exists(account)));
        assertThat(coordinator.begun()).isZero();
    }

    @Test
    void callbacksOfItsTransactionsWaitForTheOutcome() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        bank.work()
                .distributed(() -> bank.work().required(() -> {
                    TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                        @Override
                        public void afterCommit() {
                            heard.add("committed");
                        }
                    });
                    return insert("");
                }));
        assertThat(heard).isEmpty();
        coordinator.send(bank.endpoint(), commit(transaction, member()));
        assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo("committed");
    }

    @Test
    void aTransactionOfItsOwnCannotBeginInsideAUnitOfAnother() {
        assertThatThrownBy(() -> bank.work()
                        .distributed(() -> bank.work().required(() -> {
                            TransactionContext other = TransactionContext.initiated(
                                    transaction.protocol(), Duration.ofSeconds(5), false, coordinator::transaction);
                            bank.bean(Units.class).enterMethod(other);
                            return 0;
                        })))
                .hasMessageContaining("inside the Spring transaction of another");
    }

    @Test
    void aServiceWithoutAParticipantIdMayNotWriteAndMayRead(@TempDir Path folder) throws Exception {
        try (Bank plain = Bank.start(coordinator, folder, "assent.participant.id=")) {
            assertThatThrownBy(() -> plain.work()
                            .distributed(() ->
                                    plain.work().required(() -> plain.accounts().insert(account))))
                    .isInstanceOf(WorkOutsideBranchException.class)
                    .hasMessageContaining("assent.participant.id");
            assertThatThrownBy(() -> plain.work()
                            .distributed(() ->
                                    plain.work().branch(() -> plain.accounts().insert(account))))
                    .isInstanceOf(WorkOutsideBranchException.class);
            assertThat(plain.work()
                            .distributed(() ->
                                    plain.work().readOnly(() -> plain.accounts().exists(account))))
                    .isFalse();
            plain.work().required(() -> plain.accounts().insert(account));
            assertThat(plain.committed(account)).isTrue();
        }
    }
}
