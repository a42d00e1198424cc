package io.assent.coordinator.log;

import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Log.BatchId;
import io.assent.protocol.group.LogRecord;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.RaftClientReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the batches of one group to the engine, on one thread, because the engine makes its caller wait when its queue
 * is full. A batch is handed over once and never again: what became of it is told by the applied entry, or it is
 * refused, or its fate is unknown.
 */
final class Submitter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Submitter.class);
    private static final long POLL_MILLIS = 500;

    private final String name;
    private final Entry.Origin origin;
    private final Engine engine;
    private final Verdicts verdicts;
    private final int capacity;
    private final BlockingQueue<PendingBatch> queue;
    private final Map<Long, PendingBatch> pending = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;

    /** How a request reaches the engine. */
    interface Engine {
        /** Submits an entry; the answer tells failures only. May make the caller wait, but not for a commit. */
        CompletableFuture<RaftClientReply> submit(long number, byte[] entry) throws IOException;

        /** Whether batches may be submitted now. */
        boolean isOpen();
    }

    /** Who is told of batches that were given up. */
    interface Verdicts {
        void refused(BatchId id);

        void unknown(BatchId id);
    }

    Submitter(String name, Entry.Origin origin, int capacity, Engine engine, Verdicts verdicts) {
        this.name = name;
        this.origin = origin;
        this.capacity = capacity;
        this.engine = engine;
        this.verdicts = verdicts;
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.thread =
                Thread.ofPlatform().name("assent-log-submit-" + name).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Takes a batch, or refuses it at once. */
    void append(BatchId id, long term, List<LogRecord> records) {
        PendingBatch batch = new PendingBatch(numbers.incrementAndGet(), id, term, records, System.nanoTime());
        if (closed || pending.size() >= capacity || !engine.isOpen()) {
            verdicts.refused(id);
            return;
        }
        pending.put(batch.number(), batch);
        if (!queue.offer(batch) || closed) {
            giveUp(batch);
        }
    }

    /** The batch with this number that is under way, or null. */
    @Nullable
    PendingBatch underWay(long number) {
        return pending.get(number);
    }

    /** How many batches are under way. */
    int size() {
        return pending.size();
    }

    /** The batch that this applied entry carries, if this process waits for it: it is settled now. */
    @Nullable
    PendingBatch settle(Entry entry) {
        PendingBatch batch = entry.origin().equals(origin) ? pending.remove(entry.batch()) : null;
        return batch != null && batch.apply() ? batch : null;
    }

    /** Gives up what has been under way for longer than this. */
    void giveUpOlderThan(long nanos) {
        long now = System.nanoTime();
        for (PendingBatch batch : pending.values()) {
            if (now - batch.since() > nanos) {
                giveUp(batch);
            }
        }
    }

    /** Takes no more, and gives up everything that is under way. */
    @Override
    public void close() {
        closed = true;
        pending.values().forEach(this::giveUp);
    }

    private void giveUp(PendingBatch batch) {
        pending.remove(batch.number());
        PendingBatch.Verdict verdict = batch.giveUp();
        if (verdict == PendingBatch.Verdict.REFUSED) {
            verdicts.refused(batch.id());
        } else if (verdict == PendingBatch.Verdict.UNKNOWN) {
            verdicts.unknown(batch.id());
        }
    }

    private void run() {
        try {
            while (!closed) {
                PendingBatch batch = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (batch != null && batch.submit()) {
                    submit(batch);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void submit(PendingBatch batch) {
        try {
            byte[] entry = new Entry(origin, batch.number(), batch.term(), batch.records()).toByteArray();
            // The engine's leader would step down over an entry that is larger than its buffer.
            if (entry.length > Log.MAX_ENTRY_BYTES) {
                LOG.error(
                        "log={} refused a batch of {} records: {} bytes are more than {}",
                        name,
                        batch.records().size(),
                        entry.length,
                        Log.MAX_ENTRY_BYTES);
                giveUp(batch);
                return;
            }
            var unused = engine.submit(batch.number(), entry).whenComplete((reply, failure) -> {
                if (failure != null || reply.getException() != null) {
                    LOG.debug("log={} batch={} was not applied here", name, batch.number(), causeOf(reply, failure));
                    giveUp(batch);
                }
            });
        } catch (IOException | RuntimeException e) {
            LOG.debug("log={} batch={} was not taken by the engine", name, batch.number(), e);
            giveUp(batch);
        }
    }

    private static @Nullable Throwable causeOf(@Nullable RaftClientReply reply, @Nullable Throwable failure) {
        return failure != null || reply == null ? failure : reply.getException();
    }
}
