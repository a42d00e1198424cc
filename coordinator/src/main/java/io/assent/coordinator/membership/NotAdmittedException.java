package io.assent.coordinator.membership;

import org.jspecify.annotations.Nullable;

/** The other nodes did not let this one into a group. */
public final class NotAdmittedException extends RuntimeException {

    private static final String ACTION = "Look at GET /v1/cluster of another node: the group needs a leader there, and"
            + " so a majority of its replicas without this one. Then start this node again; it goes on where it was.";

    NotAdmittedException(String description, @Nullable Throwable cause) {
        super(description, cause);
    }

    /** What to do about it. */
    public String action() {
        return ACTION;
    }
}
