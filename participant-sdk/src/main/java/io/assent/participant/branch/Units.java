package io.assent.participant.branch;

import io.assent.participant.LocalBranches.Scope;
import io.assent.participant.TransactionContext;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.IllegalTransactionStateException;

/**
 * Which unit of work runs on which thread. A transaction's context may travel to other threads; its branch does not: a
 * thread may work in it only where the request, or the initiator's method, entered.
 */
public final class Units {

    /** A thread that may work in the branch of a transaction. */
    private static final class Place {
        private final TransactionContext context;
        private final boolean implicit;
        private final BooleanSupplier answered;
        private @Nullable Unit unit;

        Place(TransactionContext context, boolean implicit, BooleanSupplier answered) {
            this.context = context;
            this.implicit = implicit;
            this.answered = answered;
        }
    }

    // Like Spring's own transaction, what a thread works in belongs to the thread.
    private static final ThreadLocal<@Nullable Place> PLACES = new ThreadLocal<>();

    /**
     * Lets this thread work in the branch of the transaction that came with a request, in methods with {@code @Branch}.
     *
     * @param answered tells whether the answer of the request is under way, so that it can name no branch any more
     * @throws IllegalTransactionStateException when a unit of another transaction has begun on the thread
     */
    public Scope enterRequest(TransactionContext context, BooleanSupplier answered) {
        return enter(new Place(context, false, answered));
    }

    /**
     * Lets this thread work in the branch of a transaction: every Spring transaction that begins on it becomes a unit.
     *
     * @throws IllegalTransactionStateException when a unit of another transaction has begun on the thread
     */
    public Scope enterMethod(TransactionContext context) {
        Place before = PLACES.get();
        boolean same = before != null && before.context == context;
        return enter(new Place(context, true, same ? before.answered : () -> false));
    }

    private Scope enter(Place place) {
        Place before = PLACES.get();
        if (before != null && before.unit != null) {
            if (before.context != place.context) {
                throw new IllegalTransactionStateException("A distributed transaction cannot begin inside the Spring"
                        + " transaction of another one: its work would become part of that");
            }
            return () -> {}; // The unit that runs has everything in it.
        }
        PLACES.set(place);
        return () -> restore(before);
    }

    private void restore(@Nullable Place before) {
        if (before == null) {
            PLACES.remove();
        } else {
            PLACES.set(before);
        }
    }

    /** The unit that has begun on this thread, suspended or not. */
    Optional<Unit> current() {
        Place place = PLACES.get();
        return place == null ? Optional.empty() : Optional.ofNullable(place.unit);
    }

    /** The unit to which work on this thread belongs now. */
    Optional<Unit> active() {
        return current().filter(unit -> !unit.isSuspended());
    }

    /** Whether this thread may work in the branch of this transaction. */
    boolean mayWork(TransactionContext context) {
        Place place = PLACES.get();
        return place != null && place.context == context;
    }

    /** Whether every Spring transaction of this thread is a unit of the branch of this transaction. */
    boolean isImplicit(TransactionContext context) {
        Place place = PLACES.get();
        return place != null && place.context == context && place.implicit;
    }

    /** Whether the answer of the request that this thread serves is under way. */
    boolean isAnswered() {
        Place place = PLACES.get();
        return place != null && place.answered.getAsBoolean();
    }

    /** The unit has begun on this thread. */
    void begun(Unit unit) {
        Place place = PLACES.get();
        if (place == null || place.context != unit.context() || place.unit != null) {
            throw new IllegalStateException("A unit of " + unit.context().idIfBegun() + " cannot begin here");
        }
        place.unit = unit;
    }

    /** The unit of this thread has ended. */
    void ended(Unit unit) {
        Place place = PLACES.get();
        if (place == null || place.unit != unit) {
            throw new IllegalStateException("A unit of " + unit.context().idIfBegun() + " does not run here");
        }
        place.unit = null;
    }
}
