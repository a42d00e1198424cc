package io.assent.coordinator.log;

import static io.assent.coordinator.log.LogCluster.PATIENCE;
import static io.assent.coordinator.log.LogCluster.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.assent.coordinator.log.LogCluster.Node;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes, each on a file system of 64 MB that is filled under it. */
class DiskFullTest {

    private static final int MB = 1024 * 1024;
    private static final Map<String, String> TIGHT = Map.of(
            "space.low", "24MB",
            "space.ballast", "8MB",
            "space.check-interval", "50ms");

    @TempDir
    private Path directory;

    private final List<Path> mounted = new ArrayList<>();
    private LogCluster cluster;

    @BeforeEach
    void mount() throws Exception {
        for (int n = 1; n <= 3; n++) {
            Path at = Files.createDirectories(directory.resolve("n" + n));
            assumeThat(run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", at.toString()))
                    .as("mounting a small file system needs rights that this user has not")
                    .isZero();
            mounted.add(at);
        }
        cluster = new LogCluster(directory, 3, 1, TIGHT).startAll();
        cluster.commit(0, Records.founded());
    }

    @AfterEach
    void unmount() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
        for (Path at : mounted) {
            run("umount", "-l", at.toString());
        }
    }

    @Test
    void aLeaderWithLittleRoomHandsOverAndRefusesUntilThereIsRoomAgain() throws IOException {
        int tight = cluster.awaitLeader(0);
        Node node = cluster.node(tight);
        assertThat(cluster.dataDir(tight).resolve("ballast")).hasSize(8L * MB);
        Path filler = fill(cluster.dataDir(tight), 14L * MB);

        await().atMost(PATIENCE)
                .until(() -> !node.log(0).leadership().ready()
                        && !node.log(0).status().accepting());
        assertThat(append(node, 0)).isInstanceOf(Recorder.Refused.class);
        assertThat(cluster.awaitLeader(0)).isNotEqualTo(tight);
        cluster.awaitSameState(0, cluster.commit(0).index());
        assertThat(node.deaths()).isEmpty();

        Files.delete(filler);
        await().atMost(PATIENCE).until(() -> node.log(0).status().accepting());
    }

    @Test
    void aNodeOnAFullDiskStopsWithItsVoteIntact() throws IOException {
        int full = cluster.awaitLeader(0);
        Node node = cluster.node(full);
        fill(cluster.dataDir(full), 0);

        await().atMost(PATIENCE).until(() -> !node.deaths().isEmpty());
        assertThat(cluster.dataDir(full).resolve("ballast")).doesNotExist();
        assertThat(append(node, 0)).isInstanceOf(Recorder.Refused.class);
        // As when the process ends. The new term writes the vote: without the room of the ballast it would be empty
        // now.
        node.raft().handOver();
        await().atMost(PATIENCE).until(() -> vote(full).contains("term=" + term(full)));
        cluster.kill(full);
        cluster.commit(0, Records.decided(Records.id(0, 1, 1)));

        Node refused = cluster.create(full, cluster.dataDir(full));
        // The ballast was all that was left: without more room it must not start, with more it must.
        fill(cluster.dataDir(full), 0);
        assertThatExceptionOfType(LogRefusedException.class)
                .isThrownBy(() -> refused.raft().start())
                .withMessageContaining("is full");
        removeFillers(cluster.dataDir(full));
        cluster.start(full);
        cluster.awaitSameState(0, cluster.commit(0).index());
    }

    private long term(int n) {
        return cluster.node(n).log(0).division().getInfo().getCurrentTerm();
    }

    private String vote(int n) throws IOException {
        return Files.readString(cluster.dataDir(n)
                .resolve("raft")
                .resolve(GroupLog.idOf(0).getUuid().toString())
                .resolve("current")
                .resolve("raft-meta"));
    }

    /** Writes until this many bytes are free, or nothing is. */
    private static Path fill(Path at, long free) throws IOException {
        Path file = Files.createTempFile(at, "filler", "");
        byte[] block = new byte[64 * 1024];
        try (OutputStream out = Files.newOutputStream(file)) {
            while (Files.getFileStore(at).getUsableSpace() - block.length >= free) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(free).as("the disk is full").isZero();
        }
        return file;
    }

    private static void removeFillers(Path at) throws IOException {
        try (var files = Files.list(at)) {
            for (Path file : files.filter(f -> f.getFileName().toString().startsWith("filler"))
                    .toList()) {
                Files.delete(file);
            }
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(30, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }
}
