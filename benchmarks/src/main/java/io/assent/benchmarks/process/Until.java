package io.assent.benchmarks.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Waiting for something to become so. */
public final class Until {

    private Until() {}

    /**
     * Asks again and again until there is an answer.
     *
     * @throws IllegalStateException when there is none within the time
     */
    public static <T> T present(String what, Duration time, Duration pause, Supplier<Optional<T>> question) {
        long end = System.nanoTime() + time.toNanos();
        Optional<T> answer = question.get();
        while (answer.isEmpty()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(what + " did not come about within " + time.toSeconds() + " s");
            }
            passed(pause);
            answer = question.get();
        }
        return answer.get();
    }

    /** Lets the time pass. */
    public static void passed(Duration time) {
        try {
            boolean never = new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS);
            if (never) {
                throw new IllegalStateException("Nobody counts this latch down");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while measuring", e);
        }
    }
}
