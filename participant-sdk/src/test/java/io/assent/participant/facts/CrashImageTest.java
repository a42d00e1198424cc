package io.assent.participant.facts;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.assent.participant.DatabaseGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.XAConnection;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The file of an H2 database, copied while eight connections prepare, commit and roll back, is what a killed process
 * leaves behind. In each copy every branch that was prepared is in doubt or has ended, and each transaction is there as a
 * whole or not at all.
 *
 * <p>The system properties {@code assent.test.crash-images} and {@code assent.test.tables} take more copies and make the
 * window wider; {@code assent.test.unguarded=true} shows what H2 does without the guard.
 */
class CrashImageTest {

    private static final int IMAGES = Integer.getInteger("assent.test.crash-images", 12);
    private static final int TABLES = Integer.getInteger("assent.test.tables", 400);
    private static final boolean UNGUARDED = Boolean.getBoolean("assent.test.unguarded");
    private static final int WORKERS = 8;
    private static final int BRANCHES_BETWEEN_IMAGES = 40;

    private final DatabaseGuard guard = UNGUARDED ? DatabaseGuard.NONE : new H2Dialect().guard();
    private final Map<Integer, Stage> stages = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();

    @TempDir
    Path folder;

    /** How far a branch is, as far as it has been told. */
    private enum Stage {
        PREPARED,
        COMMITTING,
        COMMITTED,
        ROLLING_BACK,
        ROLLED_BACK
    }

    /**
     * A copy of the file.
     *
     * @param before how far each branch was when it was begun
     * @param after how far when it was finished
     */
    private record Image(Path file, Map<Integer, Stage> before, Map<Integer, Stage> after) {}

    private record Name(int number) implements Xid {

        @Override
        public int getFormatId() {
            return 1;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return Integer.toString(number).getBytes(US_ASCII);
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {1};
        }
    }

    private static JdbcDataSource database(Path file) {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:file:" + file + ";DB_CLOSE_ON_EXIT=FALSE;WRITE_DELAY=0");
        return database;
    }

    @Test
    void everyImageHoldsWhatWasPreparedAndNoHalves() throws Exception {
        JdbcDataSource database = database(folder.resolve("live"));
        Connection keepsOpen = guard.connection(database.getConnection());
        createTables(keepsOpen);
        List<Image> images = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        CountDownLatch running = new CountDownLatch(WORKERS);
        try (ExecutorService workers = Executors.newFixedThreadPool(WORKERS)) {
            List<Future<?>> runs = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                runs.add(workers.submit(() -> {
                    work(database, running);
                    return null;
                }));
            }
            try {
                assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
                for (int image = 0; image < IMAGES; image++) {
                    awaitBranches(BRANCHES_BETWEEN_IMAGES);
                    images.add(take(folder.resolve("image-" + image)));
                }
            } finally {
                over.set(true);
            }
            for (Future<?> run : runs) {
                run.get();
            }
        }
        keepsOpen.close();
        for (Image image : images) {
            check(image, faults);
        }
        assertThat(faults).isEmpty();
    }

    private static void createTables(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // What is written over while it is copied would be no image of any moment.
            statement.execute("SET RETENTION_TIME 3600000");
            statement.execute("CREATE TABLE one (id INT PRIMARY KEY, note VARCHAR(60))");
            statement.execute("CREATE TABLE other (id INT PRIMARY KEY)");
            for (int table = 0; table < TABLES; table++) {
                statement.execute("CREATE TABLE idle_" + table + " (id INT PRIMARY KEY)");
            }
        }
    }

    private void work(JdbcDataSource database, CountDownLatch running) throws SQLException, XAException {
        XAConnection session = guard.xaConnection(database.getXAConnection());
        Connection branch = session.getConnection();
        XAResource resource = session.getXAResource();
        while (!over.get()) {
            int number = numbers.incrementAndGet();
            Name name = new Name(number);
            resource.start(name, XAResource.TMNOFLAGS);
            insert(branch, "INSERT INTO one VALUES (?, 'paid in two places at once, or in none')", number);
            insert(branch, "INSERT INTO other VALUES (?)", number);
            resource.end(name, XAResource.TMSUCCESS);
            resource.prepare(name);
            stages.put(number, Stage.PREPARED);
            if (number % 5 == 0) {
                stages.put(number, Stage.ROLLING_BACK);
                resource.rollback(name);
                stages.put(number, Stage.ROLLED_BACK);
            } else {
                stages.put(number, Stage.COMMITTING);
                resource.commit(name, false);
                stages.put(number, Stage.COMMITTED);
            }
            running.countDown();
        }
        session.close();
    }

    private static void insert(Connection connection, String sql, int number) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setInt(1, number);
            insert.executeUpdate();
        }
    }

    private void awaitBranches(int more) {
        int enough = numbers.get() + more;
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> numbers.get() >= enough);
    }

    private Image take(Path file) throws IOException {
        Map<Integer, Stage> before = new TreeMap<>(stages);
        Files.copy(folder.resolve("live.mv.db"), folder.resolve(file.getFileName() + ".mv.db"));
        return new Image(file, before, new TreeMap<>(stages));
    }

    private static void check(Image image, List<String> faults) throws SQLException {
        JdbcDataSource copy = database(image.file());
        try (Connection connection = copy.getConnection();
                Statement statement = connection.createStatement()) {
            Set<Integer> inDoubt = inDoubt(copy);
            Set<Integer> one = numbers(statement, "SELECT id FROM one");
            Set<Integer> other = numbers(statement, "SELECT id FROM other");
            image.before().forEach((number, stage) -> {
                Stage then = image.after().getOrDefault(number, stage);
                boolean there = one.contains(number);
                if (there != other.contains(number) || !isTrue(stage, then, inDoubt.contains(number), there)) {
                    faults.add("Branch " + number + " was " + stage + " before and " + then + " after " + image.file()
                            + ": in doubt " + inDoubt.contains(number) + ", rows " + there + " and "
                            + other.contains(number));
                }
            });
        }
    }

    /** Whether a branch may be found so in a copy that was begun in one stage of it and was finished in another. */
    private static boolean isTrue(Stage before, Stage after, boolean inDoubt, boolean there) {
        if (inDoubt) {
            return !there && before != Stage.COMMITTED && before != Stage.ROLLED_BACK;
        }
        return there
                ? after == Stage.COMMITTING || after == Stage.COMMITTED
                : after == Stage.ROLLING_BACK || after == Stage.ROLLED_BACK;
    }

    private static Set<Integer> inDoubt(JdbcDataSource database) throws SQLException {
        XAConnection connection = database.getXAConnection();
        try {
            Set<Integer> found = new HashSet<>();
            for (Xid xid : connection.getXAResource().recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN)) {
                found.add(Integer.parseInt(new String(xid.getGlobalTransactionId(), US_ASCII)));
            }
            return found;
        } catch (XAException e) {
            throw new SQLException(e);
        } finally {
            connection.close();
        }
    }

    private static Set<Integer> numbers(Statement statement, String query) throws SQLException {
        Set<Integer> found = new HashSet<>();
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                found.add(rows.getInt(1));
            }
        }
        return found;
    }
}
