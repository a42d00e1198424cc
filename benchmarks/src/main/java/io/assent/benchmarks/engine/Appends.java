package io.assent.benchmarks.engine;

import io.assent.benchmarks.micro.Transfers;
import io.assent.coordinator.runtime.Log;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.LogRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Hands batches of transfers' records to a log, a fixed number at a time, and counts what comes back. */
final class Appends implements Log.Listener {

    private static final long INCARNATION = 0x0bad_cafe_0bad_cafeL;
    private static final IncarnationKey KEY = new IncarnationKey(new byte[IncarnationKey.LENGTH]);
    private static final int DIGITS = 3;
    private static final long TO_END_SECONDS = 30;

    private final Log log;
    private final Map<Long, Long> sentAt = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final Deque<LogRecord> waiting = new ArrayDeque<>();
    private volatile Semaphore places = new Semaphore(0);
    private volatile Histogram applied = new ConcurrentHistogram(DIGITS);
    private volatile long term;
    private long sequence;

    Appends(Log log) {
        this.log = log;
    }

    /**
     * What a window showed.
     *
     * @param entries applied entries per second
     * @param p50 milliseconds from handing a batch over to its application
     * @param p99 likewise
     * @param failures batches that were refused or whose fate is unknown
     */
    record Result(double entries, double p50, double p99, long failures) {}

    boolean leads() {
        return term != 0;
    }

    /** Creates the group, unless it is there; returns when that is applied. */
    void found() throws InterruptedException {
        if (log.state().founded() == null) {
            places = new Semaphore(1);
            send(List.of(Transfers.founded(INCARNATION, KEY)));
            awaitAll(1);
        }
    }

    /** Keeps this many batches of this many records under way, for the warm-up and the window. */
    Result run(int records, int outstanding, long warmUpNanos, long nanos) throws InterruptedException {
        places = new Semaphore(outstanding);
        failures.set(0);
        fill(records, System.nanoTime() + warmUpNanos);
        applied = new ConcurrentHistogram(DIGITS);
        long begin = System.nanoTime();
        fill(records, begin + nanos);
        double seconds = (System.nanoTime() - begin) / 1e9;
        Histogram counted = applied;
        awaitAll(outstanding);
        return new Result(
                counted.getTotalCount() / seconds,
                counted.getValueAtPercentile(50) / 1e6,
                counted.getValueAtPercentile(99) / 1e6,
                failures.get());
    }

    private void fill(int records, long until) throws InterruptedException {
        while (System.nanoTime() - until < 0) {
            send(batch(records));
        }
    }

    private void awaitAll(int outstanding) throws InterruptedException {
        if (!places.tryAcquire(outstanding, TO_END_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("Batches did not come back within " + TO_END_SECONDS + " s");
        }
    }

    private void send(List<LogRecord> batch) throws InterruptedException {
        places.acquire();
        long number = numbers.incrementAndGet();
        sentAt.put(number, System.nanoTime());
        log.append(new Log.BatchId(number), log.leadership().term(), batch);
    }

    /** The next records of a stream of transfers, each with its three. */
    private List<LogRecord> batch(int size) {
        List<LogRecord> batch = new ArrayList<>(size);
        while (batch.size() < size) {
            if (waiting.isEmpty()) {
                TransactionId.Birth birth = new TransactionId.Birth(0, INCARNATION, term, sequence++);
                waiting.addAll(Transfers.records(Transfers.id(birth, KEY)));
            }
            batch.add(waiting.remove());
        }
        return batch;
    }

    @Override
    public void applied(Log.BatchId id, long index, long entryTerm, List<Fact> facts) {
        Long since = sentAt.remove(id.number());
        if (since != null) {
            applied.recordValue(System.nanoTime() - since);
            places.release();
        }
    }

    @Override
    public void refused(Log.BatchId id) {
        failed(id);
    }

    @Override
    public void unknown(Log.BatchId id) {
        failed(id);
    }

    private void failed(Log.BatchId id) {
        if (sentAt.remove(id.number()) != null) {
            failures.incrementAndGet();
            places.release();
        }
    }

    @Override
    public void gained(long newTerm) {
        term = newTerm;
    }

    @Override
    public void lost() {
        term = 0;
    }
}
