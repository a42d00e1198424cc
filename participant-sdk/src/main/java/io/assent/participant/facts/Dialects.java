package io.assent.participant.facts;

import io.assent.participant.StartupRefusedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** The engines on which branches have been tried. */
public final class Dialects {

    private static final Map<String, Dialect> BY_PRODUCT = Map.of("H2", new H2Dialect());

    private Dialects() {}

    /**
     * The dialect of the database behind this connection.
     *
     * @throws StartupRefusedException when there is none
     */
    public static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        Dialect dialect = BY_PRODUCT.get(product);
        if (dialect == null) {
            throw new StartupRefusedException(
                    "A branch cannot live in the database " + product + ": nobody has tried it.",
                    "Use one of " + BY_PRODUCT.keySet().stream().sorted().toList() + ".");
        }
        return dialect;
    }

    static List<Dialect> all() {
        return List.copyOf(BY_PRODUCT.values());
    }
}
