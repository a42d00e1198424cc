package io.assent.coordinator.security;

/** A request came without the shared secret, or with a wrong one. */
final class UnauthenticatedException extends RuntimeException {

    UnauthenticatedException() {
        super(
                "This coordinator demands its shared secret. Send it as \"Authorization: Bearer <secret>\"; it is the"
                        + " assent.security.secret of the coordinators.",
                null,
                false,
                false);
    }
}
