package io.assent.participant.branch;

import static io.assent.participant.branch.FakeCoordinator.commit;
import static io.assent.participant.branch.FakeCoordinator.prepare;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.assent.participant.Branch;
import io.assent.participant.WorkOutsideBranchException;
import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.api.ProblemType;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A service with two databases and Spring's JDBC transaction manager: only one of them belongs to the participant. */
class JdbcInBranchTest {

    @RegisterExtension
    static final RunningBank RUNNING = new RunningBank(31, TwoDatabases.class);

    private final FakeCoordinator coordinator = RUNNING.coordinator();
    private final Bank bank = RUNNING.bank();

    private final TransactionId transaction = coordinator.transaction();
    private final String account = UUID.randomUUID().toString();

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(BankApplication.CallController.class)
    static class TwoDatabases {

        @Bean
        @Primary
        HikariDataSource ledger(Environment settings) {
            return database(settings.getRequiredProperty("spring.datasource.url"));
        }

        @Bean
        HikariDataSource reports() {
            return database("jdbc:h2:mem:reports;DB_CLOSE_DELAY=-1");
        }

        private static HikariDataSource database(String url) {
            HikariDataSource dataSource = new HikariDataSource();
            dataSource.setJdbcUrl(url);
            dataSource.setUsername("sa");
            dataSource.setMaximumPoolSize(2);
            dataSource.setConnectionTimeout(1000);
            return dataSource;
        }

        @Bean
        @Primary
        JdbcTransactionManager ledgerTransactions(DataSource ledger) {
            return new JdbcTransactionManager(ledger);
        }

        @Bean
        JdbcTransactionManager reportsTransactions(@Qualifier("reports") DataSource reports) {
            return new JdbcTransactionManager(reports);
        }

        @Bean
        BankApplication.Work work() {
            return new BankApplication.Work();
        }

        @Bean
        BankApplication.Calls calls() {
            return new BankApplication.Calls();
        }

        @Bean
        OtherDatabaseWork otherDatabaseWork() {
            return new OtherDatabaseWork();
        }

        @Bean
        BankApplication.Accounts accounts(DataSource ledger) {
            JdbcTemplate jdbc = new JdbcTemplate(ledger);
            jdbc.execute("CREATE TABLE IF NOT EXISTS account (id VARCHAR(80) PRIMARY KEY, balance INT)");
            return new BankApplication.Accounts(jdbc, null);
        }
    }

    static class OtherDatabaseWork {
        @Branch("reportsTransactions")
        public Object branch(Callable<?> work) throws Exception {
            return work.call();
        }
    }

    private Object insert(String suffix) {
        return bank.accounts().insert(account + suffix);
    }

    private Throwable failureOf(Callable<?> script) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        bank.call(transaction, () -> {
            try {
                return script.call();
            } catch (Throwable e) {
                failure.complete(e);
                throw e;
            }
        });
        return failure.getNow(new AssertionError("nothing was thrown"));
    }

    @Test
    void aNestedTransactionIsASavepointInTheBranch() {
        Member member = bank.call(
                        transaction,
                        () -> bank.work().branch(() -> {
                            insert("");
                            assertThatThrownBy(() -> bank.work().nested(() -> {
                                        insert("-nested");
                                        throw new IllegalStateException("inner");
                                    }))
                                    .hasMessage("inner");
                            return bank.work().nested(() -> insert("-kept"));
                        }))
                .member();
        coordinator.send(bank.endpoint(), prepare(transaction, member));
        coordinator.send(bank.endpoint(), commit(transaction, member));
        assertThat(bank.committed(account)).isTrue();
        assertThat(bank.committed(account + "-kept")).isTrue();
        assertThat(bank.committed(account + "-nested")).isFalse();
    }

    @Test
    void aSecondDataSourceInsideABranchIsRefusedByName() {
        JdbcTemplate reports = new JdbcTemplate(bank.context().getBean("reports", DataSource.class));
        assertThat(failureOf(() -> bank.work().branch(() -> reports.queryForObject("SELECT 1", Integer.class))))
                .isInstanceOf(WorkOutsideBranchException.class)
                .hasMessageContaining("\"reports\"");
        assertThat(bank.fact(transaction, "A")).isTrue();
        assertThat(reports.queryForObject("SELECT 1", Integer.class)).isEqualTo(1);
    }

    @Test
    void aTransactionOfAnotherManagerInsideABranchIsRefusedByName() {
        TransactionTemplate reports =
                new TransactionTemplate(bank.context().getBean("reportsTransactions", JdbcTransactionManager.class));
        assertThat(failureOf(() -> bank.work().branch(() -> reports.execute(status -> 0))))
                .isInstanceOf(WorkOutsideBranchException.class)
                .hasMessageContaining("\"reportsTransactions\"");
    }

    @Test
    void aManagerOfAnotherDataSourceCannotMakeABranch() {
        assertThat(failureOf(() -> bank.bean(OtherDatabaseWork.class).branch(() -> insert(""))))
                .rootCause()
                .isInstanceOf(WorkOutsideBranchException.class)
                .hasMessageContaining("\"reports\"");
        assertThat(bank.committed(account)).isFalse();
        assertThat(bank.fact(transaction, "A")).isTrue();
    }

    @Test
    void whenAllConnectionsForBranchesAreTakenACallIsRefusedAndTheTransactionCanOnlyAbort() {
        TransactionId one = coordinator.transaction();
        TransactionId two = coordinator.transaction();
        bank.call(one, () -> bank.work().branch(() -> insert("-1")));
        bank.call(two, () -> bank.work().branch(() -> insert("-2")));
        Bank.Answer third = bank.call(transaction, () -> bank.work().branch(() -> insert("-3")));
        assertThat(third.status()).isEqualTo(503);
        assertThat(third.body()).contains(ProblemType.NOT_READY.urn());
        assertThat(third.member().vote()).isEqualTo(Vote.NO);
        for (TransactionId done : new TransactionId[] {one, two, transaction}) {
            assertThat(coordinator
                            .send(bank.endpoint(), FakeCoordinator.abort(done, Bank.ID))
                            .orElseThrow()
                            .type())
                    .isEqualTo("ACK");
        }
        assertThat(bank.call(coordinator.transaction(), () -> bank.work().branch(() -> 0))
                        .status())
                .isEqualTo(200);
    }
}
