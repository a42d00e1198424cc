package io.assent.participant;

import java.time.Duration;

/**
 * A point in time by which something must be done, on this process's monotonic clock: changes of the wall clock do not
 * move it, and it means nothing to any other process.
 */
public final class Deadline {

    private final long nanoTime;

    private Deadline(long nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * The deadline that is this far away.
     *
     * @param time at most some years
     */
    public static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** The deadline that is this much later. */
    public Deadline plus(Duration time) {
        return new Deadline(nanoTime + time.toNanos());
    }

    /** The time that is left, never negative. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
    }

    /** Whether no time is left. */
    public boolean isOver() {
        return nanoTime - System.nanoTime() <= 0;
    }
}
