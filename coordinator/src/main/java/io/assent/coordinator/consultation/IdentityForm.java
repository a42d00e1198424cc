package io.assent.coordinator.consultation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Wire form of {@code GET /v1/acceptor}: who the acceptors of this node are.
 *
 * @param node id of the node
 * @param groups those that it hosts
 */
record IdentityForm(@Nullable String node, @Nullable List<Group> groups) {

    /**
     * The acceptor of one group.
     *
     * @param group its number
     * @param replica id of the node's replica among the members of the group; of the node when it is missing
     * @param incarnation of its storage, 16 hexadecimal digits; null until it is open
     * @param holders ids of all replicas that are known to have had data of the group
     * @param known the acceptor that each replica of the group was by the last list in this node's log that names it
     */
    record Group(
            @Nullable Integer group,
            @Nullable String replica,
            @Nullable String incarnation,
            @Nullable List<String> holders,
            @Nullable List<Known> known) {}

    /**
     * A replica as the log names it.
     *
     * @param replica its id
     * @param incarnation of its storage, 16 hexadecimal digits
     */
    record Known(@Nullable String replica, @Nullable String incarnation) {}
}
