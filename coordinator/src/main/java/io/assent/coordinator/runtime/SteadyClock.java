package io.assent.coordinator.runtime;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Milliseconds since 1970 that never go back and never jump: the wall clock read once, then the monotonic clock. Time
 * is used for liveness only, so a drift against the wall clock harms nothing.
 */
public final class SteadyClock {

    private final LongSupplier nanos;
    private final long startMillis;
    private final long startNanos;

    /** A clock that starts at the wall clock's time. */
    public SteadyClock() {
        this(System.currentTimeMillis(), System::nanoTime);
    }

    /**
     * A clock.
     *
     * @param startMillis what it shows now, milliseconds since 1970
     * @param nanos what moves it
     */
    SteadyClock(long startMillis, LongSupplier nanos) {
        this.nanos = nanos;
        this.startMillis = startMillis;
        startNanos = nanos.getAsLong();
    }

    /** Nanoseconds since an arbitrary instant, to measure how long something takes. */
    long nanos() {
        return nanos.getAsLong();
    }

    /** Milliseconds since 1970. */
    public long millis() {
        return startMillis + TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - startNanos);
    }
}
