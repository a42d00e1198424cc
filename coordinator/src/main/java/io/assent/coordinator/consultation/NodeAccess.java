package io.assent.coordinator.consultation;

import java.util.Optional;

/** How this node shows other nodes who it is. */
@FunctionalInterface
public interface NodeAccess {

    /** The value of the Authorization header, or nothing when the cluster has no shared secret. */
    Optional<String> authorization();
}
