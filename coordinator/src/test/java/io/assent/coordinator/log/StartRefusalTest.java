package io.assent.coordinator.log;

import static io.assent.coordinator.log.LogCluster.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.assent.coordinator.log.LogCluster.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** A replica that may have forgotten what it voted or acknowledged must not come back under its old name. */
class StartRefusalTest {

    @TempDir
    private Path directory;

    private LogCluster cluster;
    private Path data;

    @BeforeEach
    void create() {
        cluster = new LogCluster(directory, 1, 2, Map.of());
        data = cluster.dataDir(1);
        cluster.start(1);
        cluster.commit(0, Records.founded());
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aNodeWithoutItsDataDoesNotStart() throws IOException {
        cluster.stop(1);
        FileSystemUtils.deleteRecursively(data.resolve("raft"));

        assertRefused(cluster.create(1, data))
                .withMessageContaining("has had data of group [0, 1]")
                .satisfies(e -> assertThat(e.action()).contains("assent.cluster.join"));
        assertThat(data.resolve("raft")).doesNotExist();
    }

    @Test
    void aNodeWithoutTheDataOfOneGroupDoesNotStart() throws IOException {
        cluster.stop(1);
        FileSystemUtils.deleteRecursively(groupDirectory(1));

        assertRefused(cluster.create(1, data)).withMessageContaining("has had data of group [1]");
    }

    @Test
    void aMarkerElsewhereNoticesThatTheWholeDirectoryIsGone() throws IOException {
        Path marker = directory.resolve("elsewhere").resolve("marker");
        try (LogCluster other =
                new LogCluster(directory.resolve("other"), 1, 1, Map.of("marker", marker.toString())).startAll()) {
            other.stop(1);
            FileSystemUtils.deleteRecursively(other.dataDir(1));

            assertRefused(other.create(1, other.dataDir(1))).withMessageContaining("has had data of group [0]");
        }
    }

    @Test
    void dataWithoutAMarkerGetOne() throws IOException {
        cluster.stop(1);
        Files.delete(data.resolve("node"));

        Node again = cluster.start(1);

        assertThat(data.resolve("node")).content().contains("node=n1").contains("groups=0,1");
        cluster.awaitLeader(0);
        assertThat(again.log(0).state().founded()).isNotNull();
    }

    @Test
    void theDataOfAnotherNodeAreNotTouched() {
        cluster.stop(1);
        Topology foreign = Topology.alone("n2", data);

        assertRefused(cluster.create(foreign))
                .withMessageContaining("belong to node \"n1\"")
                .satisfies(e -> assertThat(e.action()).contains("assent.node.id"));
    }

    @Test
    void otherGroupsThanAtTheFirstStartAreRefused() {
        cluster.stop(1);

        assertRefused(cluster.create(Topology.alone("n1", data)))
                .withMessageContaining("was created with groups [0, 1]");
    }

    @Test
    void otherMembersThanAtTheFirstStartAreRefused() {
        cluster.stop(1);
        Topology grown = new Topology(
                "n1",
                data,
                List.of(cluster.peers().getFirst(), new Topology.Peer("n2", "127.0.0.1:1")),
                List.of(new Topology.Group(0, List.of("n1", "n2")), new Topology.Group(1, List.of("n1", "n2"))));

        assertRefused(cluster.create(grown)).withMessageContaining("created on the nodes [n1]");
    }

    @Test
    void aLostVoteIsNotReplaced() throws IOException {
        cluster.stop(1);
        Files.write(groupDirectory(0).resolve("current").resolve("raft-meta"), new byte[0]);

        assertRefused(cluster.create(1, data)).withMessageContaining("vote of group 0 is lost");
    }

    @Test
    void aDirectoryThatIsInUseIsLeftAlone() {
        assertRefused(cluster.create(1, data)).withMessageContaining("Another process uses");

        assertThat(append(cluster.node(1), 0)).isInstanceOf(Recorder.Applied.class);
    }

    @Test
    void anAddressThatIsInUseIsTold() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Topology topology = new Topology(
                    "n1",
                    directory.resolve("fresh"),
                    List.of(new Topology.Peer("n1", "127.0.0.1:" + taken.getLocalPort())),
                    List.of(new Topology.Group(0, List.of("n1"))));

            assertRefused(cluster.create(topology)).withMessageContaining("cannot listen on 127.0.0.1:");
        }
    }

    @Test
    void anOpenNetworkNeedsCertificatesOrAWord() {
        Topology topology = new Topology(
                "n1",
                directory.resolve("fresh"),
                List.of(new Topology.Peer("n1", "0.0.0.0:" + LogCluster.freePort())),
                List.of(new Topology.Group(0, List.of("n1"))));

        assertRefused(cluster.create(topology)).withMessageContaining("without certificates");
    }

    private static ThrowableAssertAlternative<LogRefusedException> assertRefused(Node node) {
        return assertThatExceptionOfType(LogRefusedException.class)
                .isThrownBy(() -> node.raft().start());
    }

    private Path groupDirectory(int group) {
        return data.resolve("raft").resolve(GroupLog.idOf(group).getUuid().toString());
    }
}
