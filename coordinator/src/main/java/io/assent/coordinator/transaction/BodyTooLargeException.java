package io.assent.coordinator.transaction;

/** A request's body is larger than allowed. */
final class BodyTooLargeException extends RuntimeException {

    BodyTooLargeException(long limit) {
        super(
                "The body is larger than " + limit + " bytes. Send less at once, or raise assent.limits.body.",
                null,
                false,
                false);
    }
}
