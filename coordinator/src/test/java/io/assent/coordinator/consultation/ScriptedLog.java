package io.assent.coordinator.consultation;

import io.assent.coordinator.runtime.Log;
import io.assent.protocol.Births;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.SlotRange;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The log of the imaginary group as a test wants it. */
final class ScriptedLog implements Log {

    static final long TERM = 5;

    private final GroupState state = new GroupState(Births.GROUP);
    private volatile boolean caughtUp;

    ScriptedLog() {
        state.apply(
                new LogRecord.Founded(
                        Births.INCARNATION, Births.KEY, 0, List.of(new SlotRange(0, SlotRange.SLOTS - 1))),
                1);
    }

    /** It is read to its end. */
    void isCaughtUp() {
        caughtUp = true;
    }

    void apply(LogRecord record) {
        state.apply(record, TERM);
    }

    @Override
    public void append(BatchId id, long term, List<LogRecord> batch) {
        throw new UnsupportedOperationException("Nothing is written in these tests");
    }

    @Override
    public void listen(Listener listener) {}

    @Override
    public GroupState state() {
        return state;
    }

    @Override
    public long appliedIndex() {
        return 1;
    }

    @Override
    public long staleMillis() {
        return 0;
    }

    @Override
    public Leadership leadership() {
        return new Leadership(TERM, "n1", true);
    }

    @Override
    public Status status() {
        return new Status(leadership(), caughtUp, true, List.of());
    }

    @Override
    public String replica() {
        return "n1";
    }

    @Override
    public void handOver(Predicate<String> to) {
        throw new UnsupportedOperationException("Nobody else is there to lead");
    }

    @Override
    public CompletionStage<Members> settle(String node, @Nullable String replica) {
        throw new UnsupportedOperationException("The members do not change in these tests");
    }
}
