package io.assent.participant;

import io.assent.protocol.TransactionId;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionSystemException;

/**
 * Commit was asked for, and no coordinator told the outcome in time. The transaction may have committed or aborted, or
 * may still do either: never repeat the work before the outcome is known.
 */
public final class OutcomeUnknownException extends TransactionSystemException {

    private final TransactionId transaction;
    private final List<URI> howToAsk;

    /**
     * The outcome of this transaction is not known.
     *
     * @param transaction the transaction
     * @param coordinators base URLs at which it can be asked for
     * @param why what stood in the way
     * @param cause the last failure, or null
     */
    public OutcomeUnknownException(
            TransactionId transaction, List<URI> coordinators, String why, @Nullable Throwable cause) {
        super("The outcome of transaction " + transaction + " is not known: " + why + ". Ask GET "
                + String.join(
                        " or ",
                        askAt(transaction, coordinators).stream()
                                .map(URI::toString)
                                .toList())
                + " before you repeat anything");
        if (cause != null) {
            initCause(cause);
        }
        this.transaction = transaction;
        this.howToAsk = askAt(transaction, coordinators);
    }

    private static List<URI> askAt(TransactionId transaction, List<URI> coordinators) {
        return coordinators.stream()
                .map(base -> URI.create(base.toString().replaceAll("/+$", "") + "/v1/transactions/" + transaction))
                .toList();
    }

    /** The transaction. */
    public TransactionId transaction() {
        return transaction;
    }

    /** URLs of which any answers a GET with the outcome. */
    public List<URI> howToAsk() {
        return howToAsk;
    }
}
