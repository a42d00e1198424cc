package io.assent.participant.facts;

import io.assent.participant.Ledger;
import io.assent.participant.StartupRefusedException;
import io.assent.protocol.TransactionId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a participant knows durably apart from its branches (table {@code assent_meta}): the participant id to which its
 * database is bound, the incarnations of groups that its own coordinators spoke for, and the horizons below which
 * transactions are forgotten. Kept in memory too; safe for use by several threads.
 */
public final class DatabaseLedger implements Ledger {

    private static final String PARTICIPANT = "participant";
    private static final String INCARNATION = "incarnation:";
    private static final Pattern ID_TEXT = Pattern.compile("[0-9a-v]{" + TransactionId.TEXT_LENGTH + "}");

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseLedger.class);

    private final String participant;
    private final LocalTransactions transactions;
    private final Dialect dialect;
    private final Set<String> incarnations = ConcurrentHashMap.newKeySet();
    private final Map<String, String> horizons = new ConcurrentHashMap<>();

    /** A ledger that knows nothing before {@link #open}. */
    public DatabaseLedger(String participant, DataSource dataSource, Dialect dialect) {
        this.participant = participant;
        this.transactions = new LocalTransactions(dataSource);
        this.dialect = dialect;
    }

    /**
     * Binds the database to the participant when it is bound to none yet, and reads what is known.
     *
     * @throws StartupRefusedException when the database belongs to another participant
     */
    public void open() throws SQLException {
        transactions.run(connection -> {
            read(connection);
            return null;
        });
        put(PARTICIPANT, participant);
        String bound = transactions.run(connection -> get(connection, PARTICIPANT));
        if (!participant.equals(bound)) {
            throw new StartupRefusedException(
                    "The database belongs to the participant \"" + bound + "\", not to \"" + participant
                            + "\": a participant id is bound to its database for good.",
                    "Set assent.participant.id=" + bound + ", or use another database.");
        }
    }

    private void read(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT meta_key, meta_value FROM assent_meta");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                String key = rows.getString(1);
                if (key.startsWith(INCARNATION)) {
                    incarnations.add(rows.getString(2));
                } else if (StoredHorizons.isKey(key)) {
                    String horizon = rows.getString(2);
                    horizons.put(incarnationOf(horizon), horizon);
                }
            }
        }
    }

    @Override
    public boolean knows(TransactionId transaction) {
        return incarnations.contains(transaction.incarnationText());
    }

    @Override
    public boolean learn(String incarnation) {
        if (incarnations.contains(incarnation)) {
            return true;
        }
        try {
            put(INCARNATION + incarnation, incarnation);
            incarnations.add(incarnation);
            return true;
        } catch (SQLException e) {
            LOG.warn("An incarnation could not be noted: incarnation={}", incarnation, e);
            return false;
        }
    }

    @Override
    public boolean isForgotten(TransactionId transaction) {
        String horizon = horizons.get(transaction.incarnationText());
        return horizon != null && transaction.toString().compareTo(horizon) <= 0;
    }

    @Override
    public boolean advance(String horizon) {
        if (!ID_TEXT.matcher(horizon).matches()) {
            return false;
        }
        String incarnation = incarnationOf(horizon);
        String before = horizons.get(incarnation);
        if (before != null && before.compareTo(horizon) >= 0) {
            return false;
        }
        try {
            raise(StoredHorizons.keyOf(incarnation), horizon);
        } catch (SQLException e) {
            LOG.warn("A horizon could not be noted: horizon={}", horizon, e);
            return false;
        }
        horizons.merge(incarnation, horizon, (one, other) -> one.compareTo(other) >= 0 ? one : other);
        return true;
    }

    private static String incarnationOf(String id) {
        return id.substring(0, TransactionId.INCARNATION_TEXT_LENGTH);
    }

    private void raise(String key, String value) throws SQLException {
        put(key, value);
        transactions.run(connection -> {
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE assent_meta SET meta_value = ? WHERE meta_key = ? AND meta_value < ?")) {
                update.setString(1, value);
                update.setString(2, key);
                update.setString(3, value);
                return update.executeUpdate();
            }
        });
    }

    /** Inserts the pair unless the key is there. */
    private void put(String key, String value) throws SQLException {
        try {
            transactions.run(connection -> {
                if (get(connection, key) == null) {
                    insert(connection, key, value);
                }
                return null;
            });
        } catch (SQLException e) {
            if (!dialect.isDuplicateKey(e)) {
                throw e;
            }
        }
    }

    private static void insert(Connection connection, String key, String value) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO assent_meta (meta_key, meta_value) VALUES (?, ?)")) {
            insert.setString(1, key);
            insert.setString(2, value);
            insert.executeUpdate();
        }
    }

    private static @Nullable String get(Connection connection, String key) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT meta_value FROM assent_meta WHERE meta_key = ?")) {
            select.setString(1, key);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }
}
