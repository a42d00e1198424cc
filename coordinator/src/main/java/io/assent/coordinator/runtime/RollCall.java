package io.assent.coordinator.runtime;

import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * When a leader has the log say which replicas have had data: as soon as it hears of them. A node that comes back without
 * data is told by that from one that starts for the first time, whoever leads by then. Used by the loop only.
 */
final class RollCall {

    private static final long LOOK_MILLIS = 1_000;

    /** While all are known; members change now and then. */
    private static final long IDLE_MILLIS = 5_000;

    private long next;

    RollCall(long now) {
        next = now + LOOK_MILLIS;
    }

    long next() {
        return next;
    }

    /** The record that is due now, or nothing. A replica without others has nobody who could tell it. */
    Optional<LogRecord> due(long now, GroupState state, Log log) {
        if (now < next) {
            return Optional.empty();
        }
        List<Log.Replica> replicas = log.status().replicas();
        if (replicas.size() < 2) {
            next = Long.MAX_VALUE;
            return Optional.empty();
        }
        TreeSet<String> holders = new TreeSet<>();
        for (Log.Replica replica : replicas) {
            Long last = replica.lastIndex();
            if (replica.id() != null && last != null && last >= 0) {
                holders.add(replica.id());
            }
        }
        next = now + (holders.size() == replicas.size() ? IDLE_MILLIS : LOOK_MILLIS);
        holders.removeAll(state.holders());
        return holders.isEmpty() ? Optional.empty() : Optional.of(new LogRecord.Holders(List.copyOf(holders)));
    }
}
