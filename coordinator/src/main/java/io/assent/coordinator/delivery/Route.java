package io.assent.coordinator.delivery;

import io.assent.coordinator.delivery.Answer.Result;
import io.github.resilience4j.core.IntervalFunction;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One URL to which a lane sends, and how it has answered lately. While requests fail, it is tried by one request at a
 * time, at growing intervals. Not thread-safe: its lane's lock guards it.
 */
final class Route {

    private static final Logger log = LoggerFactory.getLogger(Route.class);

    /** From how many failures in a row on an operator is told; a single broken connection is nobody's business. */
    private static final int NOTICED = 3;

    /** By how many messages a request may grow again after each success. */
    private static final int GROWTH = 4;

    /** By then every delay has reached its maximum. */
    private static final int LAST_STEP = 64;

    private final String url;
    private final Gates.Gate gate;
    private final DeliveryProperties settings;
    private final IntervalFunction retries;
    private final RandomGenerator random;

    private int batchLimit;
    private int underWay;
    private int failures;
    private int refusals;
    /** When the last counted failure was; valid while there are failures. */
    private long failedAt;
    /** When to try again after the last failure; valid while there are failures. */
    private long retryAt;
    /** Until when the gate need not be asked. */
    private long shutUntil = Long.MIN_VALUE;
    /** From when on the horizons are due again. */
    private long horizonsDue = Long.MIN_VALUE;

    Route(String url, Gates.Gate gate, DeliveryProperties settings, RandomGenerator random) {
        this.url = url;
        this.gate = gate;
        this.settings = settings;
        this.random = random;
        retries = IntervalFunction.ofExponentialBackoff(settings.retryDelay(), 2, settings.retryMaxDelay());
        batchLimit = settings.batchMessages();
    }

    String url() {
        return url;
    }

    Gates.Gate gate() {
        return gate;
    }

    /** How many messages the next request may carry. */
    int batchLimit() {
        return batchLimit;
    }

    boolean isIdle() {
        return underWay == 0;
    }

    /** Whether the last connections, enough of them to look for another way, could not be made. */
    boolean isRefusing() {
        return refusals >= settings.fallbackAfter();
    }

    boolean areHorizonsDue(long now) {
        return now >= horizonsDue;
    }

    /**
     * Tries to open the way for one request; {@link #returned} follows when it could be.
     *
     * @param prepareWaits whether one of the messages is a PREPARE
     */
    boolean open(long now, boolean prepareWaits) {
        int atOnce = failures > 0 ? 1 : settings.requestsPerEndpoint();
        if (underWay >= atOnce || now < opensAt(prepareWaits)) {
            return false;
        }
        long wait = gate.enter();
        if (wait > 0) {
            shutUntil = now + wait;
            return false;
        }
        underWay++;
        return true;
    }

    /** Takes back an opening that is not used. */
    void unopen() {
        underWay--;
        gate.turnBack();
    }

    /**
     * From when on it makes sense to try, as far as the clock decides it.
     */
    long opensAt(boolean prepareWaits) {
        if (failures == 0) {
            return shutUntil;
        }
        long longest = failedAt + settings.prepareRetryMaxDelay().toMillis();
        return Math.max(shutUntil, prepareWaits ? Math.min(retryAt, longest) : retryAt);
    }

    /**
     * Learns from a request that is over.
     *
     * @return false when it was only too large, and will be sent again in parts at once
     */
    boolean returned(Answer answer, int messages, boolean withHorizons, long startedAt, long now) {
        underWay--;
        shutUntil = Long.MIN_VALUE;
        boolean splits = answer.result() == Result.TOO_LARGE && messages > 1;
        if (splits || answer.result() == Result.FORBIDDEN) {
            gate.turnBack();
        } else {
            gate.leave(answer, now - startedAt);
        }
        if (answer.isOk()) {
            succeeded(withHorizons, now);
            return true;
        }
        if (messages > 1 && isBlamedOnBatch(answer.result())) {
            batchLimit = messages / 2;
        }
        if (!splits) {
            failed(answer, startedAt, now);
        }
        return !splits;
    }

    private void succeeded(boolean withHorizons, long now) {
        if (failures >= NOTICED) {
            log.info("Endpoint answers again: endpoint={} failures={}", url, failures);
        }
        failures = 0;
        refusals = 0;
        batchLimit = Math.min(settings.batchMessages(), batchLimit + GROWTH);
        if (withHorizons) {
            horizonsDue = now + settings.horizonInterval().toMillis();
        }
    }

    /** One message that an endpoint cannot stand must not hold up all others: halving batches gets past it. */
    private static boolean isBlamedOnBatch(Result result) {
        return switch (result) {
            case TIMEOUT, LOST, TOO_LARGE, REJECTED, MALFORMED -> true;
            case OK, REFUSED, BUSY, FORBIDDEN -> false;
        };
    }

    private void failed(Answer answer, long startedAt, long now) {
        if (failures > 0 && startedAt <= failedAt) {
            // One of several that were under way when the first of them failed: the same trouble, counted once.
            return;
        }
        failures++;
        refusals = answer.result() == Result.REFUSED ? refusals + 1 : 0;
        failedAt = now;
        retryAt = now + delay();
        if (failures == NOTICED) {
            log.warn("Endpoint cannot be reached and is tried again: endpoint={} error={}", url, answer.error());
        }
    }

    /** Doubles with each failure; up to a quarter is taken off at random, so that lanes do not beat in time. */
    private long delay() {
        long delay = retries.apply(Math.min(failures, LAST_STEP));
        return delay - random.nextLong(delay / 4 + 1);
    }
}
