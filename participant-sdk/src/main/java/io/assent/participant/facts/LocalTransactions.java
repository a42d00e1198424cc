package io.assent.participant.facts;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Short transactions of the participant's own, each on a connection of its own, outside of Spring and of branches. */
final class LocalTransactions {

    /** Work inside of one transaction. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object> {
        T on(Connection connection) throws SQLException;
    }

    private final DataSource dataSource;

    LocalTransactions(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Runs the work and commits it; rolls back when it throws.
     *
     * @throws SQLException from the work, or when it is not certain that it was committed
     */
    <T extends @Nullable Object> T run(Work<T> work) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                rollBack(connection, e);
                throw e;
            } finally {
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    private static void rollBack(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
