package io.assent.participant.xa;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.assent.participant.DatabaseGuard;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.XADataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The XA sessions of a participant: a second pool beside the application's. Besides those for branches there are
 * {@value #SPARES} for recovery, so that decisions can be carried out while every other session waits for one.
 */
public final class XaPool implements AutoCloseable {

    private static final int SPARES = 2;

    private static final Logger LOG = LoggerFactory.getLogger(XaPool.class);

    private final HikariDataSource pool;
    private final Semaphore branchPermits;
    private final Duration wait;
    private final int branches;
    private final AtomicInteger lent = new AtomicInteger();

    /**
     * A pool that opens its first connection when it is needed.
     *
     * @param guard what its connections go through
     * @param name for logs and metrics
     * @param branches how many branches may have a session at once, 1 or more
     * @param wait how long a free session is waited for, at most
     */
    public XaPool(XADataSource xaDataSource, DatabaseGuard guard, String name, int branches, Duration wait) {
        this.branches = branches;
        this.wait = wait;
        this.branchPermits = new Semaphore(branches, true);
        HikariConfig config = new HikariConfig();
        config.setDataSource(new XaSessionSource(xaDataSource, guard));
        config.setPoolName(name);
        config.setMaximumPoolSize(branches + SPARES);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(wait.toMillis());
        config.setInitializationFailTimeout(-1);
        config.setLeakDetectionThreshold(0); // A prepared branch keeps its session as long as the decision takes.
        this.pool = new HikariDataSource(config);
    }

    /** How many branches may have a session at once. */
    public int branches() {
        return branches;
    }

    /**
     * A session for a branch.
     *
     * @param atMost how long to wait for one; never longer than the pool's own limit
     * @throws SQLException when none is free in time, or none can be opened
     */
    XaLease borrow(Duration atMost) throws SQLException {
        Duration patience = atMost.compareTo(wait) < 0 ? atMost : wait;
        try {
            if (!branchPermits.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SQLTransientConnectionException("All " + branches + " connections for branches are in use");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("Interrupted while waiting for a connection for a branch", e);
        }
        try {
            return lease(branchPermits::release);
        } catch (SQLException | RuntimeException e) {
            branchPermits.release();
            throw e;
        }
    }

    /** A session for recovery: to list, commit or roll back what was prepared on another one. */
    XaLease borrowSpare() throws SQLException {
        return lease(() -> {});
    }

    private XaLease lease(Runnable released) throws SQLException {
        Connection connection = pool.getConnection();
        lent.incrementAndGet();
        return new XaLease(connection, XaSession.of(connection), reusable -> end(connection, reusable, released));
    }

    private void end(Connection connection, boolean reusable, Runnable released) {
        try {
            if (!reusable) {
                pool.evictConnection(connection);
            }
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A connection could not be given back and was dropped", e);
        } finally {
            lent.decrementAndGet();
            released.run();
        }
    }

    /**
     * Closes the pool, unless a session still holds a branch: closing that one would roll the branch back on H2, while
     * the end of the process leaves it prepared (section 1.8).
     */
    @Override
    public void close() {
        if (lent.get() > 0) {
            LOG.warn("{} branches are not decided; their connections stay open until the process ends", lent.get());
            return;
        }
        pool.close();
    }
}
