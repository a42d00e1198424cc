package io.assent.coordinator.log;

import java.util.concurrent.TimeUnit;

/**
 * How long ago entries reached this replica. The engine does not say, so the end of the log is sampled: an entry that
 * is behind the end of one sample and before the end of the next came after the first. What is told is therefore never
 * too little, and too much by at most the time between two samples.
 */
final class Freshness {

    /** Told when it is longer ago than the samples go back. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private static final int SAMPLES = 128;

    private final long[] times = new long[SAMPLES];
    private final long[] ends = new long[SAMPLES];
    private int count;

    /** Notes the index of the last entry in the log. */
    synchronized void sample(long lastIndex) {
        times[count % SAMPLES] = System.nanoTime();
        ends[count % SAMPLES] = lastIndex;
        count++;
    }

    /** How long ago this entry came, at most; {@link #UNKNOWN} when that is not known. */
    synchronized long millisSince(long index) {
        for (int back = 1; back <= Math.min(count, SAMPLES); back++) {
            int slot = (count - back) % SAMPLES;
            if (ends[slot] < index) {
                return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - times[slot]);
            }
        }
        return UNKNOWN;
    }
}
