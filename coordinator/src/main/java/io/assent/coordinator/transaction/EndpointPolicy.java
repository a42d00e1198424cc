package io.assent.coordinator.transaction;

import java.util.Optional;

/** Which URLs a caller may enlist as the endpoint of a participant. Answers at once, without I/O. */
public interface EndpointPolicy {

    /**
     * A refusal.
     *
     * @param malformed whether it is not an absolute URL at all, rather than one that is not allowed
     * @param sentence what is wrong, to follow the name of the field
     */
    record Refused(boolean malformed, String sentence) {}

    /** Why the URL is refused, or nothing when it may be called. */
    Optional<Refused> refuses(String url);
}
