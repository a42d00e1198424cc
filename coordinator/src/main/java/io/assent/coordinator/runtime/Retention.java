package io.assent.coordinator.runtime;

import io.assent.protocol.coordinator.Forgetting;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.paxoscommit.Floor;
import java.util.Optional;

/** Decides when a leader looks whether its group's horizon may move. */
final class Retention {

    private static final long MARKS_IN_A_RETENTION = 1_440;
    private static final long SHORTEST_INTERVAL_MILLIS = 1_000;

    private final long retentionMillis;
    private final long intervalMillis;
    private long next;

    Retention(RuntimeLimits limits, long now) {
        retentionMillis = limits.retention().toMillis();
        intervalMillis = Math.max(SHORTEST_INTERVAL_MILLIS, retentionMillis / MARKS_IN_A_RETENTION);
        next = now + intervalMillis;
    }

    long next() {
        return next;
    }

    /** The record that is due now, or nothing; an idle group gets none. */
    Optional<LogRecord> due(long now, GroupState state, TransactionTable table, Floor floor) {
        if (now < next) {
            return Optional.empty();
        }
        next = now + intervalMillis;
        Horizon wanted = Forgetting.wanted(state, table, now, retentionMillis);
        return Forgetting.record(state, table, floor.allow(wanted, now), now);
    }
}
