package io.assent.coordinator.cluster;

/** As many requests as allowed are with other nodes already; the same request may be repeated. */
public final class TooManyForwardedException extends RuntimeException {

    TooManyForwardedException(int limit) {
        super("This node waits for " + limit + " answers of other nodes already", null, false, false);
    }
}
