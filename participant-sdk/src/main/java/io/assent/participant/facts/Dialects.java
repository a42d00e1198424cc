package io.assent.participant.facts;

import io.assent.participant.StartupRefusedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Supplier;

/** The engines on which branches have been tried. */
public final class Dialects {

    private static final Map<String, Supplier<Dialect>> BY_PRODUCT = Map.of("H2", H2Dialect::new);

    private Dialects() {}

    /**
     * A new dialect for the database behind this connection: one guard of it, for all of the service.
     *
     * @throws StartupRefusedException when there is none
     */
    public static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        Supplier<Dialect> dialect = BY_PRODUCT.get(product);
        if (dialect == null) {
            throw new StartupRefusedException(
                    "A branch cannot live in the database " + product + ": nobody has tried it.",
                    "Use one of " + BY_PRODUCT.keySet().stream().sorted().toList() + ".");
        }
        return dialect.get();
    }
}
