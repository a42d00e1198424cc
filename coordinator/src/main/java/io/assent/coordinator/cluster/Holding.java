package io.assent.coordinator.cluster;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Lets requests wait for something to come true, on their own threads: a bounded time, and a bounded number of them. */
@Component
public final class Holding {

    private static final long PAUSE_NANOS = Duration.ofMillis(25).toNanos();

    private final Duration longest;
    private final Semaphore places;

    Holding(ClusterProperties properties) {
        longest = properties.hold();
        places = new Semaphore(properties.maxHeld());
    }

    /**
     * Tries at once, then again and again.
     *
     * @return what the attempt gave at last, or nothing when the time is over or too many wait already
     */
    public <T> Optional<T> until(Supplier<Optional<T>> attempt) {
        Optional<T> first = attempt.get();
        if (first.isPresent() || !places.tryAcquire()) {
            return first;
        }
        try {
            long end = System.nanoTime() + longest.toNanos();
            while (System.nanoTime() - end < 0 && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(PAUSE_NANOS);
                Optional<T> answer = attempt.get();
                if (answer.isPresent()) {
                    return answer;
                }
            }
            return Optional.empty();
        } finally {
            places.release();
        }
    }

    /** How long a request waits at most. */
    public Duration longest() {
        return longest;
    }
}
