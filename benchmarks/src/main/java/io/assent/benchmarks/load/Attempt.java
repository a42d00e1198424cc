package io.assent.benchmarks.load;

import org.jspecify.annotations.Nullable;

/**
 * How one piece of work ended.
 *
 * @param ending {@link #COMMITTED}, or in a word why not: a problem type, a status, a class of exception
 * @param transaction the id of its transaction, or null when there is none
 * @param lastStepNanos how long its last request took, from which its answer was awaited
 */
public record Attempt(String ending, @Nullable String transaction, long lastStepNanos) {

    /** The ending of what went well. */
    public static final String COMMITTED = "committed";

    /** The ending of a transaction that aborted. */
    public static final String ABORTED = "transaction-aborted";

    /** Whether it went well. */
    public boolean isCommitted() {
        return ending.equals(COMMITTED);
    }

    /** Whether the server refused it before it did anything, and said to come again: 429 or 503. */
    public boolean isRefused() {
        return ending.equals("overloaded") || ending.equals("no-quorum") || ending.equals("not-ready");
    }
}
