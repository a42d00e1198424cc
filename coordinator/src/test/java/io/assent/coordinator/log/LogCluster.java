package io.assent.coordinator.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Log.BatchId;
import io.assent.protocol.group.GroupStateCodec;
import io.assent.protocol.group.LogRecord;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.ssl.SslBundle;

/** Nodes with real engines in one process. */
final class LogCluster implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final AtomicLong BATCHES = new AtomicLong();

    private final Path directory;
    private final List<Topology.Peer> peers;
    private final List<Topology.Group> groups;
    private final LogProperties properties;
    private final @Nullable SslBundle certificates;
    private final Map<Integer, Node> nodes = new HashMap<>();

    /** A running node. */
    record Node(RaftNode raft, List<Recorder> told, List<String> deaths) {

        GroupLog log(int group) {
            return (GroupLog) raft.hosted().get(group);
        }

        Recorder told(int group) {
            return told.get(group);
        }
    }

    LogCluster(Path directory, int nodeCount, int groupCount, Map<String, String> settings) {
        this(directory, nodeCount, groupCount, settings, null);
    }

    LogCluster(
            Path directory,
            int nodeCount,
            int groupCount,
            Map<String, String> settings,
            @Nullable SslBundle certificates) {
        this.certificates = certificates;
        this.directory = directory;
        this.peers = IntStream.rangeClosed(1, nodeCount)
                .mapToObj(n -> new Topology.Peer("n" + n, "127.0.0.1:" + freePort()))
                .toList();
        List<String> all = peers.stream().map(Topology.Peer::node).toList();
        this.groups = IntStream.range(0, groupCount)
                .mapToObj(g -> new Topology.Group(g, all))
                .toList();
        this.properties = properties(settings);
    }

    /** The defaults, but for these settings, with free disk space that any machine has. */
    static LogProperties properties(Map<String, String> settings) {
        Map<String, String> map =
                new HashMap<>(Map.of("assent.raft.space.low", "1MB", "assent.raft.space.ballast", "0"));
        settings.forEach((key, value) -> map.put("assent.raft." + key, value));
        return new Binder(new MapConfigurationPropertySource(map)).bindOrCreate("assent.raft", LogProperties.class);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    LogCluster startAll() {
        for (int n = 1; n <= peers.size(); n++) {
            start(n);
        }
        return this;
    }

    Path dataDir(int n) {
        return directory.resolve("n" + n);
    }

    Node start(int n) {
        return start(n, dataDir(n));
    }

    Node start(int n, Path dataDir) {
        return start(n, create(n, dataDir));
    }

    Node start(int n, Node node) {
        node.raft().start();
        nodes.put(n, node);
        return node;
    }

    /**
     * Starts a node again and waits until it follows in every group. Before that it may win an election, because the
     * others need a moment to find it again.
     */
    Node comeBack(int n) {
        Node node = start(n);
        for (Log log : node.raft().hosted()) {
            await().atMost(PATIENCE).until(() -> log.status().caughtUp());
        }
        return node;
    }

    /** A node that is not started, and does not count as running. */
    Node create(int n, Path dataDir) {
        return create(new Topology("n" + n, dataDir, peers, groups));
    }

    /** A node of another topology that is not started. */
    Node create(Topology topology) {
        List<String> deaths = new CopyOnWriteArrayList<>();
        RaftNode raft = new RaftNode(
                topology, properties, (reason, cause) -> deaths.add(reason), new SimpleMeterRegistry(), certificates);
        List<Recorder> told = new ArrayList<>();
        for (Log log : raft.hosted()) {
            Recorder recorder = new Recorder();
            log.listen(recorder);
            told.add(recorder);
        }
        return new Node(raft, told, deaths);
    }

    List<Topology.Peer> peers() {
        return peers;
    }

    List<Topology.Group> groups() {
        return groups;
    }

    /** Stops a node as on SIGTERM. */
    void stop(int n) {
        nodes.remove(n).raft().close();
    }

    /** Stops a node without a word to the others. */
    Node kill(int n) {
        Node node = nodes.remove(n);
        node.raft().closeAbruptly();
        return node;
    }

    Node node(int n) {
        return nodes.get(n);
    }

    List<Node> running() {
        return List.copyOf(nodes.values());
    }

    /** The number of the node that leads a group and is ready. */
    int awaitLeader(int group) {
        return await().pollDelay(Duration.ZERO).atMost(PATIENCE).until(() -> leader(group), n -> n > 0);
    }

    private int leader(int group) {
        return nodes.entrySet().stream()
                .filter(entry -> entry.getValue().log(group).leadership().ready())
                .mapToInt(Map.Entry::getKey)
                .findFirst()
                .orElse(0);
    }

    static BatchId nextBatch() {
        return new BatchId(BATCHES.incrementAndGet());
    }

    /** Appends at a node and waits for what is told of the batch. */
    static Recorder.Told append(Node node, int group, LogRecord... records) {
        BatchId id = nextBatch();
        node.log(group).append(id, node.log(group).leadership().term(), List.of(records));
        return awaitTold(node.told(group), id);
    }

    static Recorder.Told awaitTold(Recorder told, BatchId id) {
        return told.first(id).orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Appends at whoever leads, until it is applied. */
    Recorder.Applied commit(int group, LogRecord... records) {
        return (Recorder.Applied) await().pollDelay(Duration.ZERO)
                .atMost(PATIENCE)
                .until(() -> append(nodes.get(awaitLeader(group)), group, records), Recorder.Applied.class::isInstance);
    }

    /** Waits until every running node has applied up to this index, and its state is the same everywhere. */
    void awaitSameState(int group, long index) {
        for (Node node : running()) {
            await().pollDelay(Duration.ZERO)
                    .atMost(PATIENCE)
                    .until(() -> node.log(group).appliedIndex() >= index);
        }
        byte[] first = bytes(running().getFirst(), group);
        for (Node node : running()) {
            assertThat(bytes(node, group)).isEqualTo(first);
        }
    }

    /** The state of a group that gets no entries now. */
    static byte[] bytes(Node node, int group) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            GroupStateCodec.write(node.log(group).state(), new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        List<Node> left = running();
        nodes.clear();
        left.parallelStream().forEach(node -> node.raft().closeAbruptly());
        assertThat(left).allSatisfy(node -> assertThat(node.deaths()).isEmpty());
    }
}
