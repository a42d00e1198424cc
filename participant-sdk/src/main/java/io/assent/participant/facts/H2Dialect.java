package io.assent.participant.facts;

import io.assent.participant.DatabaseGuard;
import io.assent.participant.StartupRefusedException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** H2, embedded or in server mode, for one instance of the service. */
final class H2Dialect implements Dialect {

    private static final Logger LOG = LoggerFactory.getLogger(H2Dialect.class);

    private static final Pattern DELAYED =
            Pattern.compile(";\\s*WRITE_DELAY\\s*=\\s*0*[1-9]", Pattern.CASE_INSENSITIVE);

    private static final int DUPLICATE_KEY = 23505;
    private static final int LOCK_TIMEOUT = 50200;
    private static final int CONCURRENT_UPDATE = 90131;

    private final DatabaseGuard guard = new H2Guard();

    @Override
    public String name() {
        return "h2";
    }

    /** With H2's default, a commit that was acknowledged may be lost when the process is killed (section 1.8). */
    @Override
    public void makeReady(Connection connection) throws SQLException {
        warnOfClosing(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET WRITE_DELAY 0");
        } catch (SQLException e) {
            if (number(
                            connection,
                            "SELECT CAST(SETTING_VALUE AS INTEGER) FROM INFORMATION_SCHEMA.SETTINGS"
                                    + " WHERE SETTING_NAME = 'WRITE_DELAY'")
                    != 0) {
                throw new StartupRefusedException(
                        "H2 acknowledges commits before they are durable, and this user may not change that ("
                                + e.getMessage() + ").",
                        "Add ;WRITE_DELAY=0 to the database URL, or connect once as an administrator and run SET"
                                + " WRITE_DELAY 0.");
            }
        }
    }

    /** H2 runs the settings of its URL with every new connection, for the whole database. */
    @Override
    public void checkUrl(String url) {
        if (DELAYED.matcher(url).find()) {
            throw new StartupRefusedException(
                    "The database URL has H2 acknowledge commits before they are durable, again with every connection.",
                    "Remove ;WRITE_DELAY=... from it, or set it to 0.");
        }
    }

    private static void warnOfClosing(Connection connection) throws SQLException {
        if (number(
                        connection,
                        "SELECT COUNT(*) FROM INFORMATION_SCHEMA.SETTINGS"
                                + " WHERE SETTING_NAME = 'DB_CLOSE_ON_EXIT' AND SETTING_VALUE = 'TRUE'")
                > 0) {
            LOG.warn("H2 closes this database as soon as the process is asked to end, so that prepared branches have to"
                    + " wait for the next start: add ;DB_CLOSE_ON_EXIT=FALSE to its URL");
        }
    }

    /** Closing a connection with a prepared branch rolls the branch back silently (section 1.8). */
    @Override
    public boolean pinsPrepared() {
        return true;
    }

    @Override
    public DatabaseGuard guard() {
        return guard;
    }

    @Override
    public Duration lockTimeout(Connection connection) throws SQLException {
        return Duration.ofMillis(number(connection, "SELECT LOCK_TIMEOUT()"));
    }

    @Override
    public void setLockTimeout(Connection connection, Duration timeout) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCK_TIMEOUT " + timeout.toMillis());
        }
    }

    @Override
    public boolean isDuplicateKey(SQLException failure) {
        return failure.getErrorCode() == DUPLICATE_KEY;
    }

    @Override
    public boolean isLockTimeout(SQLException failure) {
        return failure.getErrorCode() == LOCK_TIMEOUT || failure.getErrorCode() == CONCURRENT_UPDATE;
    }

    @Override
    public boolean hasUncommittedChanges(Connection connection) throws SQLException {
        return number(
                        connection,
                        "SELECT CAST(CONTAINS_UNCOMMITTED AS INTEGER) FROM INFORMATION_SCHEMA.SESSIONS"
                                + " WHERE SESSION_ID = SESSION_ID()")
                != 0;
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }
}
