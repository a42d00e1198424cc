package io.assent.participant;

import io.assent.protocol.TransactionId;
import io.assent.protocol.api.ProblemType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionException;

/**
 * A branch took no work, or could not keep it. Towards the caller it is the problem of its type, with that type's HTTP
 * status.
 */
public class BranchRefusedException extends TransactionException {

    private final ProblemType type;
    private final @Nullable TransactionId transaction;

    /**
     * A refusal.
     *
     * @param type which problem it is
     * @param transaction the transaction, or null when the caller sent none
     * @param detail what to do next, for people
     */
    public BranchRefusedException(ProblemType type, @Nullable TransactionId transaction, String detail) {
        super(detail);
        this.type = type;
        this.transaction = transaction;
    }

    /** Which problem it is. */
    public ProblemType type() {
        return type;
    }

    /** The transaction; empty when the caller sent none. */
    public Optional<TransactionId> transaction() {
        return Optional.ofNullable(transaction);
    }
}
