package io.assent.coordinator.log;

import static io.assent.coordinator.log.LogCluster.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.assent.coordinator.log.LogCluster.Node;
import io.assent.coordinator.runtime.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** A node that has lost its data comes back as a new replica (Q1): the lost one leaves first, then the new one comes in. */
class MembershipTest {

    @TempDir
    private Path directory;

    private LogCluster cluster;
    private int leader;
    private int victim;

    @BeforeEach
    void start() {
        cluster = new LogCluster(directory, 3, 2, Map.of("snapshot.threshold", "20")).startAll();
        for (int group = 0; group < 2; group++) {
            cluster.commit(group, Records.founded());
            cluster.commit(group, Records.decided(Records.id(group, 1, 1)));
        }
        leader = cluster.awaitLeader(0);
        victim = leader % 3 + 1;
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aWipedNodeComesBackAsANewReplicaAndCarriesTheGroups() throws IOException {
        wipe(victim);
        Node back = joinAnew(victim);

        assertThat(back.log(0).replica()).startsWith("n" + victim + "~");
        // One more of the old members goes: without the new replica nothing could be written now.
        cluster.stop(another(leader, victim));
        for (int group = 0; group < 2; group++) {
            long index = cluster.commit(group, Records.decided(Records.id(group, 1, 2)))
                    .index();
            cluster.awaitSameState(group, index);
        }
        assertThat(back.log(0).status().replicas())
                .hasSize(3)
                .allSatisfy(replica -> assertThat(replica.id())
                        .isEqualTo(
                                replica.node().equals("n" + victim)
                                        ? back.log(0).replica()
                                        : replica.node()));
    }

    @Test
    void theNewReplicaCatchesUpFromASnapshot() throws IOException {
        wipe(victim);
        for (int i = 0; i < 100; i++) {
            cluster.commit(0, Records.decided(Records.id(0, 1, 10 + i)));
        }
        Node back = joinAnew(victim);

        cluster.awaitSameState(0, cluster.commit(0).index());
        assertThat(back.log(0).division().getRaftLog().getStartIndex()).isPositive();
    }

    @Test
    void itKeepsItsNewIdOverRestartsAndWithAnotherLossItIsAThirdReplica() throws IOException {
        wipe(victim);
        String second = joinAnew(victim).log(0).replica();

        for (int n = 1; n <= 3; n++) {
            cluster.stop(n);
        }
        cluster.startAll();
        assertThat(cluster.node(victim).log(0).replica()).isEqualTo(second);
        assertThat(cluster.node(victim).raft().enters()).isFalse();
        cluster.awaitSameState(0, cluster.commit(0).index());

        wipe(victim);
        assertThat(joinAnew(victim).log(0).replica()).isNotEqualTo(second);
        cluster.awaitSameState(1, cluster.commit(1).index());
    }

    @Test
    void whatALeaderHearsOfIsNotLost() {
        Log.Members answer = ask(0, victim, null);

        assertThat(answer.obstacle()).contains("n" + victim + " has been heard of");
        assertThat(answer.replicas()).containsExactly("n1", "n2", "n3");
        assertThat(ask(0, leader, null).obstacle()).contains("leads the group");
    }

    @Test
    void aNewReplicaComesInOnlyWhenTheLostOneHasLeft() {
        assertThat(ask(0, victim, ReplicaId.anotherOf("n" + victim)).obstacle())
                .contains("n" + victim + ", which has to leave first");
    }

    @Test
    void aReplicaThatLeftDoesNotComeBack() throws IOException {
        Path saved = directory.resolve("saved");
        cluster.stop(victim);
        FileSystemUtils.copyRecursively(cluster.dataDir(victim), saved);
        FileSystemUtils.deleteRecursively(cluster.dataDir(victim));
        leave(victim);

        Node old = cluster.create(victim, saved);
        old.raft().start();

        await().atMost(PATIENCE).until(() -> !old.deaths().isEmpty());
        assertThat(old.deaths().getFirst()).contains("the other nodes have taken this replica, n" + victim);
        old.raft().closeAbruptly();
        assertThat(ask(0, victim, "n" + victim).obstacle()).contains("does not come back");
    }

    @Test
    void aNodeThatStopsBeforeItIsLetInGoesOnUnderTheSameId() throws IOException {
        wipe(victim);
        leave(victim);
        Node first = created(victim);
        first.raft().start();
        String replica = first.log(0).replica();
        first.raft().closeAbruptly();

        Node again = cluster.start(victim);

        assertThat(again.log(0).replica()).isEqualTo(replica);
        assertThat(again.raft().outside()).hasSize(2);
        enter(victim, again);
        cluster.awaitSameState(0, cluster.commit(0).index());
    }

    @Test
    void aNodeWithDataDoesNotJoin() throws IOException {
        cluster.stop(victim);
        assertThat(created(victim).raft().enters()).isFalse();

        // A directory with half of it left is neither whole nor empty.
        try (Stream<Path> groups = Files.list(cluster.dataDir(victim).resolve("raft"))) {
            FileSystemUtils.deleteRecursively(groups.findFirst().orElseThrow());
        }
        Node half = created(victim);
        assertThat(half.raft().enters()).isFalse();
        assertThatExceptionOfType(LogRefusedException.class)
                .isThrownBy(() -> half.raft().start())
                .withMessageContaining("has had data of group")
                .satisfies(e -> assertThat(e.action()).contains("assent.cluster.join"));
    }

    private void wipe(int n) throws IOException {
        cluster.kill(n);
        FileSystemUtils.deleteRecursively(cluster.dataDir(n));
        // As a start leaves it that was refused.
        Path acceptors = Files.createDirectories(cluster.dataDir(n).resolve("acceptors"));
        Files.createFile(acceptors.resolve("lock"));
    }

    private Node created(int n) {
        return cluster.create(new Topology("n" + n, cluster.dataDir(n), cluster.peers(), cluster.groups()).joining());
    }

    private Node joinAnew(int n) {
        leave(n);
        Node node = created(n);
        assertThat(node.raft().enters()).isTrue();
        cluster.start(n, node);
        enter(n, node);
        return node;
    }

    private void leave(int n) {
        for (int group = 0; group < 2; group++) {
            settle(group, n, null);
        }
    }

    private void enter(int n, Node node) {
        for (Log log : List.copyOf(node.raft().outside())) {
            settle(log.state().group(), n, log.replica());
            await().atMost(PATIENCE).until(() -> log.status().caughtUp());
        }
        assertThat(node.raft().outside()).isEmpty();
    }

    private void settle(int group, int n, @Nullable String replica) {
        await().pollDelay(Duration.ZERO)
                .atMost(PATIENCE)
                .until(() -> ask(group, n, replica).obstacle() == null);
    }

    private Log.Members ask(int group, int n, @Nullable String replica) {
        return cluster.node(cluster.awaitLeader(group))
                .log(group)
                .settle("n" + n, replica)
                .toCompletableFuture()
                .join();
    }

    private static int another(int one, int two) {
        return 6 - one - two;
    }
}
