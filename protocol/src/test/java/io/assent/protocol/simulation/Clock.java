package io.assent.protocol.simulation;

/**
 * The clocks of one process. The wall clock differs from that of others and may jump; the monotonic clock, by which
 * a process waits, never does, but may run faster or slower than others'.
 */
final class Clock {

    private static final long START = 1_000_000_000;

    private final Scheduler scheduler;
    private final long offset;
    private long jumped;
    private double rate = 1;

    Clock(Scheduler scheduler, long offset) {
        this.scheduler = scheduler;
        this.offset = offset;
    }

    /** What the wall clock shows. */
    long wall() {
        return START + scheduler.now() + offset + jumped;
    }

    /** Sets the wall clock so far before or behind the true time; whether it goes forwards by that. */
    boolean set(long wrong) {
        boolean forwards = wrong > jumped;
        jumped = wrong;
        return forwards;
    }

    void drift(double newRate) {
        rate = newRate;
    }

    /** How long it really takes until the monotonic clock has moved by this much. */
    long lasts(long time) {
        return rate == 1 ? time : Math.round(time / rate);
    }

    boolean drifts() {
        return rate != 1;
    }

    /** The wall clock is set right, and the monotonic clock runs as it should. */
    void heal() {
        jumped = 0;
        rate = 1;
    }
}
