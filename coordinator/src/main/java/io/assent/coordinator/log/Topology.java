package io.assent.coordinator.log;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftPeer;

/**
 * Which nodes replicate which groups, and where this one keeps its data. The same on every node but for {@code self}
 * and {@code dataDir}.
 *
 * @param self id of this node
 * @param dataDir directory of the log and its snapshots; created when it is missing
 * @param peers all nodes, this one included
 * @param groups all groups of the cluster
 * @param joins whether this node, if it has no data, joins its groups as a new replica instead of founding them
 */
public record Topology(String self, Path dataDir, List<Peer> peers, List<Group> groups, boolean joins) {

    /**
     * A node of the cluster.
     *
     * @param node its id
     * @param address host and port of its replicated log, as the others reach it; port 0 is any free one, for a node
     *     that has no others
     */
    public record Peer(String node, String address) {

        /** A replica on this node, as the engine has it. */
        RaftPeer replica(String id) {
            return RaftPeer.newBuilder().setId(id).setAddress(address).build();
        }

        String host() {
            return address.substring(0, address.lastIndexOf(':')).replaceAll("[\\[\\]]", "");
        }

        int port() {
            return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        }
    }

    /**
     * A group and its replicas.
     *
     * @param number 0 to 65,535
     * @param nodes ids of the nodes that hold it
     */
    public record Group(int number, List<String> nodes) {
        public Group {
            nodes = List.copyOf(nodes);
        }
    }

    public Topology {
        peers = List.copyOf(peers);
        groups = List.copyOf(groups);
        Set<String> nodes = new HashSet<>();
        for (Peer peer : peers) {
            require(peer.address().matches(".+:[0-9]{1,5}"), "The address " + peer.address() + " is not host:port");
            require(nodes.add(peer.node()), "Node " + peer.node() + " is named twice");
        }
        require(nodes.contains(self), "Node " + self + " is not among the nodes");
        Set<Integer> numbers = new HashSet<>();
        for (Group group : groups) {
            require(group.number() >>> 16 == 0, "Group " + group.number() + " is not 0 to 65,535");
            require(numbers.add(group.number()), "Group " + group.number() + " is named twice");
            require(!group.nodes().isEmpty(), "Group " + group.number() + " has no replica");
            require(nodes.containsAll(group.nodes()), "Group " + group.number() + " is placed on an unknown node");
        }
    }

    /** A node that does not join. */
    public Topology(String self, Path dataDir, List<Peer> peers, List<Group> groups) {
        this(self, dataDir, peers, groups, false);
    }

    /** The same, of a node that joins if it has no data. */
    public Topology joining() {
        return new Topology(self, dataDir, peers, groups, true);
    }

    /** One node with one group, reachable from nowhere. */
    public static Topology alone(String self, Path dataDir) {
        return new Topology(
                self, dataDir, List.of(new Peer(self, "127.0.0.1:0")), List.of(new Group(0, List.of(self))));
    }

    /** This node's own entry. */
    Peer own() {
        return peer(self).orElseThrow();
    }

    /** The entry of a node. */
    Optional<Peer> peer(String node) {
        return peers.stream().filter(peer -> peer.node().equals(node)).findFirst();
    }

    /** The groups of which this node holds a replica. */
    Stream<Group> hosted() {
        return groups.stream().filter(group -> group.nodes().contains(self));
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence + ".");
        }
    }
}
