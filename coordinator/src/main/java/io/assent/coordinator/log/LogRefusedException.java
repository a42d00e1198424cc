package io.assent.coordinator.log;

import org.jspecify.annotations.Nullable;

/** The replicated log must not, or cannot, start here. */
public final class LogRefusedException extends RuntimeException {

    private final String action;

    /**
     * A refusal.
     *
     * @param description what is wrong, a sentence
     * @param action what to do about it, a sentence
     */
    LogRefusedException(String description, String action, @Nullable Throwable cause) {
        super(description, cause);
        this.action = action;
    }

    /** What to do about it. */
    public String action() {
        return action;
    }
}
