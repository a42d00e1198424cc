package io.assent.participant.facts;

import io.assent.participant.DatabaseGuard;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * What differs between database engines, as far as branches are concerned. One for each database; safe for use by several
 * threads.
 */
public interface Dialect {

    /** Name of the engine: also that of its script under {@code io/assent/participant/schema}. */
    String name();

    /**
     * Brings the database into the state on which the participant relies, once at start.
     *
     * @throws io.assent.participant.StartupRefusedException when it is in another state and cannot be changed
     */
    void makeReady(Connection connection) throws SQLException;

    /**
     * Checks the settings that every new connection applies: they must not undo what {@link #makeReady} has done.
     *
     * @throws io.assent.participant.StartupRefusedException when they would
     */
    void checkUrl(String url);

    /** Whether the connection that prepared a branch must stay open until the decision (rule P8). */
    boolean pinsPrepared();

    /** What everything of this service goes through that may change the database. */
    DatabaseGuard guard();

    /** How long statements of this connection's session wait for a lock. */
    Duration lockTimeout(Connection connection) throws SQLException;

    /** Makes statements of this connection's session wait so long for a lock, at most. */
    void setLockTimeout(Connection connection, Duration timeout) throws SQLException;

    /** Whether a row with the same key is there, committed. */
    boolean isDuplicateKey(SQLException failure);

    /** Whether a lock was not free in time. */
    boolean isLockTimeout(SQLException failure);

    /**
     * Whether the transaction of this connection has changed something that is not committed yet. It tells a branch that
     * only read from one that wrote, and one that is whole from one that a statement committed implicitly.
     */
    boolean hasUncommittedChanges(Connection connection) throws SQLException;
}
