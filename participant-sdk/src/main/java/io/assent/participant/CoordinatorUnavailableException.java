package io.assent.participant;

import org.jspecify.annotations.Nullable;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * No coordinator could be reached, or none was able to answer. Nothing was begun and nothing changed: it is safe to try
 * again.
 */
public final class CoordinatorUnavailableException extends CannotCreateTransactionException {

    /**
     * Nothing was begun.
     *
     * @param message who was asked, and what they answered
     * @param cause the last failure, or null
     */
    public CoordinatorUnavailableException(String message, @Nullable Throwable cause) {
        super(message);
        if (cause != null) {
            initCause(cause);
        }
    }
}
