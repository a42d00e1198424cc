package io.assent.coordinator.acceptor;

import org.jspecify.annotations.Nullable;

/** The acceptor's storage must not be used as it is found, or cannot be: the node must not start with it. */
public final class AcceptorRefusedException extends RuntimeException {

    private final String action;

    /**
     * A refusal.
     *
     * @param description what is wrong, a sentence
     * @param action what to do about it, a sentence
     */
    AcceptorRefusedException(String description, String action, @Nullable Throwable cause) {
        super(description, cause);
        this.action = action;
    }

    /** What to do about it. */
    public String action() {
        return action;
    }
}
