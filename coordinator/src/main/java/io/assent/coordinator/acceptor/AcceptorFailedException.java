package io.assent.coordinator.acceptor;

import org.jspecify.annotations.Nullable;

/**
 * The acceptor stopped before it could answer. Whether it recorded the request is not known until its storage is opened
 * again; the sender may ask again then, because every request may be repeated.
 */
public final class AcceptorFailedException extends RuntimeException {

    AcceptorFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
