package io.assent.coordinator.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Which node holds which group, computed by every node from the same configuration with the same result. Replicas are
 * placed by rendezvous hashing (Thaler and Ravishankar 1998), so a node more or less moves few of them; the preferred
 * leaders are spread evenly. Immutable.
 */
public final class ClusterLayout {

    private final Node self;
    private final List<Node> nodes;
    private final List<Group> groups;
    private final @Nullable String joinedThrough;

    /**
     * A node.
     *
     * @param id its name
     * @param url base URL of its REST API, or null for a node alone, which knows its own only when it listens
     * @param raft host and port of its replicated log, or null for a node alone, which needs none
     */
    public record Node(
            String id, @Nullable String url, @Nullable String raft) {}

    /**
     * A group.
     *
     * @param id its number
     * @param replicas the nodes that hold it; the first one should lead it when it can
     */
    public record Group(int id, List<Node> replicas) {
        public Group {
            replicas = List.copyOf(replicas);
        }

        /** Whether that node holds a replica. */
        public boolean isOn(Node node) {
            return replicas.contains(node);
        }
    }

    /**
     * The layout that the configuration describes.
     *
     * @throws InvalidConfigurationPropertyValueException when this node is not among the nodes
     */
    public ClusterLayout(NodeProperties node, ClusterProperties cluster) {
        nodes = cluster.nodes().isEmpty()
                ? List.of(new Node(node.id(), null, null))
                : cluster.nodes().stream()
                        .map(n -> new Node(String.valueOf(n.id()), ClusterProperties.baseUrl(n.url()), n.raft()))
                        .sorted(Comparator.comparing(Node::id))
                        .toList();
        self = nodes.stream()
                .filter(n -> n.id().equals(node.id()))
                .findFirst()
                .orElseThrow(() -> new InvalidConfigurationPropertyValueException(
                        "assent.node.id",
                        node.id(),
                        "No node of assent.cluster.nodes has this id: name one of them, or add this node to them."));
        groups = place(cluster.groups(), cluster.replicas());
        joinedThrough = cluster.join() == null ? null : ClusterProperties.baseUrl(cluster.join());
        if (joinedThrough != null
                && nodes.stream().noneMatch(n -> joinedThrough.equals(n.url()) && !n.id().equals(node.id()))) {
            throw new InvalidConfigurationPropertyValueException(
                    "assent.cluster.join",
                    joinedThrough,
                    "It is the URL of another one of assent.cluster.nodes, through which this node asks to be let in.");
        }
    }

    private List<Group> place(int count, int replicas) {
        Map<Node, Integer> preferred = new HashMap<>();
        List<Group> placed = new ArrayList<>();
        for (int id = 0; id < count; id++) {
            int group = id;
            List<Node> holders = new ArrayList<>(nodes.stream()
                    .sorted(Comparator.comparingLong((Node node) -> weight(group, node))
                            .thenComparing(Node::id))
                    .limit(replicas)
                    .toList());
            Node first = holders.stream()
                    .min(Comparator.comparingInt(node -> preferred.getOrDefault(node, 0)))
                    .orElseThrow();
            preferred.merge(first, 1, Integer::sum);
            holders.remove(first);
            holders.addFirst(first);
            placed.add(new Group(group, holders));
        }
        return List.copyOf(placed);
    }

    private static long weight(int group, Node node) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((group + "/" + node.id()).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform provides SHA-256", e);
        }
    }

    /** This node. */
    public Node self() {
        return self;
    }

    /** Base URL of another node through which this one joins if it has no data, or null when it does not. */
    public @Nullable String joinedThrough() {
        return joinedThrough;
    }

    /** All nodes, sorted by id. */
    public List<Node> nodes() {
        return nodes;
    }

    /** All groups, by number. */
    public List<Group> groups() {
        return groups;
    }

    /** The groups of which this node holds a replica. */
    public List<Group> hosted() {
        return groups.stream().filter(group -> group.isOn(self)).toList();
    }

    /** The group with this number, or nothing when the cluster has none. */
    public Optional<Group> group(int id) {
        return id >= 0 && id < groups.size() ? Optional.of(groups.get(id)) : Optional.empty();
    }

    /** The node with this name, or nothing. */
    public Optional<Node> node(@Nullable String id) {
        return nodes.stream().filter(node -> Objects.equals(node.id(), id)).findFirst();
    }

    /** Base URLs of those of these nodes that are not this one. */
    public List<String> others(Collection<Node> among) {
        return among.stream()
                .filter(node -> !node.equals(self))
                .flatMap(node -> Optional.ofNullable(node.url()).stream())
                .toList();
    }

    /** Whether this node is the only one. */
    public boolean isAlone() {
        return nodes.size() == 1;
    }
}
