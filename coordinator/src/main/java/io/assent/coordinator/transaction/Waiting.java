package io.assent.coordinator.transaction;

import io.assent.coordinator.runtime.Answer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Parks a request's thread on the one future of its answer. */
final class Waiting {

    private Waiting() {}

    /** The answer, or nothing when it does not come in time; the future is cancelled then. */
    static Optional<Answer> on(CompletableFuture<Answer> future, Duration longest) {
        try {
            return Optional.of(future.get(longest.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            future.cancel(false);
            return Optional.empty();
        } catch (InterruptedException e) {
            future.cancel(false);
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("The runtime broke its promise never to fail an answer", e.getCause());
        }
    }
}
