package io.assent.bank.transfer;

import io.assent.protocol.TransactionId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestClientResponseException;

/** A bank refused its part of a transfer or could not be reached: the transaction aborts and nothing is moved. */
final class TransferFailedException extends RuntimeException {

    private final @Nullable TransactionId transaction;

    /**
     * A transfer that failed.
     *
     * @param transaction its transaction, or null when it had not begun
     * @param cause what the call came to
     */
    TransferFailedException(@Nullable TransactionId transaction, RestClientException cause) {
        super("A bank did not do its part: " + cause.getMessage(), cause);
        this.transaction = transaction;
    }

    Optional<TransactionId> transaction() {
        return Optional.ofNullable(transaction);
    }

    /** The bank's own answer; empty when it gave none. */
    Optional<RestClientResponseException> answer() {
        return getCause() instanceof RestClientResponseException answer ? Optional.of(answer) : Optional.empty();
    }
}
