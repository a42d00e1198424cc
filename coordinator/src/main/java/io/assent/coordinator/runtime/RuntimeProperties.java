package io.assent.coordinator.runtime;

import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.group.SlotRange;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the log is told of transactions, and how much a leader holds.
 *
 * @param intent From when on the log knows a transaction: off, prepare or begin. Without effect on PAXOS_COMMIT.
 * @param retention How long outcomes are kept after a transaction's birth; 1s to 365d. As long every coordinator keeps
 *     about 750 bytes of heap for each PAXOS_COMMIT transaction.
 * @param heartbeat How often a leader with followers writes an empty entry when it has nothing else to write, so that
 *     their bounded reads stay fresh; 0 for never.
 * @param openTransactions How many transactions of a group may be open before begin is refused.
 * @param pendingRecords How many records of a group may wait for the log before begin and enlist are refused.
 * @param requests How many requests of a group may wait for its loop.
 * @param recentAborted Of how many aborted transactions of a group reason and branches are kept in memory.
 * @param recentCommitted Of how many committed transactions of a group the details are kept in memory.
 */
@ConfigurationProperties("assent.log")
public record RuntimeProperties(
        @DefaultValue("PREPARE") IntentLog intent,
        @DefaultValue("24h") Duration retention,
        @DefaultValue("500ms") Duration heartbeat,
        @DefaultValue("20000") int openTransactions,
        @DefaultValue("4096") int pendingRecords,
        @DefaultValue("16384") int requests,
        @DefaultValue("100000") int recentAborted,
        @DefaultValue("10000") int recentCommitted) {

    private static final int COMMIT_REQUESTS = 2_048;

    public RuntimeProperties {
        require(retention.toSeconds() >= 1 && retention.toDays() <= 365, "assent.log.retention must be 1s to 365d");
        require(heartbeat.isZero() || heartbeat.toMillis() >= 50, "assent.log.heartbeat must be 0, or at least 50ms");
        require(
                openTransactions >= 1 && pendingRecords >= 1 && requests >= 1,
                "assent.log.open-transactions, pending-records and requests must be at least 1");
        require(
                recentAborted >= 0 && recentCommitted >= 0,
                "assent.log.recent-aborted and recent-committed must not be negative");
    }

    /**
     * The settings of one group's runtime.
     *
     * @param alone whether the group has one replica, and so no followers to keep fresh
     */
    public RuntimeSettings settings(List<SlotRange> slots, boolean alone, SteadyClock clock, Observer observer) {
        RuntimeLimits limits = new RuntimeLimits(
                openTransactions, pendingRecords, requests, COMMIT_REQUESTS, recentAborted, recentCommitted, retention);
        return new RuntimeSettings(limits, intent, slots, alone ? Duration.ZERO : heartbeat, clock, observer);
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence + ".");
        }
    }
}
