package io.assent.participant.initiator;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One coordinator gave no answer, or one that a repetition may change: ask another one, or the same again. */
final class NoAnswerException extends RuntimeException {

    private final Duration retryAfter;

    /**
     * No answer.
     *
     * @param message who was asked, and what came instead
     * @param retryAfter how long the coordinator wants to be left alone; zero when it does not tell
     * @param cause what failed, or null
     */
    NoAnswerException(String message, Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.retryAfter = retryAfter;
    }

    Duration retryAfter() {
        return retryAfter;
    }
}
