package io.assent.benchmarks.load;

import io.assent.benchmarks.process.Until;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A fixed number of callers, each of which begins its next attempt when its last one has ended. It runs from its
 * creation until it is closed; windows are cut out of it, so that what is in flight at their ends cancels out.
 */
public final class ClosedLoop implements AutoCloseable {

    private static final Duration TO_END = Duration.ofSeconds(90);

    private final Workload workload;
    private final Observer observer;
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicLong running = new AtomicLong();
    private volatile Tally tally = new Tally();
    private volatile boolean stopped;

    /** Who wants to know of each attempt. */
    public interface Observer {

        /** Does nothing. */
        Observer NONE = (attempt, ended) -> {};

        /** An attempt ended at this {@link System#nanoTime}; called by many threads. */
        void ended(Attempt attempt, long ended);
    }

    /** Starts the callers. */
    public ClosedLoop(Workload workload, int callerCount, Observer observer) {
        this.workload = workload;
        this.observer = observer;
        running.set(callerCount);
        for (int i = 0; i < callerCount; i++) {
            callers.execute(this::call);
        }
    }

    private void call() {
        try {
            while (!stopped) {
                long begun = System.nanoTime();
                Attempt attempt = workload.attempt(numbers.getAndIncrement());
                long ended = System.nanoTime();
                tally.add(attempt, ended - begun);
                observer.ended(attempt, ended);
            }
        } finally {
            running.decrementAndGet();
        }
    }

    /** Lets the callers work for so long. */
    public void goOn(Duration time) {
        Until.passed(time);
    }

    /** What is counted between now and then. */
    public Measured window(Duration time, Probe probe) {
        Map<String, Double> before = probe.read(true);
        tally = new Tally();
        long begin = System.nanoTime();
        Until.passed(time);
        Tally counted = tally;
        tally = new Tally();
        long nanos = System.nanoTime() - begin;
        return Measured.between(counted, nanos, before, probe.read(false));
    }

    /** One window of a loop that runs for it alone. */
    public static Measured run(Workload workload, int callerCount, Duration warmUp, Duration time, Probe probe) {
        try (ClosedLoop loop = new ClosedLoop(workload, callerCount, Observer.NONE)) {
            loop.goOn(warmUp);
            return loop.window(time, probe);
        }
    }

    /** Lets every caller end its last attempt. */
    @Override
    public void close() {
        stopped = true;
        Until.present(
                "The end of the last attempts",
                TO_END,
                Duration.ofMillis(20),
                () -> running.get() == 0 ? Optional.of(true) : Optional.empty());
        callers.close();
    }
}
