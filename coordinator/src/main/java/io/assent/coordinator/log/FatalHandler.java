package io.assent.coordinator.log;

import org.jspecify.annotations.Nullable;

/**
 * Is told that the log of this node cannot go on: the process must end, and what is on disk is as good as before. Told
 * once, on any thread of the log; returns at once.
 */
@FunctionalInterface
public interface FatalHandler {

    /**
     * The log cannot go on.
     *
     * @param reason a sentence for an operator
     */
    void fatal(String reason, @Nullable Throwable cause);
}
