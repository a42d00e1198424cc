package io.assent.benchmarks.load;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Attempts that arrive at a fixed rate, whatever became of the ones before. Latency counts from the moment at which an
 * attempt should have begun, so a server that stalls is charged for everybody who waited (no coordinated omission).
 */
public final class OpenLoop {

    /** The ending of an arrival that was not sent, because as many as allowed were in flight. */
    public static final String NOT_SENT = "not sent: too many in flight";

    private static final long TO_END_SECONDS = 90;

    private final Workload workload;
    private final double rate;
    private final int maxInFlight;

    /**
     * A loop.
     *
     * @param rate arrivals per second
     * @param maxInFlight the most that may be in flight; an arrival beyond it is counted and not sent
     */
    public OpenLoop(Workload workload, double rate, int maxInFlight) {
        this.workload = workload;
        this.rate = rate;
        this.maxInFlight = maxInFlight;
    }

    /**
     * What a run showed.
     *
     * @param window of what arrived after the warm-up
     * @param finished when attempts were committed
     * @param bad when those should have begun that were not committed, or not within the limit
     * @param from begin of the window, on the clock of {@link System#nanoTime}
     * @param to its end
     */
    public record Result(Measured window, Timeline finished, Timeline bad, long from, long to) {

        /** Commits per second while the window lasted, whenever they had arrived. */
        public double goodput() {
            return finished.countBetween(from, to) / window.seconds();
        }

        /** How long after its begin the last arrival of the window should have begun that went badly, in seconds. */
        public double secondsUntilWell() {
            return bad.lastBetween(from, to) / 1e9;
        }
    }

    /**
     * Runs it and waits for all that was sent.
     *
     * @param limit an attempt that takes longer is bad
     */
    public Result run(Duration warmUp, Duration time, Duration limit, Probe probe) {
        Run run = new Run(limit.toNanos());
        long begin = System.nanoTime();
        long from = begin + warmUp.toNanos();
        long to = from + time.toNanos();
        Map<String, Double> before = Map.of();
        boolean warm = false;
        for (long number = 0; ; number++) {
            long intended = begin + (long) (number * 1e9 / rate);
            if (intended - to >= 0) {
                break;
            }
            if (!warm && intended - from >= 0) {
                warm = true;
                before = probe.read(true);
            }
            sleepUntil(intended);
            run.arrive(number, intended, warm);
        }
        sleepUntil(to);
        Map<String, Double> after = probe.read(false);
        run.awaitEnd();
        return new Result(Measured.between(run.tally, to - from, before, after), run.finished, run.bad, from, to);
    }

    private static void sleepUntil(long moment) {
        long left = moment - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = moment - System.nanoTime();
        }
    }

    private final class Run {

        private final long limitNanos;
        private final Tally tally = new Tally();
        private final Timeline finished = new Timeline();
        private final Timeline bad = new Timeline();
        private final Semaphore places = new Semaphore(maxInFlight);
        private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

        Run(long limitNanos) {
            this.limitNanos = limitNanos;
        }

        void arrive(long number, long intended, boolean counted) {
            if (!places.tryAcquire()) {
                bad.add(intended);
                if (counted) {
                    tally.note(NOT_SENT);
                }
                return;
            }
            callers.execute(() -> {
                try {
                    attempt(number, intended, counted);
                } finally {
                    places.release();
                }
            });
        }

        private void attempt(long number, long intended, boolean counted) {
            Attempt attempt = workload.attempt(number);
            long ended = System.nanoTime();
            if (attempt.isCommitted()) {
                finished.add(ended);
            }
            if (!attempt.isCommitted() || ended - intended > limitNanos) {
                bad.add(intended);
            }
            if (counted) {
                tally.add(attempt, ended - intended);
            }
        }

        void awaitEnd() {
            try {
                if (!places.tryAcquire(maxInFlight, TO_END_SECONDS, TimeUnit.SECONDS)) {
                    tally.note("not ended after " + TO_END_SECONDS + " s");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            callers.shutdownNow();
        }
    }
}
