package io.assent.participant.facts;

import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.participant.BranchEvent.Obstacle;
import io.assent.protocol.participant.BranchEvent.TombstoneResult;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of a participant's branches in its own database (section 1.7 of the protocol rules): F2, inserted inside the
 * branch and so visible if and only if it committed, and F3, the tombstone. Both have the same key, so that a database
 * holds at most one of them. F4, in a table of its own: that the decision is commit, and for whom. Safe for use by several threads.
 *
 * <p>Test code that halts the process before or after a durable step subclasses this: each public method is one step.
 */
public class FactStore {

    /** How long the key of a row is waited for: as long as this, another connection of the branch holds it. */
    private static final Duration KEY_WAIT = Duration.ofSeconds(1);

    private static final String INSERT =
            "INSERT INTO assent_branch (transaction_id, participant, fact) VALUES (?, ?, ?)";
    private static final String SELECT = "SELECT fact FROM assent_branch WHERE transaction_id = ? AND participant = ?";

    private static final String INSERT_KNOWN =
            "INSERT INTO assent_known (transaction_id, participant, members) VALUES (?, ?, ?)";
    private static final String COMPLETE_KNOWN =
            "UPDATE assent_known SET members = ?" + " WHERE transaction_id = ? AND participant = ? AND members = ''";
    private static final String SELECT_KNOWN =
            "SELECT members FROM assent_known WHERE transaction_id = ? AND participant = ?";
    private static final List<String> TABLES = List.of("assent_branch", "assent_known");

    private static final Logger LOG = LoggerFactory.getLogger(FactStore.class);

    /** What the row of a branch says. */
    public enum Row {
        /** F2: the branch committed. */
        COMMITTED,
        /** F3: the branch is aborted and can never commit. */
        ABORTED
    }

    private final String participant;
    private final Dialect dialect;
    private final LocalTransactions transactions;

    /**
     * The rows of one participant.
     *
     * @param dataSource the application's pool; never one whose connections belong to branches
     */
    public FactStore(String participant, DataSource dataSource, Dialect dialect) {
        this.participant = participant;
        this.dialect = dialect;
        this.transactions = new LocalTransactions(dataSource);
    }

    /**
     * Inserts the row F2 in the transaction of this connection, which is the branch. At or below a horizon that the
     * database holds the branch must not go on (rule P7): it may have been committed once, and its row deleted.
     *
     * @return why it could not be inserted, or empty
     */
    public Optional<Obstacle> insertInside(Connection branch, TransactionId transaction) {
        try {
            Duration usual = dialect.lockTimeout(branch);
            dialect.setLockTimeout(branch, KEY_WAIT);
            try {
                insert(branch, transaction, "C");
            } finally {
                dialect.setLockTimeout(branch, usual); // The session goes back to its pool when this has failed.
            }
            return isBelowHorizonOnceInserted(branch, transaction) ? Optional.of(Obstacle.FORGOTTEN) : Optional.empty();
        } catch (SQLException e) {
            if (dialect.isLockTimeout(e)) {
                return Optional.of(Obstacle.KEY_HELD);
            }
            if (dialect.isDuplicateKey(e)) {
                return Optional.of(obstacleOf(transaction));
            }
            LOG.warn(
                    "The row of a branch could not be inserted: transaction={} participant={}",
                    transaction,
                    participant,
                    e);
            return Optional.of(Obstacle.FAILED);
        }
    }

    /**
     * Read after the insertion: if the key was only free because another instance had deleted the row, the horizon, which
     * that one stored before, is seen now.
     */
    private static boolean isBelowHorizonOnceInserted(Connection connection, TransactionId transaction)
            throws SQLException {
        return StoredHorizons.cover(connection, transaction);
    }

    private Obstacle obstacleOf(TransactionId transaction) {
        try {
            return row(transaction)
                    .map(row -> row == Row.COMMITTED ? Obstacle.COMMITTED : Obstacle.TOMBSTONE)
                    .orElse(Obstacle.FAILED);
        } catch (SQLException e) {
            LOG.warn(
                    "The row of a branch could not be read: transaction={} participant={}",
                    transaction,
                    participant,
                    e);
            return Obstacle.FAILED;
        }
    }

    /** Whether the row F2 stands in the transaction of this connection: all its work does then (rule P10). */
    public boolean isInside(Connection branch, TransactionId transaction) throws SQLException {
        return select(branch, transaction).isPresent() && dialect.hasUncommittedChanges(branch);
    }

    /**
     * Inserts the tombstone F3 in a transaction of its own; durable when it returns. At or below a horizon that the
     * database holds none is written (rule P7): the row that the branch may have had is deleted.
     */
    public TombstoneResult writeTombstone(TransactionId transaction) {
        try {
            return transactions.run(connection -> insertTombstone(connection, transaction));
        } catch (SQLException e) {
            LOG.warn("A tombstone could not be written: transaction={} participant={}", transaction, participant, e);
            return TombstoneResult.UNKNOWN;
        }
    }

    private TombstoneResult insertTombstone(Connection connection, TransactionId transaction) throws SQLException {
        Duration usual = dialect.lockTimeout(connection);
        dialect.setLockTimeout(connection, KEY_WAIT);
        try {
            insert(connection, transaction, "A");
            if (isBelowHorizonOnceInserted(connection, transaction)) {
                connection.rollback();
                return TombstoneResult.UNKNOWN;
            }
            return TombstoneResult.STANDS;
        } catch (SQLException e) {
            if (dialect.isLockTimeout(e)) {
                return TombstoneResult.KEY_HELD;
            }
            if (!dialect.isDuplicateKey(e)) {
                throw e;
            }
            connection.rollback();
            return select(connection, transaction)
                    .map(row -> row == Row.COMMITTED ? TombstoneResult.COMMITTED : TombstoneResult.STANDS)
                    .orElse(TombstoneResult.UNKNOWN);
        } finally {
            dialect.setLockTimeout(connection, usual);
        }
    }

    /**
     * Inserts F4 in a transaction of its own: the decision is commit. Durable when it returns true.
     *
     * @param members the members of the decision, empty where they are not known
     */
    public boolean writeKnown(TransactionId transaction, List<Member> members) {
        try {
            return transactions.run(connection -> {
                insertKnown(connection, transaction, KnownMembers.write(members));
                return true;
            });
        } catch (SQLException e) {
            if (dialect.isDuplicateKey(e)) {
                return completeKnown(transaction, KnownMembers.write(members));
            }
            LOG.warn(
                    "A decision could not be written down: transaction={} participant={}", transaction, participant, e);
            return false;
        }
    }

    /** It was written before, perhaps without members, which a look-up does not tell. */
    private boolean completeKnown(TransactionId transaction, String members) {
        try {
            return transactions.run(connection -> {
                try (PreparedStatement update = connection.prepareStatement(COMPLETE_KNOWN)) {
                    update.setString(1, members);
                    update.setString(2, transaction.toString());
                    update.setString(3, participant);
                    update.executeUpdate();
                }
                return true;
            });
        } catch (SQLException e) {
            LOG.warn(
                    "Members could not be added to a decision: transaction={} participant={}",
                    transaction,
                    participant,
                    e);
            return false;
        }
    }

    private void insertKnown(Connection connection, TransactionId transaction, String members) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_KNOWN)) {
            insert.setString(1, transaction.toString());
            insert.setString(2, participant);
            insert.setString(3, members);
            insert.executeUpdate();
        }
    }

    /**
     * The members of the decision that F4 holds, empty ones where they were not known; nothing when there is no F4.
     *
     * @throws SQLException when it cannot be read now
     */
    public Optional<List<Member>> known(TransactionId transaction) throws SQLException {
        return transactions.run(connection -> {
            try (PreparedStatement select = connection.prepareStatement(SELECT_KNOWN)) {
                select.setString(1, transaction.toString());
                select.setString(2, participant);
                try (ResultSet rows = select.executeQuery()) {
                    return rows.next() ? Optional.of(KnownMembers.read(rows.getString(1))) : Optional.empty();
                }
            }
        });
    }

    /**
     * The committed row of the branch, or empty when there is none.
     *
     * @throws SQLException when it cannot be read now
     */
    public Optional<Row> row(TransactionId transaction) throws SQLException {
        return transactions.run(connection -> select(connection, transaction));
    }

    /**
     * Whether the transaction is at or below a horizon that the database holds, so that its row may be deleted.
     *
     * @throws SQLException when that cannot be read now
     */
    public boolean isForgotten(TransactionId transaction) throws SQLException {
        return transactions.run(connection -> StoredHorizons.cover(connection, transaction));
    }

    /**
     * Deletes the rows of the transactions at or below this horizon.
     *
     * @param horizon upper bound of forgotten ids, 40 characters
     * @throws SQLException when they could not be deleted now
     */
    public int forget(String horizon) throws SQLException {
        String first = horizon.substring(0, TransactionId.INCARNATION_TEXT_LENGTH)
                + "0".repeat(TransactionId.TEXT_LENGTH - TransactionId.INCARNATION_TEXT_LENGTH);
        return transactions.run(connection -> {
            int deleted = 0;
            for (String table : TABLES) {
                try (PreparedStatement delete = connection.prepareStatement("DELETE FROM " + table
                        + " WHERE participant = ? AND transaction_id >= ? AND transaction_id <= ?")) {
                    delete.setString(1, participant);
                    delete.setString(2, first);
                    delete.setString(3, horizon);
                    deleted += delete.executeUpdate();
                }
            }
            return deleted;
        });
    }

    private void insert(Connection connection, TransactionId transaction, String fact) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, transaction.toString());
            insert.setString(2, participant);
            insert.setString(3, fact);
            insert.executeUpdate();
        }
    }

    private Optional<Row> select(Connection connection, TransactionId transaction) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setString(1, transaction.toString());
            select.setString(2, participant);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next()
                        ? Optional.of("C".equals(rows.getString(1)) ? Row.COMMITTED : Row.ABORTED)
                        : Optional.empty();
            }
        }
    }
}
