package io.assent.coordinator.membership;

import org.jspecify.annotations.Nullable;

/**
 * Wire form of what a node asks for in {@code POST /v1/cluster/members}: which replica it is to have in a group.
 *
 * @param group its number
 * @param node id of the node
 * @param replica id of its only replica there, or null for none
 */
record ReplicaForm(
        @Nullable Integer group,
        @Nullable String node,
        @Nullable String replica) {}
