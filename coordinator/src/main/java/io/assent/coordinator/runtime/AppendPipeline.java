package io.assent.coordinator.runtime;

import io.assent.protocol.Member;
import io.assent.protocol.group.LogRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What one leader hands to the log: records collect while earlier batches are under way, and go out at once when few
 * are. That is group commit; nothing waits for company. Used by the loop only.
 */
final class AppendPipeline {

    private static final AtomicLong BATCHES = new AtomicLong();
    private static final int MAX_IN_FLIGHT = 8;
    private static final int MAX_RECORDS = 128;
    private static final int MAX_BYTES = Log.MAX_ENTRY_BYTES - 8 * 1024;
    private static final long REFUSAL_PAUSE_MILLIS = 10;
    private static final long UNKNOWN_PAUSE_MILLIS = 200;

    private final Log log;
    private final long term;
    private final Deque<LogRecord> pending = new ArrayDeque<>();
    private final Map<Log.BatchId, Batch> inFlight = new HashMap<>();
    private List<CompletableFuture<Answer>> barriers = new ArrayList<>();
    private long pausedUntil;
    private long lastFlush;

    /** A batch under way. */
    record Batch(List<LogRecord> records, List<CompletableFuture<Answer>> barriers) {}

    /** What the leader of this term hands over. */
    AppendPipeline(Log log, long term) {
        this.log = log;
        this.term = term;
    }

    void add(LogRecord record) {
        pending.add(record);
    }

    /** Completes the future when an entry that is appended from now on is applied. */
    void addBarrier(CompletableFuture<Answer> barrier) {
        barriers.add(barrier);
    }

    /** When a batch was handed over last. */
    long lastFlush() {
        return lastFlush;
    }

    /** Whether nothing waits and nothing is under way. */
    boolean isIdle() {
        return pending.isEmpty() && barriers.isEmpty() && inFlight.isEmpty();
    }

    int pending() {
        return pending.size();
    }

    /** How long until {@link #flush} has something to do again that waits for time alone; a large number for never. */
    long millisUntilResume(long now) {
        boolean waiting = !pending.isEmpty() || !barriers.isEmpty();
        return waiting && inFlight.size() < MAX_IN_FLIGHT ? Math.max(1, pausedUntil - now) : Long.MAX_VALUE;
    }

    void flush(long now) {
        while (inFlight.size() < MAX_IN_FLIGHT && now >= pausedUntil && (!pending.isEmpty() || !barriers.isEmpty())) {
            List<LogRecord> records = new ArrayList<>();
            int bytes = 0;
            while (!pending.isEmpty()
                    && records.size() < MAX_RECORDS
                    && (records.isEmpty() || bytes + sizeOf(pending.peek()) <= MAX_BYTES)) {
                LogRecord record = pending.remove();
                bytes += sizeOf(record);
                records.add(record);
            }
            Log.BatchId id = new Log.BatchId(BATCHES.incrementAndGet());
            inFlight.put(id, new Batch(records, barriers));
            barriers = new ArrayList<>();
            lastFlush = now;
            log.append(id, term, records);
        }
    }

    /** The batch whose result has come, or null when it was not of this leader. */
    @Nullable
    Batch finish(Log.BatchId id) {
        return inFlight.remove(id);
    }

    /** Puts what was surely not appended, or whose fate nobody knows, in line again: records are idempotent (G3). */
    void again(Batch batch, boolean unknown, long now) {
        for (int i = batch.records().size() - 1; i >= 0; i--) {
            pending.addFirst(batch.records().get(i));
        }
        barriers.addAll(batch.barriers());
        pausedUntil = now + (unknown ? UNKNOWN_PAUSE_MILLIS : REFUSAL_PAUSE_MILLIS);
    }

    /** Tells who waits at a barrier that this node leads no more. */
    void abandon() {
        inFlight.values().forEach(batch -> barriers.addAll(batch.barriers()));
        barriers.forEach(barrier -> barrier.complete(Answer.Plain.LEADER_CHANGED));
    }

    /** At most this many bytes; texts count three bytes a character. */
    static int sizeOf(LogRecord record) {
        return switch (record) {
            case LogRecord.Enrolled r ->
                128
                        + 3 * (length(r.key()) + length(r.digest()))
                        + sizeOf(r.members() == null ? List.of() : r.members());
            case LogRecord.Decided r -> 64 + sizeOf(r.members());
            case LogRecord.Learned r -> 64 + sizeOf(r.members());
            case LogRecord.OnePhase r -> 64 + sizeOf(List.of(r.member()));
            case LogRecord.Acknowledged r -> 64 + 70 * r.participants().size();
            case LogRecord.HeuristicResolved r -> 128 + 3 * (length(r.participant()) + length(r.operator()));
            case LogRecord.Founded r -> 128 + 4 * r.slots().size();
            case LogRecord.Aborted r -> 64;
            case LogRecord.Adopted r -> 64;
            case LogRecord.OnePhaseResult r -> 64;
            case LogRecord.HeuristicReported r -> 128 + 3 * length(r.participant());
            case LogRecord.Forgotten r -> 64;
            case LogRecord.Acceptors r -> 64 + 128 * r.acceptors().size();
            case LogRecord.Holders r -> 64 + 80 * r.replicas().size();
        };
    }

    private static int sizeOf(List<Member> members) {
        int size = 0;
        for (Member m : members) {
            size += 32
                    + 3
                            * (length(m.participant())
                                    + length(m.endpoint())
                                    + length(m.fallbackEndpoint())
                                    + length(m.token()));
        }
        return size;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
