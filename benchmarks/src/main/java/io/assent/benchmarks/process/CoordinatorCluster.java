package io.assent.benchmarks.process;

import io.assent.protocol.api.ClusterView;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/** Coordinator processes that form one cluster, with one group. */
public final class CoordinatorCluster implements AutoCloseable {

    private static final Duration ELECTION = Duration.ofMinutes(1);

    private final ClusterSettings settings;
    private final Control control;
    private final List<CoordinatorNode> nodes;

    private CoordinatorCluster(ClusterSettings settings, Control control, Path directory) {
        this.settings = settings;
        this.control = control;
        this.nodes = IntStream.rangeClosed(1, settings.nodes())
                .mapToObj(n -> new CoordinatorNode("n" + n, Place.onLoopback(), directory))
                .toList();
        nodes.forEach(node -> node.configure(settings, nodes));
    }

    /**
     * Starts a cluster and returns when it is ready and has a leader.
     *
     * @param directory for data and logs, which must exist
     */
    public static CoordinatorCluster start(ClusterSettings settings, Control control, Path directory) {
        CoordinatorCluster cluster = new CoordinatorCluster(settings, control, directory);
        boolean ready = false;
        try {
            cluster.nodes.forEach(CoordinatorNode::start);
            cluster.nodes.forEach(node -> node.awaitReady(control));
            cluster.leader();
            ready = true;
            return cluster;
        } finally {
            if (!ready) {
                cluster.close();
            }
        }
    }

    /** All nodes, in the order of their ids. */
    public List<CoordinatorNode> nodes() {
        return nodes;
    }

    /** Base URLs of all nodes. */
    public List<URI> urls() {
        return nodes.stream().map(CoordinatorNode::url).toList();
    }

    /** The node that leads the group, as it says itself; waited for. */
    public CoordinatorNode leader() {
        return Until.present(
                "A leader",
                ELECTION,
                Duration.ofMillis(100),
                () -> nodes.stream()
                        .filter(CoordinatorNode::isRunning)
                        .filter(node -> group(node)
                                .filter(group -> node.id().equals(group.leader()))
                                .isPresent())
                        .findFirst());
    }

    /** The index of the last entry of the log at its leader. */
    public long lastIndex() {
        CoordinatorNode leader = leader();
        return group(leader).stream()
                .flatMap(group -> group.replicas().stream())
                .filter(replica -> replica.node().equals(leader.id()))
                .map(ClusterView.Replica::lastIndex)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(0L);
    }

    /** Returns when every running replica has nearly all that the leader has. */
    public void awaitCaughtUp() {
        Until.present(
                "All replicas having caught up",
                ELECTION,
                Duration.ofMillis(300),
                () -> group(leader()).filter(group -> group.replicas().stream().allMatch(CoordinatorCluster::isNear)));
    }

    private static boolean isNear(ClusterView.Replica replica) {
        Long lag = replica.lag();
        return lag != null && lag < 100;
    }

    private Optional<ClusterView.Group> group(CoordinatorNode node) {
        return control.get(node.url().resolve("/v1/cluster"), ClusterView.class).stream()
                .flatMap(view -> view.groups().stream())
                .findFirst();
    }

    /** What the metrics page of a node tells. */
    public Metrics metrics(CoordinatorNode node) {
        return Metrics.parse(
                control.get(node.url().resolve("/actuator/prometheus")).orElse(""));
    }

    /** Moves all nodes to these cores. */
    public void moveTo(String cores) {
        nodes.stream()
                .filter(CoordinatorNode::isRunning)
                .forEach(node -> settings.pinning().move(node.pid(), cores));
    }

    @Override
    public void close() {
        nodes.forEach(CoordinatorNode::close);
    }
}
