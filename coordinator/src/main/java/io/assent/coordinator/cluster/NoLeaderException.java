package io.assent.coordinator.cluster;

import org.jspecify.annotations.Nullable;

/** No leader of a group could be reached in time; the same request may be repeated at any node. */
public final class NoLeaderException extends RuntimeException {

    private final @Nullable String leader;

    /**
     * A group without a leader.
     *
     * @param group its number
     * @param leader base URL of the node that is believed to lead, or null
     */
    public NoLeaderException(int group, @Nullable String leader) {
        super("No leader of group " + group + " could be reached from here", null, false, false);
        this.leader = leader;
    }

    /** Base URL of the node that is believed to lead, or null. */
    public @Nullable String leader() {
        return leader;
    }
}
