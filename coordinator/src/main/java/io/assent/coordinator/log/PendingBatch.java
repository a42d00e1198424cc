package io.assent.coordinator.log;

import io.assent.coordinator.runtime.Log.BatchId;
import io.assent.protocol.group.LogRecord;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A batch of this process between {@code append} and the one thing that is told about it. What becomes of it is decided
 * by a single change of its stage, so a deadline, an answer of the engine and the applied entry cannot contradict each
 * other: a batch that was given up before the engine appended it is never appended afterwards.
 */
final class PendingBatch {

    private enum Stage {
        /** Waits for the submitter. */
        QUEUED,
        /** Handed to the engine, which has not appended it yet. */
        SUBMITTED,
        /** In the log of this replica: only the log knows its fate. */
        APPENDED,
        /** Told. */
        SETTLED
    }

    /** What to tell of a batch that is given up. */
    enum Verdict {
        REFUSED,
        UNKNOWN
    }

    private final long number;
    private final BatchId id;
    private final long term;
    private final List<LogRecord> records;
    private final long since;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.QUEUED);

    /**
     * A batch that waits.
     *
     * @param number unique in this run of the node: what the entry carries
     * @param term the term of the leader that wrote the records
     * @param since {@link System#nanoTime} of its arrival
     */
    PendingBatch(long number, BatchId id, long term, List<LogRecord> records, long since) {
        this.number = number;
        this.id = id;
        this.term = term;
        this.records = List.copyOf(records);
        this.since = since;
    }

    long number() {
        return number;
    }

    BatchId id() {
        return id;
    }

    long term() {
        return term;
    }

    List<LogRecord> records() {
        return records;
    }

    long since() {
        return since;
    }

    /** Takes it out of the queue; false when it was given up meanwhile. */
    boolean submit() {
        return stage.compareAndSet(Stage.QUEUED, Stage.SUBMITTED);
    }

    /** Notes that the engine appends it now; false when it was given up meanwhile, and then it must not be. */
    boolean append() {
        return stage.compareAndSet(Stage.SUBMITTED, Stage.APPENDED);
    }

    /** Settles it as applied; false when something else was told already. */
    boolean apply() {
        return stage.getAndSet(Stage.SETTLED) != Stage.SETTLED;
    }

    /** Gives it up; null when something was told already. */
    @Nullable
    Verdict giveUp() {
        return switch (stage.getAndSet(Stage.SETTLED)) {
            case QUEUED, SUBMITTED -> Verdict.REFUSED;
            case APPENDED -> Verdict.UNKNOWN;
            case SETTLED -> null;
        };
    }
}
