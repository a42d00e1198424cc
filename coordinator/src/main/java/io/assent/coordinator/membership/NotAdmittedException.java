package io.assent.coordinator.membership;

import org.jspecify.annotations.Nullable;

/** This node cannot be a member of a group, or not yet. */
public final class NotAdmittedException extends RuntimeException {

    private final String action;

    /**
     * A refusal.
     *
     * @param description what is wrong, a sentence
     * @param action what to do about it, sentences
     */
    NotAdmittedException(String description, String action, @Nullable Throwable cause) {
        super(description, cause);
        this.action = action;
    }

    /** What to do about it. */
    public String action() {
        return action;
    }
}
