package io.assent.participant.branch;

import io.assent.participant.TransactionContext;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.support.TransactionSynchronization;

/**
 * One Spring transaction that works in a branch, on one thread: from a method annotated with {@code @Branch}, or from
 * any method with a transaction inside {@code @DistributedTransactional}. Used by its thread only, but for
 * {@link #cancel}.
 */
final class Unit {

    /** Longer words would crowd a message that carries many. */
    private static final int TROUBLE_LIMIT = 500;

    private final TransactionContext context;
    private final LiveBranch branch;
    private final PlatformTransactionManager manager;
    private final BranchConnection connection;
    private final List<TransactionSynchronization> kept = new ArrayList<>();
    private @Nullable TransactionExecution execution;
    private String managerName = "";
    private boolean suspended;
    private boolean advised;
    private boolean completedWell;
    private @Nullable String failure;

    Unit(TransactionContext context, LiveBranch branch, PlatformTransactionManager manager, Connection connection) {
        this.context = context;
        this.branch = branch;
        this.manager = manager;
        this.connection = new BranchConnection(connection);
    }

    TransactionContext context() {
        return context;
    }

    LiveBranch branch() {
        return branch;
    }

    /** The transaction manager whose transaction the unit is. */
    PlatformTransactionManager manager() {
        return manager;
    }

    BranchConnection connection() {
        return connection;
    }

    /** Whether Spring has suspended it, so that what runs now is not part of the branch. */
    boolean isSuspended() {
        return suspended;
    }

    void setSuspended(boolean nowSuspended) {
        suspended = nowSuspended;
    }

    /**
     * This Spring transaction is the unit.
     *
     * @param name bean name of its manager
     */
    void startAs(TransactionExecution transaction, String name) {
        execution = transaction;
        managerName = name;
    }

    /** Bean name of its transaction manager, once Spring's transaction has begun. */
    String managerName() {
        return managerName;
    }

    /** Whether this Spring transaction is the unit, and not one inside of it. */
    boolean is(TransactionExecution transaction) {
        return execution == transaction;
    }

    /** Whether Spring's transaction has begun. */
    boolean hasStarted() {
        return execution != null;
    }

    /** The unit belongs to a method with {@code @Branch}, which ends it. */
    void advise() {
        advised = true;
    }

    /** Whether a method with {@code @Branch} ends it; otherwise it ends with its Spring transaction. */
    boolean isAdvised() {
        return advised;
    }

    /** Spring's transaction has ended, and its work may commit. */
    void completeWell() {
        completedWell = true;
    }

    /** Whether Spring's transaction has ended, and its work may commit. */
    boolean isCompletedWell() {
        return completedWell;
    }

    /** Its method threw this. */
    void failed(Throwable thrown) {
        failure = thrown.toString();
    }

    /** For people: what went wrong in it, as far as that was seen. */
    String trouble() {
        String seen = failure != null ? failure : connection.trouble();
        String words = seen != null ? seen : "Spring rolled its transaction back";
        return words.length() > TROUBLE_LIMIT ? words.substring(0, TROUBLE_LIMIT) + "..." : words;
    }

    /** Keeps callbacks until the outcome is known. */
    void keep(List<TransactionSynchronization> callbacks) {
        kept.addAll(callbacks);
    }

    /** Hands the kept callbacks over to who will run them: each is run once. */
    List<TransactionSynchronization> handOver() {
        List<TransactionSynchronization> callbacks = List.copyOf(kept);
        kept.clear();
        return callbacks;
    }

    /** Makes the unit end soon. May be called by any thread. */
    void cancel() {
        connection.cancel();
    }
}
