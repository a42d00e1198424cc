package io.assent.bank.demo;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;

/** Waits until something is so. */
final class Patience {

    private static final Duration PAUSE = Duration.ofMillis(300);

    private Patience() {}

    /** It is not so yet. */
    private static final class NotYetException extends RuntimeException {}

    /**
     * Waits until the condition holds.
     *
     * @param what the condition, for people
     * @throws DemoException when it does not hold in time
     */
    static void until(String what, Duration atMost, BooleanSupplier condition) {
        if (!within(atMost, condition)) {
            throw new DemoException("After " + atMost.toSeconds() + " s it is still not so: " + what);
        }
    }

    /** Waits until the condition holds, but not longer than this; whether it holds. */
    static boolean within(Duration atMost, BooleanSupplier condition) {
        RetryPolicy policy = RetryPolicy.builder()
                .includes(NotYetException.class)
                .maxRetries(Long.MAX_VALUE)
                .delay(PAUSE)
                .timeout(atMost)
                .build();
        try {
            return new RetryTemplate(policy).<Boolean>execute(() -> {
                if (!condition.getAsBoolean()) {
                    throw new NotYetException();
                }
                return true;
            });
        } catch (RetryException e) {
            if (e.getLastException() instanceof DemoException failure) {
                throw failure;
            }
            return false;
        }
    }
}
