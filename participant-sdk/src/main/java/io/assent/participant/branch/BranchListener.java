package io.assent.participant.branch;

import io.assent.participant.TransactionContext;
import io.assent.participant.WorkOutsideBranchException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Hears every Spring transaction of one transaction manager. Inside an initiator's method each becomes a unit of the
 * service's branch; in a unit, callbacks after commit are kept until the outcome is known; any other writing transaction
 * inside a distributed transaction is refused, because it would commit whatever the outcome is.
 */
public final class BranchListener implements TransactionExecutionListener {

    private final String name;
    private final PlatformTransactionManager manager;
    private final Units units;
    private final Supplier<Optional<Workshop>> workshop;

    /**
     * Listens to this transaction manager.
     *
     * @param name its bean name
     * @param workshop gives the participant's workshop; empty in a service without a participant id
     */
    public BranchListener(
            String name, PlatformTransactionManager manager, Units units, Supplier<Optional<Workshop>> workshop) {
        this.name = name;
        this.manager = manager;
        this.units = units;
        this.workshop = workshop;
    }

    @Override
    public void beforeBegin(TransactionExecution transaction) {
        if (transaction.isNested()) {
            return; // A savepoint in what has begun before.
        }
        Unit unit = units.current().orElse(null);
        if (unit != null) {
            beforeBeginWith(unit, transaction);
            return;
        }
        TransactionContext context = TransactionContext.current();
        if (context == null || transaction.isReadOnly() && !isBranchTouched(context)) {
            return;
        }
        Workshop open = units.isImplicit(context) ? workshop.get().orElse(null) : null;
        if (open != null) {
            refuseWithoutSynchronization();
            open.begin(context, new Workshop.UnitTerms(manager, transaction.isReadOnly(), Isolation.DEFAULT))
                    .startAs(transaction, name);
        } else if (!transaction.isReadOnly()) {
            throw new WorkOutsideBranchException(
                    workshop.get().isPresent()
                            ? "A transaction of \"" + name
                                    + "\" would begin inside a distributed transaction and outside of its"
                                    + " branch: annotate the method with @Branch, or make it read-only"
                            : "A transaction of \"" + name
                                    + "\" would begin inside a distributed transaction, and this service"
                                    + " has no participant id: set assent.participant.id, or make it read-only");
        }
    }

    private boolean isBranchTouched(TransactionContext context) {
        return units.isImplicit(context)
                && workshop.get().map(open -> open.hasWork(context)).orElse(false);
    }

    private void beforeBeginWith(Unit unit, TransactionExecution transaction) {
        boolean foreign = unit.manager() != manager && !transaction.isReadOnly();
        if (foreign) {
            throw new WorkOutsideBranchException("A transaction of \"" + name + "\" inside a branch would commit by"
                    + " itself: the branch works with another transaction manager. Call it before or after the branch");
        }
        if (!unit.hasStarted() && !unit.isSuspended()) {
            refuseWithoutSynchronization();
            unit.startAs(transaction, name);
        }
    }

    private void refuseWithoutSynchronization() {
        if (manager instanceof AbstractPlatformTransactionManager settings
                && settings.getTransactionSynchronization()
                        == AbstractPlatformTransactionManager.SYNCHRONIZATION_NEVER) {
            throw new IllegalStateException("The transaction manager \"" + name + "\" has transaction synchronization"
                    + " switched off, without which it cannot work in a branch");
        }
    }

    @Override
    public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
        Unit unit = unitOf(transaction);
        if (unit == null) {
            return;
        }
        if (failure == null) {
            TransactionSynchronizationManager.registerSynchronization(new UnitSynchronization(unit));
        } else if (!unit.isAdvised()) {
            end(unit);
        }
    }

    /** Spring calls this after all callbacks before completion and just before the commit, which will do nothing. */
    @Override
    public void beforeCommit(TransactionExecution transaction) {
        Unit unit = unitOf(transaction);
        if (unit == null || transaction.isNested()) {
            return;
        }
        List<TransactionSynchronization> registered = TransactionSynchronizationManager.getSynchronizations();
        unit.keep(registered.stream()
                .filter(synchronization -> !(synchronization instanceof UnitSynchronization))
                .toList());
        TransactionSynchronizationManager.clearSynchronization();
        TransactionSynchronizationManager.initSynchronization();
        registered.stream()
                .filter(UnitSynchronization.class::isInstance)
                .forEach(TransactionSynchronizationManager::registerSynchronization);
    }

    private @Nullable Unit unitOf(TransactionExecution transaction) {
        return units.current().filter(unit -> unit.is(transaction)).orElse(null);
    }

    private void end(Unit unit) {
        workshop.get()
                .orElseThrow(() -> new IllegalStateException("A unit is never begun without a workshop"))
                .end(unit);
    }

    /** Follows the unit's own Spring transaction; always the last to be called. */
    private final class UnitSynchronization implements TransactionSynchronization {

        private final Unit unit;

        UnitSynchronization(Unit unit) {
            this.unit = unit;
        }

        @Override
        public void suspend() {
            unit.setSuspended(true);
        }

        @Override
        public void resume() {
            unit.setSuspended(false);
        }

        @Override
        public void beforeCommit(boolean readOnly) {
            ForeignResources.refuse(unit);
        }

        @Override
        public void afterCompletion(int status) {
            if (status == STATUS_COMMITTED) {
                unit.completeWell();
            }
            if (!unit.isAdvised()) {
                end(unit);
            }
        }
    }
}
