package io.assent.protocol.coordinator;

import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.Mark;
import io.assent.protocol.group.OpenTransaction;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rule FORGET: a leader moves its group's horizon only over transactions that are finished with all acknowledgements
 * in the log, and that are older than the retention. Ages come from marks in the log, so that a change of leader does
 * not make everything young again.
 */
public final class Forgetting {

    private Forgetting() {}

    /**
     * As far as the horizon may move, before acceptors are asked (Q6).
     *
     * @param now milliseconds since 1970, by the leader's clock
     * @param retentionMillis how old what is forgotten must be
     */
    public static Horizon wanted(GroupState state, LeaderTable table, long now, long retentionMillis) {
        Horizon oldestUnfinished = oldestUnfinished(state, table);
        return state.marks().stream()
                .filter(mark -> mark.at() <= now - retentionMillis)
                .map(Mark::born)
                .filter(born -> born.compareTo(oldestUnfinished) < 0)
                .reduce((earlier, later) -> later)
                .orElse(state.horizon());
    }

    private static Horizon oldestUnfinished(GroupState state, LeaderTable table) {
        Stream<Horizon> inLog =
                state.open().stream().limit(1).map(OpenTransaction::id).map(Horizon::of);
        Stream<Horizon> inMemory = table.ids().stream().map(Horizon::of);
        return Stream.concat(inLog, inMemory)
                .min(Horizon::compareTo)
                .orElse(new Horizon(Long.MAX_VALUE, Long.MAX_VALUE));
    }

    /**
     * The record that moves the horizon and marks what was born until now; nothing where neither is news.
     *
     * @param allowed as far as the horizon may move
     * @param now milliseconds since 1970, by the leader's clock
     */
    public static Optional<LogRecord> record(GroupState state, LeaderTable table, Horizon allowed, long now) {
        Horizon lastMark = state.marks().stream()
                .reduce((earlier, later) -> later)
                .map(Mark::born)
                .orElse(Horizon.NONE);
        // Nothing of this term was born while nothing is issued: its first transaction must not be below a horizon.
        Horizon born = table.issuedSequence() < 0 ? lastMark : new Horizon(table.term(), table.issuedSequence());
        boolean news = born.compareTo(lastMark) > 0;
        return news || allowed.compareTo(state.horizon()) > 0
                ? Optional.of(new LogRecord.Forgotten(allowed, new Mark(now, born)))
                : Optional.empty();
    }
}
