package io.assent.participant.facts;

import io.assent.protocol.TransactionId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The horizons that the database holds, whichever instance stored them: for each incarnation the highest id that is
 * forgotten. They are stored before the rows at or below them are deleted.
 */
final class StoredHorizons {

    private static final String KEY = "horizon:";

    private StoredHorizons() {}

    /** Key in {@code assent_meta} of the horizon of this incarnation. */
    static String keyOf(String incarnation) {
        return KEY + incarnation;
    }

    /** Whether a key in {@code assent_meta} is that of a horizon. */
    static boolean isKey(String key) {
        return key.startsWith(KEY);
    }

    /** Whether the transaction is at or below the horizon that the transaction of this connection sees. */
    static boolean cover(Connection connection, TransactionId transaction) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT COUNT(*) FROM assent_meta WHERE meta_key = ? AND meta_value >= ?")) {
            select.setString(1, keyOf(transaction.incarnationText()));
            select.setString(2, transaction.toString());
            try (ResultSet rows = select.executeQuery()) {
                return rows.next() && rows.getInt(1) > 0;
            }
        }
    }
}
