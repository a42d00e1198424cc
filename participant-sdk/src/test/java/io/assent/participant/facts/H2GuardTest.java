package io.assent.participant.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class H2GuardTest {

    private static final String ADD = "UPDATE account SET balance = balance + 1 WHERE id = ?";
    private static final Duration SOON = Duration.ofSeconds(60);

    private final H2Guard guard = new H2Guard();
    private final List<Connection> opened = new ArrayList<>();
    private final JdbcDataSource database = new JdbcDataSource();

    @BeforeEach
    void createTheAccounts() throws SQLException {
        database.setURL("jdbc:h2:mem:guard;DB_CLOSE_DELAY=0;LOCK_TIMEOUT=300000");
        try (Statement statement = open().createStatement()) {
            statement.execute("CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL)");
            statement.execute("INSERT INTO account VALUES (1, 0), (2, 0)");
        }
    }

    @AfterEach
    void close() throws SQLException {
        for (Connection connection : opened) {
            connection.close();
        }
    }

    private Connection open() throws SQLException {
        Connection connection = guard.connection(database.getConnection());
        opened.add(connection);
        return connection;
    }

    private Connection begin() throws SQLException {
        Connection connection = open();
        connection.setAutoCommit(false);
        return connection;
    }

    private static int add(Connection connection, int account) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ADD)) {
            statement.setInt(1, account);
            return statement.executeUpdate();
        }
    }

    private static int balance(Connection connection, int account) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT balance FROM account WHERE id = " + account)) {
            row.next();
            return row.getInt(1);
        }
    }

    private static <T> FutureTask<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    private static <T> T result(FutureTask<T> task) throws Exception {
        return task.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    /** Runs the work while somebody else has the turn; it must not need it. */
    private <T> T whileSomebodyEndsATransaction(Callable<T> work) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        XAResource slow = (XAResource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {XAResource.class}, (proxy, method, args) -> {
                    begun.countDown();
                    over.await();
                    return null;
                });
        XAConnection connection = (XAConnection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {XAConnection.class}, (proxy, method, args) -> slow);
        FutureTask<Boolean> turn = start(() -> {
            guard.xaConnection(connection).getXAResource().rollback(null);
            return true;
        });
        assertThat(begun.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        try {
            return work.call();
        } finally {
            over.countDown();
            assertThat(result(turn)).isTrue();
        }
    }

    @Test
    void statementsReadAndChangeWhileSomebodyEndsATransaction() throws Exception {
        Connection connection = begin();
        assertThat(whileSomebodyEndsATransaction(() -> add(connection, 1) + balance(connection, 1)))
                .isEqualTo(2);
        connection.commit();
        assertThat(balance(open(), 1)).isEqualTo(1);
    }

    @Test
    void commitWaitsUntilNobodyElseEndsATransaction() throws Exception {
        Connection connection = begin();
        add(connection, 1);
        FutureTask<Integer> commit = whileSomebodyEndsATransaction(() -> {
            FutureTask<Integer> task = start(() -> {
                connection.commit();
                return 1;
            });
            assertThat(task).isNotDone();
            return task;
        });
        assertThat(result(commit)).isEqualTo(1);
    }

    @Test
    void statementInAutoCommitModeCommitsInItsTurn() throws Exception {
        Connection connection = open();
        Connection reader = open();
        FutureTask<Integer> update = whileSomebodyEndsATransaction(() -> {
            FutureTask<Integer> task = start(() -> add(connection, 1));
            assertThat(balance(reader, 1)).isZero();
            assertThat(task).isNotDone();
            return task;
        });
        assertThat(result(update)).isEqualTo(1);
        assertThat(balance(reader, 1)).isEqualTo(1);
        assertThat(connection.getAutoCommit()).isTrue();
    }

    @Test
    void statementInAutoCommitModeThatFailsLeavesNothingAndTheMode() throws Exception {
        Connection connection = open();
        try (Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("INSERT INTO account VALUES (3, 0), (1, 0)"))
                    .isInstanceOf(SQLException.class);
            assertThat(statement.getConnection()).isSameAs(connection);
        }
        assertThat(connection.getAutoCommit()).isTrue();
        assertThat(balance(connection, 1)).isZero();
        assertThatThrownBy(() -> balance(connection, 3)).isInstanceOf(SQLException.class);
    }

    @Test
    void whoWaitsForARowGetsItWhenItsHolderCommits() throws Exception {
        Connection holder = begin();
        add(holder, 1);
        Connection waiting = open();
        FutureTask<Integer> update = start(() -> add(waiting, 1));
        add(holder, 2);
        assertThat(update).isNotDone();
        holder.commit();
        assertThat(result(update)).isEqualTo(1);
        assertThat(balance(open(), 1)).isEqualTo(2);
    }

    @Test
    void whatMayChangeIsToldFromWhatReads() {
        assertThat(H2Guard.isRead("select a.id from account a where a.id = ?")).isTrue();
        assertThat(H2Guard.isRead("\n (SELECT 1)")).isTrue();
        assertThat(H2Guard.isRead("SELECT id FROM account FOR UPDATE")).isFalse();
        assertThat(H2Guard.isRead("select next value for ids")).isFalse();
        assertThat(H2Guard.isRead("SELECT id FROM FINAL TABLE (INSERT INTO account VALUES (3, 0))"))
                .isFalse();
        assertThat(H2Guard.isRead("WITH x AS (SELECT 1) INSERT INTO account SELECT * FROM x"))
                .isFalse();
        assertThat(H2Guard.isRead("CALL something()")).isFalse();
        assertThat(H2Guard.isRead("COMMIT")).isFalse();
    }
}
