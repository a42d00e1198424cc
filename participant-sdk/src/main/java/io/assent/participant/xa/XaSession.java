package io.assent.participant.xa;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One XA connection of the pool. JDBC on it is guarded: while a branch is associated, nothing that is called on the
 * {@link #connection} ends the branch, and while the branch is prepared nothing closes the connection, whatever the pool
 * believes of it (rule P8).
 */
final class XaSession {

    private static final Logger LOG = LoggerFactory.getLogger(XaSession.class);

    private final XAConnection xaConnection;
    private final XAResource resource;
    private final Connection handle;
    private final Connection connection;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean inBranch;
    private boolean promised;
    private boolean closed;
    private boolean closeWanted;

    /** Takes over the XA connection. */
    XaSession(XAConnection xaConnection) throws SQLException {
        this.xaConnection = xaConnection;
        this.resource = xaConnection.getXAResource();
        this.handle = xaConnection.getConnection();
        this.connection = (Connection) Proxy.newProxyInstance(
                XaSession.class.getClassLoader(), new Class<?>[] {Connection.class}, this::invoke);
    }

    /** The session behind a connection of the pool. */
    static XaSession of(Connection pooled) throws SQLException {
        return pooled.unwrap(XaSession.class);
    }

    /** JDBC on this session; {@code unwrap(XaSession.class)} leads back here. */
    Connection connection() {
        return connection;
    }

    /** The session's XA interface. */
    XAResource resource() {
        return resource;
    }

    /** A branch is associated from now on, or no longer. */
    void setInBranch(boolean associated) {
        inBranch = associated;
    }

    /** The session holds a prepared branch from now on: it stays open. */
    void promise() {
        lock.lock();
        try {
            promised = true;
        } finally {
            lock.unlock();
        }
    }

    /** The prepared branch is decided: the session is closed now if that was asked for meanwhile. */
    void settle() {
        lock.lock();
        try {
            promised = false;
            if (closeWanted) {
                terminate();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether it holds a prepared branch. */
    boolean isPromised() {
        lock.lock();
        try {
            return promised;
        } finally {
            lock.unlock();
        }
    }

    /** Closes the physical connection, whatever it holds: on H2 that rolls back. */
    void terminate() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            promised = false;
            closeQuietly(handle::close);
            closeQuietly(xaConnection::close);
        } finally {
            lock.unlock();
        }
    }

    private interface Closing {
        void close() throws SQLException;
    }

    private static void closeQuietly(Closing closing) {
        try {
            closing.close();
        } catch (SQLException e) {
            LOG.debug("An XA connection was already broken when it was closed", e);
        }
    }

    /** The pool, or somebody, closes the connection. */
    private void close() {
        lock.lock();
        try {
            if (promised) {
                closeWanted = true;
                LOG.info("A connection is not closed because it holds a prepared branch; it is when that is decided");
            } else {
                terminate();
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args) throws Throwable {
        return switch (method.getName()) {
            case "equals" -> args != null && proxy == args[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "XaSession[" + handle + "]";
            case "close", "abort" -> {
                close();
                yield null;
            }
            case "unwrap", "isWrapperFor" -> wrapped(method, args);
            case "getAutoCommit" -> inBranch ? false : pass(method, args);
            case "commit", "setAutoCommit", "setReadOnly" -> inBranch ? null : pass(method, args);
            case "rollback" -> inBranch && args == null ? null : pass(method, args);
            case "setTransactionIsolation" -> {
                // On H2 this would commit what the branch has done so far.
                if (inBranch) {
                    throw new SQLException("The isolation level of a branch is chosen when it is opened");
                }
                yield pass(method, args);
            }
            default -> pass(method, args);
        };
    }

    private @Nullable Object wrapped(Method method, Object @Nullable [] args) throws Throwable {
        boolean own = args != null && args[0] == XaSession.class;
        if (!own) {
            return pass(method, args);
        }
        return "unwrap".equals(method.getName()) ? this : (Object) true;
    }

    private @Nullable Object pass(Method method, Object @Nullable [] args) throws Throwable {
        try {
            return method.invoke(handle, args);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
