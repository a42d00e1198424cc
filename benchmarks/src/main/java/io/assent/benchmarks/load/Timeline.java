package io.assent.benchmarks.load;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** When things happened, on the clock of {@link System#nanoTime}; any thread may add. */
public final class Timeline {

    private final Queue<Long> moments = new ConcurrentLinkedQueue<>();

    /** Adds a moment. */
    public void add(long nanoTime) {
        moments.add(nanoTime);
    }

    /** How many moments lie in the window. */
    public long countBetween(long from, long to) {
        return moments.stream()
                .filter(moment -> moment - from >= 0 && moment - to < 0)
                .count();
    }

    /** How long after the begin of the window its last moment lies, in nanoseconds; zero when there is none. */
    public long lastBetween(long from, long to) {
        return moments.stream()
                .filter(moment -> moment - from >= 0 && moment - to < 0)
                .mapToLong(moment -> moment - from)
                .max()
                .orElse(0);
    }

    /**
     * The longest time without a moment in the window, which itself counts as if there were moments at its ends.
     *
     * @return nanoseconds
     */
    public long longestGap(long from, long to) {
        long[] inside = moments.stream()
                .mapToLong(moment -> moment - from)
                .filter(moment -> moment >= 0 && moment <= to - from)
                .sorted()
                .toArray();
        long[] all = Arrays.copyOf(inside, inside.length + 1);
        all[inside.length] = to - from;
        long longest = 0;
        long previous = 0;
        for (long moment : all) {
            longest = Math.max(longest, moment - previous);
            previous = moment;
        }
        return longest;
    }
}
