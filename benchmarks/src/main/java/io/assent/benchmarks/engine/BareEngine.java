package io.assent.benchmarks.engine;

import io.assent.benchmarks.process.Ports;
import io.assent.benchmarks.process.Until;
import io.assent.coordinator.log.LogProperties;
import io.assent.coordinator.log.RaftNode;
import io.assent.coordinator.log.Topology;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The coordinator's own engine, with its defaults: three nodes in this process, one group, over loopback. */
final class BareEngine implements AutoCloseable {

    private static final Duration ELECTION = Duration.ofMinutes(1);

    private final List<RaftNode> nodes = new ArrayList<>();
    private final List<Appends> logs = new ArrayList<>();

    /** Starts it with its data below the directory. */
    BareEngine(Path directory, int count) {
        List<Topology.Peer> peers = IntStream.rangeClosed(1, count)
                .mapToObj(n -> new Topology.Peer("n" + n, "127.0.0.1:" + Ports.free()))
                .toList();
        List<Topology.Group> groups = List.of(
                new Topology.Group(0, peers.stream().map(Topology.Peer::node).toList()));
        LogProperties properties = new Binder(new MapConfigurationPropertySource(Map.of()))
                .bindOrCreate("assent.raft", LogProperties.class);
        for (Topology.Peer peer : peers) {
            Topology topology = new Topology(peer.node(), directory.resolve(peer.node()), peers, groups);
            RaftNode node = new RaftNode(topology, properties, BareEngine::fail, new SimpleMeterRegistry(), null);
            Appends appends = new Appends(node.hosted().get(0));
            node.hosted().get(0).listen(appends);
            nodes.add(node);
            logs.add(appends);
        }
        nodes.forEach(RaftNode::start);
    }

    private static void fail(String reason, @Nullable Throwable cause) {
        System.err.println(reason);
        if (cause != null) {
            System.err.println(cause.getMessage());
        }
        Runtime.getRuntime().halt(1);
    }

    /** The log at the replica that leads; waited for. */
    Appends leading() {
        return Until.present(
                "A leader of the bare engine",
                ELECTION,
                Duration.ofMillis(50),
                () -> logs.stream().filter(Appends::leads).findFirst());
    }

    @Override
    public void close() {
        nodes.forEach(RaftNode::close);
    }
}
