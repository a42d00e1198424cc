package io.assent.participant;

import io.assent.protocol.AbortReason;
import io.assent.protocol.TransactionId;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.UnexpectedRollbackException;

/** Commit was asked for, and the transaction aborted: nothing of it remains anywhere, and it may be tried anew. */
public final class TransactionAbortedException extends UnexpectedRollbackException {

    private final @Nullable TransactionId transaction;
    private final AbortReason reason;

    /**
     * The transaction aborted.
     *
     * @param transaction its id, or null when it was never begun
     * @param reason why, as far as it is known
     */
    public TransactionAbortedException(@Nullable TransactionId transaction, AbortReason reason) {
        this(transaction, reason, null);
    }

    /**
     * The transaction aborted because of another failure.
     *
     * @param transaction its id, or null when it was never begun
     * @param reason why, as far as it is known
     * @param cause what failed, or null
     */
    public TransactionAbortedException(
            @Nullable TransactionId transaction, AbortReason reason, @Nullable Throwable cause) {
        super(sentence(transaction, reason));
        if (cause != null) {
            initCause(cause);
        }
        this.transaction = transaction;
        this.reason = reason;
    }

    private static String sentence(@Nullable TransactionId transaction, AbortReason reason) {
        StringBuilder text = new StringBuilder("Transaction ")
                .append(transaction == null ? "(not begun)" : transaction)
                .append(" aborted: ")
                .append(reason.code());
        if (reason.branch() != null) {
            text.append(", branch ").append(reason.branch());
        }
        if (reason.message() != null) {
            text.append(", ").append(reason.message());
        }
        return text.toString();
    }

    /** The transaction, or null when it was never begun. */
    public @Nullable TransactionId transaction() {
        return transaction;
    }

    /** Why it aborted. */
    public AbortReason reason() {
        return reason;
    }

    /** The participant that caused it, or null when it was none. */
    public @Nullable String branch() {
        return reason.branch();
    }
}
