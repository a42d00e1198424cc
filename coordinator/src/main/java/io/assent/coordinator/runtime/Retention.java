package io.assent.coordinator.runtime;

import io.assent.protocol.TransactionId;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.Mark;
import io.assent.protocol.group.OpenTransaction;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides when a leader moves its group's horizon: only over transactions that are finished with all acknowledgements
 * in the log, and that are older than the retention (rule FORGET). Ages come from marks in the log, so that a change
 * of leader does not make everything young again.
 */
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
        Horizon horizon = floor.allow(horizon(now, state, table), now);
        Horizon lastMark = state.marks().stream()
                .reduce((earlier, later) -> later)
                .map(Mark::born)
                .orElse(Horizon.NONE);
        // Nothing of this term was born while nothing is issued: its first transaction must not be below a horizon.
        Horizon born = table.issuedSequence() < 0 ? lastMark : new Horizon(table.term(), table.issuedSequence());
        boolean news = born.compareTo(lastMark) > 0;
        return news || horizon.compareTo(state.horizon()) > 0
                ? Optional.of(new LogRecord.Forgotten(horizon, new Mark(now, born)))
                : Optional.empty();
    }

    private Horizon horizon(long now, GroupState state, TransactionTable table) {
        Horizon oldestUnfinished = oldestUnfinished(state, table);
        return state.marks().stream()
                .filter(mark -> mark.at() <= now - retentionMillis)
                .map(Mark::born)
                .filter(born -> born.compareTo(oldestUnfinished) < 0)
                .reduce((earlier, later) -> later)
                .orElse(state.horizon());
    }

    private static Horizon oldestUnfinished(GroupState state, TransactionTable table) {
        Stream<TransactionId> inLog = state.open().stream().limit(1).map(OpenTransaction::id);
        Stream<TransactionId> inMemory =
                table.entries().stream().map(entry -> entry.role().id());
        return Stream.concat(inLog, inMemory)
                .map(Horizon::of)
                .min(Horizon::compareTo)
                .orElse(new Horizon(Long.MAX_VALUE, Long.MAX_VALUE));
    }
}
