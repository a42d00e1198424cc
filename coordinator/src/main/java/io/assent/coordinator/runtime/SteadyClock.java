package io.assent.coordinator.runtime;

import java.util.concurrent.TimeUnit;

/**
 * Milliseconds since 1970 that never go back and never jump: the wall clock read once, then the monotonic clock. Time
 * is used for liveness only, so a drift against the wall clock harms nothing.
 */
public final class SteadyClock {

    private final long startMillis;
    private final long startNanos;

    /** A clock that starts at the wall clock's time. */
    public SteadyClock() {
        startMillis = System.currentTimeMillis();
        startNanos = System.nanoTime();
    }

    /** Milliseconds since 1970. */
    public long millis() {
        return startMillis + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }
}
