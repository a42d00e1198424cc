package io.assent.participant.facts;

import io.assent.participant.StartupRefusedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ScriptException;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/** The tables of a participant in its own database. */
public enum Schema {
    /** They are created at start where they are missing. */
    CREATE,
    /** They must be there at start. */
    VALIDATE,
    /** Nobody looks at start: a tool creates them later. */
    NONE;

    private static final String FOLDER = "io/assent/participant/schema/";
    private static final List<String> TABLES = List.of("assent_branch", "assent_known", "assent_meta");

    /**
     * Creates the tables, or checks them.
     *
     * @throws StartupRefusedException when they could not be created, or are not there
     */
    public void apply(DataSource dataSource, Dialect dialect) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            switch (this) {
                case CREATE -> create(connection, dialect);
                case VALIDATE -> validate(connection, dialect);
                case NONE -> {}
            }
        }
    }

    private static void create(Connection connection, Dialect dialect) throws SQLException {
        try {
            ScriptUtils.executeSqlScript(connection, new ClassPathResource(FOLDER + dialect.name() + ".sql"));
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        } catch (ScriptException e) {
            throw new StartupRefusedException(
                    "The participant's tables could not be created: " + e.getMessage(),
                    "Give the user the right to create tables, or create them by the script classpath:" + FOLDER
                            + dialect.name() + ".sql and set assent.participant.schema=validate.");
        }
    }

    private static void validate(Connection connection, Dialect dialect) {
        for (String table : TABLES) {
            try (Statement statement = connection.createStatement()) {
                statement
                        .executeQuery("SELECT COUNT(*) FROM " + table + " WHERE 1 = 0")
                        .close();
            } catch (SQLException e) {
                throw new StartupRefusedException(
                        "The participant's table " + table + " is missing or cannot be read (" + e.getMessage() + ").",
                        "Run the script classpath:" + FOLDER + dialect.name()
                                + ".sql, or set assent.participant.schema=create.");
            }
        }
    }
}
