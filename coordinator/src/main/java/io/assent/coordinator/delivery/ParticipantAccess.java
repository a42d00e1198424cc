package io.assent.coordinator.delivery;

import java.util.Optional;

/** Whom this node may call, and how it shows who it is. Asked before every request; answers at once, without I/O. */
public interface ParticipantAccess {

    /**
     * Checks an endpoint against the allow-list.
     *
     * @param endpoint the URL as it was enlisted
     * @return why it must not be called, in words that follow "The endpoint", or nothing when it may be called
     */
    Optional<String> refuses(String endpoint);

    /** The value of the Authorization header, or nothing when the cluster has no shared secret. */
    Optional<String> authorization();
}
