package io.assent.protocol.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answer of {@code GET /v1/cluster}, as the asked node sees it.
 *
 * @param nodes the configured nodes
 * @param groups the Raft groups
 * @param handedOverVotes {@code accept}, or {@code ignore} when PREPARE is always sent
 */
public record ClusterView(List<Node> nodes, List<Group> groups, String handedOverVotes) {

    /**
     * One coordinator process.
     *
     * @param id its id
     * @param url base URL of its REST API
     * @param state UP, DOWN or UNKNOWN
     * @param version version of Assent that it runs; null when it is not known
     */
    public record Node(
            String id, String url, String state, @Nullable String version) {}

    /**
     * One Raft group.
     *
     * @param id its number
     * @param incarnation the first 16 characters of the ids of its transactions; null until it is known
     * @param leader id of the leading node; null when none is known
     * @param term the highest Raft term seen
     * @param replicas its replicas
     */
    public record Group(
            int id, @Nullable String incarnation, @Nullable String leader, long term, List<Replica> replicas) {}

    /**
     * One replica of a group.
     *
     * @param node id of the node that holds it
     * @param role LEADER, FOLLOWER, CANDIDATE or UNKNOWN
     * @param lastIndex log index up to which it is known to have the log; null when it is not known
     * @param lag how many entries it is behind the leader; null when it is not known
     */
    public record Replica(
            String node,
            String role,
            @Nullable Long lastIndex,
            @Nullable Long lag) {}
}
