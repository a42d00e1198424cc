package io.assent.participant.branch;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection of a branch as one unit of work sees it. Commit, rollback, close and the like do nothing, because only
 * the coordinator's decision ends the branch; savepoints work as usual. It is of no use after its unit. Statements are
 * watched: an error is remembered, and the one that runs can be cancelled.
 */
final class BranchConnection {

    private static final Logger LOG = LoggerFactory.getLogger(BranchConnection.class);

    private final Connection target;
    private final Connection face;
    private volatile @Nullable Statement running;
    private volatile @Nullable String trouble;
    private volatile boolean cancelled;
    private volatile boolean over;

    BranchConnection(Connection target) {
        this.target = target;
        this.face = (Connection) Proxy.newProxyInstance(
                BranchConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this::invoke);
    }

    /** What the application works with. */
    Connection face() {
        return face;
    }

    /** Whether this connection, perhaps inside of wrappers, is the one of this unit. */
    boolean isBehind(Connection connection) {
        try {
            return connection == face
                    || connection.isWrapperFor(BranchConnection.class)
                            && connection.unwrap(BranchConnection.class) == this;
        } catch (SQLException e) {
            LOG.debug("A connection could not be asked what it wraps", e);
            return false;
        }
    }

    /** Whether a statement failed: some of the branch's work may be undone (rule P10). */
    boolean isTroubled() {
        return trouble != null;
    }

    /** For people: the first error of a statement; null when there was none. */
    @Nullable
    String trouble() {
        return trouble;
    }

    /** Cancels the statement that runs now and refuses further ones. May be called by any thread. */
    void cancel() {
        cancelled = true;
        Statement current = running;
        if (current != null) {
            try {
                current.cancel();
            } catch (SQLException e) {
                LOG.debug("A statement could not be cancelled", e);
            }
        }
    }

    /** The unit is over: nothing more can be done with the connection. */
    void end() {
        over = true;
    }

    private @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args) throws Throwable {
        return switch (method.getName()) {
            case "equals" -> args != null && proxy == args[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "BranchConnection[" + target + "]";
            case "isClosed" -> over;
            case "getAutoCommit" -> false;
            case "close", "abort", "commit", "setAutoCommit", "setReadOnly", "clearWarnings" -> null;
            case "rollback" -> args == null ? null : onTarget(method, args);
            case "setTransactionIsolation" ->
                throw new SQLException("The isolation level of a branch is chosen when it"
                        + " is opened: name it in @Branch(isolation = ...) of the first method that works in it");
            case "unwrap", "isWrapperFor" -> wrapped(method, args);
            default -> onTarget(method, args);
        };
    }

    private @Nullable Object wrapped(Method method, Object @Nullable [] args) throws Throwable {
        boolean own = args != null && args[0] == BranchConnection.class;
        if (!own) {
            return onTarget(method, args);
        }
        return "unwrap".equals(method.getName()) ? this : (Object) true;
    }

    private @Nullable Object onTarget(Method method, Object @Nullable [] args) throws Throwable {
        refuseWhenOver();
        Object result = call(target, method, args);
        if (result instanceof CallableStatement statement) {
            return watched(statement, CallableStatement.class);
        }
        if (result instanceof PreparedStatement statement) {
            return watched(statement, PreparedStatement.class);
        }
        return result instanceof Statement statement ? watched(statement, Statement.class) : result;
    }

    private void refuseWhenOver() throws SQLException {
        if (over) {
            throw new SQLException("The unit of work is over: finish everything that uses the database before the"
                    + " method annotated with @Branch or @DistributedTransactional returns");
        }
        if (cancelled) {
            throw new SQLException("The distributed transaction aborts: this unit of work will be rolled back");
        }
    }

    private Object watched(Statement statement, Class<? extends Statement> type) {
        return Proxy.newProxyInstance(
                BranchConnection.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, args) -> onStatement(proxy, statement, method, args));
    }

    private @Nullable Object onStatement(Object proxy, Statement statement, Method method, Object @Nullable [] args)
            throws Throwable {
        String name = method.getName();
        if (name.startsWith("execute")) {
            return execute(statement, method, args);
        }
        return switch (name) {
            case "equals" -> args != null && proxy == args[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "getConnection" -> face;
            default -> call(statement, method, args);
        };
    }

    private @Nullable Object execute(Statement statement, Method method, Object @Nullable [] args) throws Throwable {
        running = statement;
        try {
            // After it has become visible to cancel(): either that one sees the statement or this one its flag.
            refuseWhenOver();
            return call(statement, method, args);
        } finally {
            running = null;
        }
    }

    private @Nullable Object call(Object on, Method method, Object @Nullable [] args) throws Throwable {
        try {
            return method.invoke(on, args);
        } catch (InvocationTargetException e) {
            if (e.getTargetException() instanceof SQLException failure && trouble == null) {
                trouble = failure.toString();
            }
            throw e.getTargetException();
        }
    }
}
