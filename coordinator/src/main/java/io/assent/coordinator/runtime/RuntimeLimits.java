package io.assent.coordinator.runtime;

import java.time.Duration;

/**
 * The bounds of one group's runtime; each refuses with {@link Answer.Plain#OVERLOADED} where it is reached, and none
 * ever stops a decided transaction.
 *
 * @param openTransactions how many transactions may be open before begin is refused
 * @param pendingRecords how many records may wait for the log before begin and enlist are refused
 * @param requests how many requests may wait for the loop
 * @param commitRequests how many more places commit and abort requests have
 * @param recentAborted of how many aborted transactions reason and branches are kept in memory
 * @param recentCommitted of how many committed transactions the details are kept in memory
 * @param retention how long outcomes are kept; transactions older than this, and finished, are forgotten
 */
public record RuntimeLimits(
        int openTransactions,
        int pendingRecords,
        int requests,
        int commitRequests,
        int recentAborted,
        int recentCommitted,
        Duration retention) {

    /** The bounds that fit a coordinator with 1 GiB of heap. */
    public static final RuntimeLimits DEFAULT =
            new RuntimeLimits(20_000, 4_096, 16_384, 2_048, 100_000, 10_000, Duration.ofHours(24));
}
