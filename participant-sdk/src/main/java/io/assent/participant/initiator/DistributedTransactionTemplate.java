package io.assent.participant.initiator;

import io.assent.participant.TransactionContext;
import io.assent.protocol.Protocol;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs code in a distributed transaction, in the manner of Spring's {@code TransactionTemplate}: it commits when the
 * callback returns, and aborts when it throws or calls {@link TransactionContext#setRollbackOnly(String)}. Immutable:
 * the {@code with} methods make another template.
 */
public final class DistributedTransactionTemplate {

    private final DistributedTransactions transactions;
    private final TransactionSettings settings;

    /** What runs in the transaction. */
    @FunctionalInterface
    public interface Callback<T extends @Nullable Object> {

        /** Does the work; whatever it throws aborts the transaction. */
        T doInTransaction(TransactionContext context);
    }

    /** A template for TWO_PHASE transactions with the default time-out. */
    public DistributedTransactionTemplate(DistributedTransactions transactions) {
        this(
                transactions,
                new TransactionSettings(
                        "DistributedTransactionTemplate",
                        Protocol.TWO_PHASE,
                        transactions.defaultTimeout(),
                        Propagation.REQUIRED,
                        false,
                        failure -> true));
    }

    private DistributedTransactionTemplate(DistributedTransactions transactions, TransactionSettings settings) {
        this.transactions = transactions;
        this.settings = settings;
    }

    /** The same template for transactions of this protocol. */
    public DistributedTransactionTemplate withProtocol(Protocol protocol) {
        return with(new TransactionSettings(
                settings.name(),
                protocol,
                settings.timeout(),
                settings.propagation(),
                settings.repeatableCalls(),
                settings.rollbackOn()));
    }

    /** The same template with this time-out, 100 ms to 24 h. */
    public DistributedTransactionTemplate withTimeout(Duration timeout) {
        return with(new TransactionSettings(
                settings.name(),
                settings.protocol(),
                timeout,
                settings.propagation(),
                settings.repeatableCalls(),
                settings.rollbackOn()));
    }

    /** The same template for transactions of this name, for people. */
    public DistributedTransactionTemplate withName(String name) {
        return with(new TransactionSettings(
                name,
                settings.protocol(),
                settings.timeout(),
                settings.propagation(),
                settings.repeatableCalls(),
                settings.rollbackOn()));
    }

    /** The same template with this propagation. */
    public DistributedTransactionTemplate withPropagation(Propagation propagation) {
        return with(new TransactionSettings(
                settings.name(),
                settings.protocol(),
                settings.timeout(),
                propagation,
                settings.repeatableCalls(),
                settings.rollbackOn()));
    }

    /** The same template for work whose calls may be repeated, or left without an answer, without harm. */
    public DistributedTransactionTemplate withRepeatableCalls() {
        return with(new TransactionSettings(
                settings.name(),
                settings.protocol(),
                settings.timeout(),
                settings.propagation(),
                true,
                settings.rollbackOn()));
    }

    private DistributedTransactionTemplate with(TransactionSettings other) {
        return new DistributedTransactionTemplate(transactions, other);
    }

    /**
     * Runs the callback in a transaction.
     *
     * @throws io.assent.participant.TransactionAbortedException when it aborted although the callback returned
     * @throws io.assent.participant.OutcomeUnknownException when nobody told the outcome in time
     * @throws io.assent.participant.CoordinatorUnavailableException when nothing was begun
     */
    public <T extends @Nullable Object> T execute(Callback<T> callback) {
        try {
            return transactions.run(settings, callback::doInTransaction);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            // Only code that evades the compiler's check can throw this out of a callback.
            throw new UndeclaredThrowableException(e);
        }
    }

    /** Runs a callback that returns nothing; otherwise as {@link #execute}. */
    public void executeWithoutResult(Consumer<TransactionContext> callback) {
        this.<@Nullable Object>execute(context -> {
            callback.accept(context);
            return null;
        });
    }
}
