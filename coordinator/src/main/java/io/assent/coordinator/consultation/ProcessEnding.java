package io.assent.coordinator.consultation;

import org.jspecify.annotations.Nullable;

/** Ends the process, because an acceptor of this node must not go on. Returns at once, on any thread. */
@FunctionalInterface
public interface ProcessEnding {

    /**
     * Ends it.
     *
     * @param reason a sentence for an operator
     * @param cause what it came from, or null
     */
    void because(String reason, @Nullable Throwable cause);
}
