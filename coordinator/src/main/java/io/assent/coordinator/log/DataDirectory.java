package io.assent.coordinator.log;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one node's logs, held by one process at a time. Outside the engine's part a marker says which node
 * and which groups it belongs to: a replica that lost its data must not come back empty under its old name, because it
 * would vote again in terms in which it has voted, and acknowledged entries could be lost.
 */
final class DataDirectory implements AutoCloseable {

    private static final String JOIN_ANEW =
            "Let the other nodes go on, move all that is left out of the data directory,"
                    + " and start this node with assent.cluster.join, the URL of another node: it comes back as a new replica.";

    private final Topology topology;
    private final OwnReplica own;
    private final Path root;
    private final Path marker;
    private final FileChannel lock;

    private DataDirectory(Topology topology, OwnReplica own, Path marker, FileChannel lock) {
        this.topology = topology;
        this.own = own;
        this.root = topology.dataDir();
        this.marker = marker;
        this.lock = lock;
    }

    /**
     * Takes the directory.
     *
     * @param marker where the marker is, or null for a file in the directory
     * @throws LogRefusedException when another process has it, or its content does not fit this node
     */
    static DataDirectory open(Topology topology, OwnReplica own, @Nullable Path marker) {
        Path root = topology.dataDir();
        FileChannel lock = lock(root);
        try {
            DataDirectory directory = new DataDirectory(topology, own, NodeMarker.file(root, marker), lock);
            directory.check();
            if (own.enters()) {
                // Before there are any data: without it they would be taken for those of the replica that is lost.
                directory.write(true);
            }
            return directory;
        } catch (IOException e) {
            release(lock);
            throw unusable(root, e);
        } catch (RuntimeException e) {
            release(lock);
            throw e;
        }
    }

    private static FileChannel lock(Path root) {
        try {
            Files.createDirectories(root);
            FileChannel channel =
                    FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    return channel;
                }
            } catch (OverlappingFileLockException e) {
                // Held by this process: the same answer.
            }
            channel.close();
        } catch (IOException e) {
            throw unusable(root, e);
        }
        throw new LogRefusedException(
                "Another process uses the data directory " + root + ".",
                "Stop it, or give this node a directory of its own: assent.node.data-dir.",
                null);
    }

    private static void release(FileChannel lock) {
        try {
            lock.close();
        } catch (IOException e) {
            throw new IllegalStateException("The lock of the data directory cannot be released", e);
        }
    }

    private static LogRefusedException unusable(Path root, IOException cause) {
        return new LogRefusedException(
                "The data directory " + root + " cannot be used: " + cause + ".",
                "Check assent.node.data-dir, its owner and its rights.",
                cause);
    }

    /** Where the engine keeps its groups. */
    Path groups() {
        return groupsOf(root);
    }

    static Path groupsOf(Path dataDir) {
        return dataDir.resolve("raft");
    }

    /** Where the engine puts groups that were removed. */
    Path removed() {
        return root.resolve("removed");
    }

    /** Writes the marker where it does not say it yet: from now on the groups of this node have data. */
    void mark() {
        try {
            if (!content(false).equals(NodeMarker.read(marker))) {
                write(false);
            }
        } catch (IOException e) {
            throw unusable(root, e);
        }
    }

    private void write(boolean entering) {
        try {
            content(entering).write(marker);
        } catch (IOException e) {
            throw unusable(root, e);
        }
    }

    private NodeMarker content(boolean entering) {
        SortedMap<Integer, Set<String>> groups = new TreeMap<>();
        topology.hosted().forEach(group -> groups.put(group.number(), Set.copyOf(group.nodes())));
        return new NodeMarker(topology.self(), own.id(), groups, entering);
    }

    private void check() throws IOException {
        Set<Integer> present = presentGroups();
        Set<Integer> hosted = content(false).groups().keySet();
        NodeMarker content = NodeMarker.read(marker);
        if (content != null) {
            checkMarker(content, hosted, present);
        }
        for (int group : present) {
            if (!hosted.contains(group)) {
                throw new LogRefusedException(
                        "The data directory " + root + " holds group " + group
                                + ", which the configuration does not place on node " + topology.self() + ".",
                        "Start it with the nodes, groups and replicas with which it was created.",
                        null);
            }
        }
        for (Topology.Group group : topology.hosted().toList()) {
            if (present.contains(group.number())) {
                checkVote(group);
                checkMembers(group, content);
            }
        }
    }

    private void checkMarker(NodeMarker content, Set<Integer> hosted, Set<Integer> present) {
        String node = content.node();
        if (!node.equals(topology.self())) {
            throw new LogRefusedException(
                    "The data in " + root + " belong to node \"" + node + "\" (says " + marker
                            + "), and this node is \"" + topology.self() + "\".",
                    "Set assent.node.id to \"" + node + "\", or assent.node.data-dir to this node's own directory.",
                    null);
        }
        if (own.enters()) {
            return; // Nothing was promised under its name yet.
        }
        Set<Integer> marked = new TreeSet<>(content.groups().keySet());
        if (!present.containsAll(marked)) {
            marked.removeAll(present);
            throw new LogRefusedException(
                    "Node " + node + " has had data of group " + marked + " (says " + marker
                            + "), and they are gone from " + groups() + ".",
                    "If a volume is not mounted, mount it. If the data are lost: " + JOIN_ANEW,
                    null);
        }
        if (!marked.equals(hosted)) {
            throw new LogRefusedException(
                    "Node " + node + " was created with groups " + marked + ", and the configuration gives it " + hosted
                            + ".",
                    "Start it with the nodes, groups and replicas with which it was created.",
                    null);
        }
    }

    /** The vote is one small file; without it this replica could vote twice in a term. */
    private void checkVote(Topology.Group group) throws IOException {
        Path file = current(group).resolve("raft-meta");
        Properties vote = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            vote.load(in);
        }
        if (vote.getProperty("term") == null || vote.getProperty("votedFor") == null) {
            throw new LogRefusedException(
                    "The vote of group " + group.number() + " is lost: " + file
                            + " is damaged, as happens when the disk is full.",
                    JOIN_ANEW,
                    null);
        }
    }

    /**
     * The members in the log win over the configuration; two opinions about them could become two leaders. Only a node
     * that lost its data is away, until it has joined anew.
     */
    private void checkMembers(Topology.Group group, @Nullable NodeMarker content) throws IOException {
        Set<String> stored = storedNodes(group);
        Set<String> configured = Set.copyOf(group.nodes());
        if (stored.isEmpty() || stored.equals(configured)) {
            return;
        }
        boolean asCreated =
                content != null && configured.equals(content.groups().get(group.number()));
        if (!asCreated || !configured.containsAll(stored)) {
            throw new LogRefusedException(
                    "Group " + group.number() + " was created on the nodes " + stored
                            + ", and the configuration places it on " + new TreeSet<>(configured) + ".",
                    "Start all nodes with the nodes and replicas with which the cluster was created, or with empty data"
                            + " directories if it was never used.",
                    null);
        }
    }

    /** The nodes of the members; empty when a full disk has emptied the file: the log itself has them too. */
    private Set<String> storedNodes(Topology.Group group) throws IOException {
        Path file = current(group).resolve("raft-meta.conf");
        Set<String> stored = new TreeSet<>();
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                LogEntryProto.parseFrom(in)
                        .getConfigurationEntry()
                        .getPeersList()
                        .forEach(
                                peer -> stored.add(ReplicaId.nodeOf(peer.getId().toStringUtf8())));
            }
        }
        return stored;
    }

    private Path current(Topology.Group group) {
        return groups().resolve(GroupLog.idOf(group.number()).getUuid().toString())
                .resolve("current");
    }

    /** The groups of which there are data. */
    private Set<Integer> presentGroups() throws IOException {
        if (!Files.isDirectory(groups())) {
            return Set.of();
        }
        List<Path> directories;
        try (Stream<Path> list = Files.list(groups())) {
            directories = list.toList();
        }
        List<Integer> numbers = new ArrayList<>();
        for (Path directory : directories) {
            int number = numberOf(String.valueOf(directory.getFileName()));
            if (number >= 0 && Files.exists(directory.resolve("current").resolve("raft-meta"))) {
                numbers.add(number);
            }
        }
        return new TreeSet<>(numbers);
    }

    private static int numberOf(String directoryName) {
        try {
            return GroupLog.numberOf(UUID.fromString(directoryName));
        } catch (IllegalArgumentException e) {
            return -1;
        }
    }

    @Override
    public void close() {
        release(lock);
    }
}
