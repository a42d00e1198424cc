package io.assent.coordinator.log;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The small file that says whose the data are, outside the engine's part of them.
 *
 * @param node id of the node
 * @param replica id of its replicas among the members of their groups
 * @param groups of which there are data, each with the nodes on which it was created; empty when they were not written
 * @param entering whether the replica is not yet a member of any group: its data may be missing, nothing was promised
 */
record NodeMarker(String node, String replica, SortedMap<Integer, Set<String>> groups, boolean entering) {

    /** Without a replica of its own the node is named as in the first format, which an older version understands. */
    private static final String PLAIN = "1";

    private static final String WITH_REPLICA = "2";

    NodeMarker {
        groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
    }

    /** Where it is, for these data. */
    static Path file(Path dataDir, @Nullable Path elsewhere) {
        return elsewhere == null ? dataDir.resolve("node") : elsewhere;
    }

    /**
     * Reads it.
     *
     * @return null when there is none
     * @throws LogRefusedException when it is of a format that this version does not know
     */
    static @Nullable NodeMarker read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        Properties content = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            content.load(reader);
        }
        String format = content.getProperty("format", PLAIN);
        if (!format.equals(PLAIN) && !format.equals(WITH_REPLICA)) {
            throw new LogRefusedException(
                    "The file " + file + " is of format " + format + ", which this version does not know.",
                    "Run the version that wrote it, or a newer one.",
                    null);
        }
        String node = content.getProperty("node", "");
        SortedMap<Integer, Set<String>> groups = new TreeMap<>();
        for (String group : content.getProperty("groups", "").split(",", -1)) {
            if (group.matches("[0-9]{1,5}")) {
                String nodes = content.getProperty("nodes." + group, "");
                groups.put(Integer.valueOf(group), nodes.isEmpty() ? Set.of() : Set.of(nodes.split(",", -1)));
            }
        }
        return new NodeMarker(
                node,
                content.getProperty("replica", node),
                groups,
                Boolean.parseBoolean(content.getProperty("entering", "false")));
    }

    /** Writes it; it is on the disk when this returns. */
    void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        StringBuilder text =
                new StringBuilder("# The data of this node; see its log before you change or delete anything.\n");
        boolean plain = replica.equals(node);
        text.append("format=").append(plain ? PLAIN : WITH_REPLICA).append('\n');
        text.append("node=").append(node).append('\n');
        if (!plain) {
            text.append("replica=").append(replica).append('\n');
        }
        text.append("groups=")
                .append(groups.keySet().stream().map(String::valueOf).collect(Collectors.joining(",")))
                .append('\n');
        groups.forEach((group, nodes) -> text.append("nodes.")
                .append(group)
                .append('=')
                .append(String.join(",", new TreeSet<>(nodes)))
                .append('\n'));
        if (entering) {
            text.append("entering=true\n");
        }
        DurableFiles.write(file, text.toString());
    }
}
