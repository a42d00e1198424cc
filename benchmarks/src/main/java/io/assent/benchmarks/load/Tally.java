package io.assent.benchmarks.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What was counted of the attempts of one window; any thread may add. */
public final class Tally {

    private static final int DIGITS = 3;

    private final Map<String, LongAdder> endings = new ConcurrentHashMap<>();
    private final Histogram committed = new ConcurrentHistogram(DIGITS);
    private final Histogram lastSteps = new ConcurrentHistogram(DIGITS);
    private final Histogram refused = new ConcurrentHistogram(DIGITS);

    /**
     * Adds one.
     *
     * @param nanos how long it took, from when it should have begun
     */
    public void add(Attempt attempt, long nanos) {
        endings.computeIfAbsent(attempt.ending(), ending -> new LongAdder()).increment();
        if (attempt.isCommitted()) {
            committed.recordValue(nanos);
            lastSteps.recordValue(attempt.lastStepNanos());
        } else if (attempt.isRefused()) {
            refused.recordValue(nanos);
        }
    }

    /** Notes something that has no duration, such as an arrival that was not sent. */
    public void note(String ending) {
        endings.computeIfAbsent(ending, unused -> new LongAdder()).increment();
    }

    /** How many went well. */
    public long committed() {
        return count(Attempt.COMMITTED);
    }

    /** How many ended so. */
    public long count(String ending) {
        LongAdder adder = endings.get(ending);
        return adder == null ? 0 : adder.sum();
    }

    /** How many ended otherwise than well, by ending. */
    public Map<String, Long> failures() {
        Map<String, Long> failures = new TreeMap<>();
        endings.forEach((ending, count) -> {
            if (!ending.equals(Attempt.COMMITTED)) {
                failures.put(ending, count.sum());
            }
        });
        return failures;
    }

    /** How long those took that went well. */
    public Latency latency() {
        return Latency.of(committed);
    }

    /** How long the last request took of those that went well. */
    public Latency lastStepLatency() {
        return Latency.of(lastSteps);
    }

    /** How long a refusal took. */
    public Latency refusalLatency() {
        return Latency.of(refused);
    }
}
