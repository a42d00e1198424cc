package io.assent.participant.initiator;

import io.assent.participant.Deadline;
import java.net.URI;
import java.time.Duration;
import java.util.function.Function;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.core.retry.Retryable;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Asks all coordinators, one after the other, and again with a growing pause until one answers or the time is up. Only
 * requests whose repetition is harmless may be made this way.
 */
final class Persistence<T> implements Retryable<T> {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration JITTER = Duration.ofMillis(25);

    private final Coordinators coordinators;
    private final int group;
    private final Deadline until;
    private final Function<URI, T> request;
    private Duration retryAfter = Duration.ZERO;

    private Persistence(Coordinators coordinators, int group, Deadline until, Function<URI, T> request) {
        this.coordinators = coordinators;
        this.group = group;
        this.until = until;
        this.request = request;
    }

    /**
     * Makes the request, at least once.
     *
     * @param request sends it to one coordinator; throws {@link NoAnswerException} when it is to be repeated, any other
     *     exception when it is not
     * @throws NoAnswerException the last one, when nobody answered in time
     */
    static <T> T ask(Coordinators coordinators, int group, Deadline until, Function<URI, T> request) {
        Persistence<T> round = new Persistence<>(coordinators, group, until, request);
        RetryPolicy policy = RetryPolicy.builder()
                .includes(NoAnswerException.class)
                .backOff(round.pauses())
                .build();
        try {
            return new RetryTemplate(policy).execute(round);
        } catch (RetryException e) {
            if (e.getLastException() instanceof RuntimeException last) {
                throw last;
            }
            throw new NoAnswerException("the thread was interrupted", Duration.ZERO, e);
        }
    }

    /** One round: each coordinator once, without a pause between them. */
    @Override
    public T execute() {
        NoAnswerException last = null;
        for (URI coordinator : coordinators.inOrder(group)) {
            if (last != null && until.isOver()) {
                break;
            }
            try {
                return request.apply(coordinator);
            } catch (NoAnswerException e) {
                coordinators.isSilent(group, coordinator);
                last = e;
            }
        }
        if (last == null) {
            throw new IllegalStateException("There is always a coordinator to ask");
        }
        retryAfter = last.retryAfter();
        throw last;
    }

    private BackOff pauses() {
        ExponentialBackOff growing = new ExponentialBackOff(FIRST_PAUSE.toMillis(), 2);
        growing.setMaxInterval(LONGEST_PAUSE.toMillis());
        growing.setJitter(JITTER.toMillis());
        return () -> {
            BackOffExecution pause = growing.start();
            return () -> {
                long millis = Math.max(pause.nextBackOff(), retryAfter.toMillis());
                return until.isOver()
                        ? BackOffExecution.STOP
                        : Math.min(millis, until.left().toMillis() + 1);
            };
        };
    }
}
