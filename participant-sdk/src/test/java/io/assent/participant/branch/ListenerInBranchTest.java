package io.assent.participant.branch;

import static io.assent.participant.branch.FakeCoordinator.abort;
import static io.assent.participant.branch.FakeCoordinator.commit;
import static io.assent.participant.branch.FakeCoordinator.prepare;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.data.domain.PageRequest;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/** Spring Data and transactional event listeners inside a branch, and the isolation level that it asks for. */
class ListenerInBranchTest {

    @RegisterExtension
    static final RunningBank RUNNING = new RunningBank(81, ListeningBank.class);

    private final FakeCoordinator coordinator = RUNNING.coordinator();
    private final Bank bank = RUNNING.bank();

    private final TransactionId transaction = coordinator.transaction();
    private final String account = UUID.randomUUID().toString();

    @SpringBootConfiguration(proxyBeanMethods = false)
    @Import({BankApplication.class, Listener.class})
    static class ListeningBank {}

    record Opened(String account) {}

    static class Listener {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT)
        void beforeCommit(Opened event) {
            heard.add("before " + event.account());
        }

        @TransactionalEventListener
        void afterCommit(Opened event) {
            heard.add("committed " + event.account());
        }

        @TransactionalEventListener(phase = TransactionPhase.AFTER_ROLLBACK)
        void afterRollback(Opened event) {
            heard.add("rolled back " + event.account());
        }
    }

    private BlockingQueue<String> heard() {
        return bank.bean(Listener.class).heard;
    }

    private Member open() {
        return bank.call(
                        transaction,
                        () -> bank.work().branch(() -> {
                            bank.context().publishEvent(new Opened(account));
                            return bank.accounts().insert(account);
                        }))
                .member();
    }

    @Test
    void listenersAfterCommitHearOfTheOutcomeAndNotOfTheUnitsEnd() throws Exception {
        Member member = open();
        assertThat(heard().poll(60, TimeUnit.SECONDS)).isEqualTo("before " + account);
        coordinator.send(bank.endpoint(), prepare(transaction, member));
        assertThat(heard()).isEmpty();
        coordinator.send(bank.endpoint(), commit(transaction, member));
        assertThat(heard().poll(60, TimeUnit.SECONDS)).isEqualTo("committed " + account);
    }

    @Test
    void listenersAfterRollbackHearOfAnAbort() throws Exception {
        open();
        assertThat(heard().poll(60, TimeUnit.SECONDS)).isEqualTo("before " + account);
        coordinator.send(bank.endpoint(), abort(transaction, Bank.ID));
        assertThat(heard().poll(60, TimeUnit.SECONDS)).isEqualTo("rolled back " + account);
    }

    @Test
    void repositoryOfSpringDataWorksInTheBranchAsUsual() {
        BankApplication.AccountRepository accounts = bank.bean(BankApplication.AccountRepository.class);
        Member member = bank.call(
                        transaction,
                        () -> bank.work().branch(() -> {
                            BankApplication.Account opened = new BankApplication.Account();
                            opened.id = account;
                            accounts.save(opened);
                            accounts.flush();
                            assertThat(accounts.findAll(PageRequest.of(0, 100))).isNotEmpty();
                            return accounts.findById(account).orElseThrow().balance;
                        }))
                .member();
        assertThat(accounts.existsById(account)).isFalse();
        coordinator.send(bank.endpoint(), prepare(transaction, member));
        coordinator.send(bank.endpoint(), commit(transaction, member));
        assertThat(accounts.existsById(account)).isTrue();
    }

    @Test
    void branchHasTheIsolationLevelThatItsFirstCallAsksFor() {
        String level = "SELECT isolation_level FROM information_schema.sessions WHERE session_id = SESSION_ID()";
        Bank.Answer answer = bank.call(
                transaction,
                () -> bank.work()
                        .serializableBranch(() -> bank.accounts().jdbc().queryForObject(level, String.class)));
        assertThat(answer.body()).isEqualTo("SERIALIZABLE");
        coordinator.send(bank.endpoint(), abort(transaction, Bank.ID));
    }
}
