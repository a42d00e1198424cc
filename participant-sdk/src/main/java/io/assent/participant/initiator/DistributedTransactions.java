package io.assent.participant.initiator;

import io.assent.participant.CoordinatorClient;
import io.assent.participant.CoordinatorRefusedException;
import io.assent.participant.Deadline;
import io.assent.participant.LocalBranches;
import io.assent.participant.TransactionAbortedException;
import io.assent.participant.TransactionContext;
import io.assent.protocol.AbortReason;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.BeginRequest;
import io.assent.protocol.api.HeuristicView;
import io.assent.protocol.api.TransactionView;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.HeuristicCompletionException;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Runs work in distributed transactions: begins or joins, hands over what the calls told about their branches, and asks
 * for commit or abort. Safe for use by several threads.
 */
public final class DistributedTransactions {

    /** How long after the deadline the outcome is still asked for. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int INITIATOR_LIMIT = 64;

    private static final Logger LOG = LoggerFactory.getLogger(DistributedTransactions.class);

    private final CoordinatorClient coordinators;
    private final LocalBranches local;
    private final Duration defaultTimeout;
    private final @Nullable String initiator;

    /** Work that may fail with anything. */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object> {

        /** Does it in this transaction. */
        T run(TransactionContext context) throws Throwable;
    }

    /**
     * For a service of this name.
     *
     * @param local the service's own branches
     * @param defaultTimeout of transactions that name none, 100 ms to 24 h
     * @param initiator who begins, for people, or null; the first 64 characters are told
     */
    public DistributedTransactions(
            CoordinatorClient coordinators, LocalBranches local, Duration defaultTimeout, @Nullable String initiator) {
        this.coordinators = coordinators;
        this.local = local;
        this.defaultTimeout = defaultTimeout;
        this.initiator = initiator != null && initiator.length() > INITIATOR_LIMIT
                ? initiator.substring(0, INITIATOR_LIMIT)
                : initiator;
    }

    /** Time-out of transactions that name none. */
    public Duration defaultTimeout() {
        return defaultTimeout;
    }

    /**
     * Runs the work as the settings say.
     *
     * @return what the work returned; the transaction, if it began here, is then committed, or aborted because the work
     *     itself called {@link TransactionContext#setRollbackOnly(String)}
     * @throws Throwable what the work threw, or one of the exceptions that {@link DistributedTransactional} names
     */
    public <T extends @Nullable Object> T run(TransactionSettings settings, Work<T> work) throws Throwable {
        TransactionContext present = TransactionContext.current();
        if (settings.propagation() == Propagation.MANDATORY && present == null) {
            throw new IllegalTransactionStateException("No transaction in the thread or in the request, and "
                    + settings.name() + " must run in one (propagation MANDATORY)");
        }
        return present == null || settings.propagation() == Propagation.REQUIRES_NEW
                ? initiate(settings, work)
                : join(present, settings, work);
    }

    private <T extends @Nullable Object> T join(TransactionContext context, TransactionSettings settings, Work<T> work)
            throws Throwable {
        LocalBranches.Scope entered = local.join(context);
        TransactionContext.Scope joined = context.join();
        try {
            return work.run(context);
        } catch (Throwable failure) {
            if (settings.rollbackOn().test(failure)) {
                context.setRollbackOnly(
                        new AbortReason(AbortReason.Code.INITIATOR, null, settings.name() + " failed: " + failure));
            }
            throw failure;
        } finally {
            joined.close();
            entered.close();
        }
    }

    private <T extends @Nullable Object> T initiate(TransactionSettings settings, Work<T> work) throws Throwable {
        refuseInsideLocalTransaction(settings);
        TransactionContext context = TransactionContext.initiated(
                settings.protocol(), settings.timeout(), settings.repeatableCalls(), () -> begin(settings));
        TransactionContext.Scope bound = context.bind();
        try {
            T result;
            try {
                result = inside(context, work);
            } catch (Throwable failure) {
                complete(context, settings.rollbackOn(), failure);
                throw failure;
            }
            complete(context);
            return result;
        } finally {
            context.end();
            bound.close();
        }
    }

    private <T extends @Nullable Object> T inside(TransactionContext context, Work<T> work) throws Throwable {
        LocalBranches.Scope entered = local.enter(context);
        try {
            return work.run(context);
        } finally {
            entered.close();
        }
    }

    private static void refuseInsideLocalTransaction(TransactionSettings settings) {
        if (TransactionSynchronizationManager.isActualTransactionActive()
                && !TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
            throw new IllegalTransactionStateException("The distributed transaction " + settings.name()
                    + " would begin inside a local transaction, whose work would stay outside of it:"
                    + " put @Transactional on the methods inside, not around");
        }
    }

    private TransactionId begin(TransactionSettings settings) {
        BeginRequest request = new BeginRequest(
                settings.protocol().name(), settings.timeout().toString(), settings.name(), initiator, null);
        return coordinators.begin(request, Deadline.in(settings.timeout()));
    }

    private void complete(TransactionContext context, Predicate<Throwable> rollbackOn, Throwable failure) {
        if (rollbackOn.test(failure)) {
            abort(context, failure.toString());
            return;
        }
        try {
            complete(context);
        } catch (RuntimeException e) {
            e.addSuppressed(failure);
            throw e;
        }
    }

    /** Ends a transaction whose work did not fail. */
    private void complete(TransactionContext context) {
        if (!context.isRollbackOnly() && context.idIfBegun().isPresent()) {
            prepareLocally(context);
        }
        context.end();
        AbortReason reason = context.rollbackOnlyReason().orElse(null);
        TransactionId transaction = context.idIfBegun().orElse(null);
        if (reason != null) {
            abort(context, reason.message());
            if (!context.isRollbackDeliberate()) {
                throw new TransactionAbortedException(transaction, reason);
            }
        } else if (transaction != null) {
            commit(context, transaction);
        }
    }

    private void prepareLocally(TransactionContext context) {
        try {
            context.workedLocally(local.prepare(context));
        } catch (RuntimeException e) {
            LOG.warn("The service's own branch could not be prepared, transaction={}", context.idIfBegun(), e);
            context.setRollbackOnly(new AbortReason(
                    AbortReason.Code.VOTE_NO, null, "the initiator's own branch could not be prepared: " + e));
        }
    }

    private void commit(TransactionContext context, TransactionId transaction) {
        Deadline until = context.deadline().plus(PATIENCE);
        try {
            reportHeuristics(coordinators.commit(transaction, context.commitMembers(), until));
        } catch (TransactionAbortedException e) {
            local.rollBack(context);
            throw e;
        } catch (CoordinatorRefusedException e) {
            // An earlier attempt may have been obeyed though its answer was lost: only the outcome tells.
            if (coordinators.abort(transaction, "the commit request was refused", until) == Outcome.ABORTED) {
                local.rollBack(context);
                throw e;
            }
        }
    }

    private static void reportHeuristics(TransactionView transaction) {
        List<HeuristicView> open = transaction.heuristics().stream()
                .filter(heuristic -> !Boolean.TRUE.equals(heuristic.resolved()))
                .toList();
        if (!open.isEmpty()) {
            throw new HeuristicCompletionException(
                    HeuristicCompletionException.STATE_MIXED,
                    new IllegalStateException("Transaction " + transaction.id()
                            + " committed, but some branches ended otherwise, an operator must look: " + open));
        }
    }

    /** Aborts as well as it can: what is not reached ends by the transaction's own deadline. */
    private void abort(TransactionContext context, @Nullable String message) {
        try {
            local.rollBack(context);
        } catch (RuntimeException e) {
            LOG.warn("The service's own branch could not be rolled back now, transaction={}", context.idIfBegun(), e);
        }
        context.end();
        context.idIfBegun().ifPresent(transaction -> {
            try {
                coordinators.abort(transaction, message, context.deadline());
            } catch (RuntimeException e) {
                LOG.warn("Abort could not be asked for, the deadline will do it: transaction={}", transaction, e);
            }
        });
    }
}
