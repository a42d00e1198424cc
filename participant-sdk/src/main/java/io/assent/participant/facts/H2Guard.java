package io.assent.participant.facts;

import io.assent.participant.DatabaseGuard;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;

/**
 * Lets one connection at a time commit, prepare or roll back in an H2 database.
 *
 * <p>Each of these has H2 put its tables, indexes, undo logs and the list of prepared transactions to the disk, as they
 * are one after the other ({@code MVStore#collectChangedMapRoots}), whatever other connections do meanwhile. Killed after
 * that, it may find the rows of another transaction as they were before its commit and the undo log as it was after it:
 * a branch that was prepared is gone, or half of a commit is there. And a transaction that ends frees its number before
 * it takes its name off the list, so that it may take off the name of a branch that was prepared under that number
 * meanwhile ({@code TransactionStore#endTransaction}). One at a time, neither can happen.
 *
 * <p>Statements themselves run side by side, because they may wait for each other's locks. Those in auto-commit mode that
 * may change something get a transaction of their own, whose commit waits for its turn.
 */
final class H2Guard implements DatabaseGuard {

    /** Methods of a connection that end a transaction, or may. */
    private static final Set<String> ENDS =
            Set.of("commit", "rollback", "setAutoCommit", "setTransactionIsolation", "close", "abort");

    private static final Pattern QUERY = Pattern.compile("\\s*\\(?\\s*SELECT\\b", Pattern.CASE_INSENSITIVE);

    /** Words in a query that may change something; columns may have such names, which costs no more than time. */
    private static final Pattern CHANGES =
            Pattern.compile("\\b(INSERT|UPDATE|DELETE|MERGE|CALL|NEXT|NEXTVAL)\\b", Pattern.CASE_INSENSITIVE);

    private final ReentrantLock turn = new ReentrantLock(true);

    /** What is done while nobody else ends a transaction. */
    @FunctionalInterface
    private interface Step {
        @Nullable
        Object take() throws Throwable;
    }

    @Override
    public Connection connection(Connection connection) {
        return face(Connection.class, connection, (proxy, method, args) -> switch (method.getName()) {
            case "createStatement" -> statement(connection, (Connection) proxy, "", method, args);
            case "prepareStatement", "prepareCall" ->
                statement(connection, (Connection) proxy, (String) args[0], method, args);
            default ->
                ENDS.contains(method.getName())
                        ? alone(() -> call(connection, method, args))
                        : call(connection, method, args);
        });
    }

    @Override
    public XAConnection xaConnection(XAConnection connection) {
        return face(XAConnection.class, connection, (proxy, method, args) -> switch (method.getName()) {
            case "getConnection" -> connection((Connection) Objects.requireNonNull(alone(connection::getConnection)));
            case "getXAResource" -> resource(connection.getXAResource());
            default -> alone(() -> call(connection, method, args));
        });
    }

    private XAResource resource(XAResource resource) {
        return face(XAResource.class, resource, (proxy, method, args) -> alone(() -> call(resource, method, args)));
    }

    private Statement statement(Connection target, Connection face, String prepared, Method method, Object[] args)
            throws Throwable {
        Statement statement = (Statement) Objects.requireNonNull(call(target, method, args));
        return face(
                method.getReturnType().asSubclass(Statement.class),
                statement,
                (proxy, called, with) -> switch (called.getName()) {
                    case "getConnection" -> face;
                    case "execute", "executeUpdate", "executeLargeUpdate", "executeQuery" -> {
                        String sql = with != null && with[0] instanceof String named ? named : prepared;
                        yield isRead(sql) ? call(statement, called, with) : change(target, statement, called, with);
                    }
                    case "executeBatch", "executeLargeBatch" -> change(target, statement, called, with);
                    default -> call(statement, called, with);
                });
    }

    /** Whether the statement changes nothing. */
    static boolean isRead(String sql) {
        return QUERY.matcher(sql).lookingAt() && !CHANGES.matcher(sql).find();
    }

    private @Nullable Object change(Connection connection, Statement statement, Method method, Object @Nullable [] args)
            throws Throwable {
        if (!connection.getAutoCommit()) {
            return call(statement, method, args);
        }
        connection.setAutoCommit(false);
        try {
            Object result = call(statement, method, args);
            alone(() -> {
                connection.commit();
                return null;
            });
            return result;
        } catch (Throwable failure) {
            rollBack(connection, failure);
            throw failure;
        } finally {
            alone(() -> {
                connection.setAutoCommit(true);
                return null;
            });
        }
    }

    private void rollBack(Connection connection, Throwable failure) throws Throwable {
        alone(() -> {
            try {
                connection.rollback();
            } catch (SQLException e) {
                failure.addSuppressed(e);
            }
            return null;
        });
    }

    private @Nullable Object alone(Step step) throws Throwable {
        turn.lock();
        try {
            return step.take();
        } finally {
            turn.unlock();
        }
    }

    /** A face of this type; it is equal to itself only. */
    private static <T> T face(Class<T> type, T target, InvocationHandler handler) {
        InvocationHandler withIdentity = (proxy, method, args) -> switch (method.getName()) {
            case "equals" -> proxy == args[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "H2Guard[" + target + "]";
            default -> handler.invoke(proxy, method, args);
        };
        return type.cast(Proxy.newProxyInstance(H2Guard.class.getClassLoader(), new Class<?>[] {type}, withIdentity));
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
