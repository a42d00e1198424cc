package io.assent.coordinator.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who this node is among the members of its groups.
 *
 * @param id the same in every group
 * @param enters whether it is in no group yet, and has promised nothing: what the node was before must be taken out of
 *     its groups before the engine starts
 * @param hasData whether there are logs of it
 */
record OwnReplica(String id, boolean enters, boolean hasData) {

    /**
     * What the marker says; without data, another replica of this node when it is to join.
     *
     * @throws LogRefusedException when the marker cannot be read
     */
    static OwnReplica of(Topology topology, @Nullable Path elsewhere) {
        Path file = NodeMarker.file(topology.dataDir(), elsewhere);
        try {
            NodeMarker marker = NodeMarker.read(file);
            if (marker != null && !marker.node().equals(topology.self())) {
                return new OwnReplica(topology.self(), false, true); // The directory will not be opened.
            }
            if (marker != null && marker.entering()) {
                return new OwnReplica(marker.replica(), true, false);
            }
            if (topology.joins() && isEmpty(topology)) {
                return new OwnReplica(ReplicaId.anotherOf(topology.self()), true, false);
            }
            return new OwnReplica(
                    marker == null ? topology.self() : marker.replica(),
                    false,
                    hasFiles(DataDirectory.groupsOf(topology.dataDir())));
        } catch (IOException e) {
            throw new LogRefusedException(
                    "The file " + file + " cannot be read: " + e + ".",
                    "Check assent.node.data-dir and assent.raft.marker, their owner and their rights.",
                    e);
        }
    }

    /** A log or an acceptor's records that are still there belong to a replica that has promised something. */
    private static boolean isEmpty(Topology topology) throws IOException {
        return !hasFiles(DataDirectory.groupsOf(topology.dataDir()))
                && !hasFiles(topology.dataDir().resolve("acceptors"));
    }

    /** A start that was refused may leave a lock behind. */
    private static boolean hasFiles(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try (Stream<Path> walk = Files.walk(directory)) {
            return walk.filter(Files::isRegularFile)
                    .anyMatch(file -> !file.getFileName().toString().equals("lock"));
        }
    }
}
