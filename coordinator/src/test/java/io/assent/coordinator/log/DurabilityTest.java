package io.assent.coordinator.log;

import static io.assent.coordinator.log.LogCluster.PATIENCE;
import static io.assent.coordinator.log.LogCluster.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.assent.coordinator.log.LogCluster.Node;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.Standing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurabilityTest {

    /** Small files and early snapshots, so that the log goes soon. */
    private static final Map<String, String> SMALL = Map.of(
            "segment.size", "16KB",
            "segment.preallocated", "4KB",
            "snapshot.threshold", "40");

    @TempDir
    private Path directory;

    @Test
    void aRestartReplaysTheLogAndTellsNobodyOfTheRunBefore() {
        try (LogCluster cluster = new LogCluster(directory, 1, 3, Map.of()).startAll()) {
            List<byte[]> before = new ArrayList<>();
            for (int group = 0; group < 3; group++) {
                cluster.commit(group, Records.founded());
                long term = cluster.node(1).log(group).leadership().term();
                for (int i = 0; i < 10; i++) {
                    cluster.commit(group, Records.decided(Records.id(group, term, i)));
                }
                before.add(LogCluster.bytes(cluster.node(1), group));
            }
            cluster.stop(1);

            Node again = cluster.start(1);

            for (int group = 0; group < 3; group++) {
                cluster.awaitLeader(group);
                GroupState state = again.log(group).state();
                assertThat(state.open()).hasSize(10);
                assertThat(again.told(group).all()).noneMatch(Recorder.Applied.class::isInstance);
                assertThat(again.told(group).all())
                        .containsExactly(new Recorder.Gained(
                                again.log(group).leadership().term()));
                assertThat(LogCluster.bytes(again, group)).hasSameSizeAs(before.get(group));
                assertThat(append(again, group)).isInstanceOf(Recorder.Applied.class);
            }
        }
    }

    @Test
    void aSnapshotReplacesTheLogBeforeItAndARestartBeginsThere() {
        try (LogCluster cluster = new LogCluster(directory, 1, 1, SMALL).startAll()) {
            List<TransactionId> ids = fill(cluster, 200);
            Node node = cluster.node(1);
            await().atMost(PATIENCE)
                    .until(() -> node.log(0).division().getRaftLog().getStartIndex() > 40);
            assertThat(snapshots(cluster.dataDir(1)).filter(file -> !file.endsWith(".md5")))
                    .hasSizeBetween(1, 2);
            byte[] before = LogCluster.bytes(node, 0);
            cluster.kill(1);

            Node again = cluster.start(1);
            long loaded = again.log(0).machine().getLatestSnapshot().getIndex();
            cluster.awaitLeader(0);

            assertThat(loaded).isGreaterThanOrEqualTo(40);
            assertThat(LogCluster.bytes(again, 0)).hasSameSizeAs(before);
            assertThat(ids).allMatch(id -> again.log(0).state().read(id) instanceof Standing.Open);
        }
    }

    @Test
    void aFollowerThatWasAwayForLongTakesTheLeadersSnapshotAsAWhole() {
        try (LogCluster cluster = new LogCluster(directory, 3, 1, SMALL).startAll()) {
            cluster.commit(0, Records.founded());
            int away = cluster.awaitLeader(0) % 3 + 1;
            cluster.stop(away);
            List<TransactionId> ids = fill(cluster, 200);
            Node leader = cluster.node(cluster.awaitLeader(0));
            await().atMost(PATIENCE)
                    .until(() -> leader.log(0).division().getRaftLog().getStartIndex() > 40);

            Node back = cluster.create(away, cluster.dataDir(away));
            GroupState initial = back.log(0).state();
            cluster.start(away, back);
            cluster.awaitSameState(0, leader.log(0).appliedIndex());

            assertThat(back.log(0).state()).isNotSameAs(initial);
            assertThat(ids).allMatch(id -> back.log(0).state().read(id) instanceof Standing.Open);
            assertThat(initial.open()).isEmpty();
            assertThat(back.deaths()).isEmpty();

            cluster.commit(0, Records.decided(Records.id(0, 1, 0)));
            cluster.kill(away);
            cluster.start(away);
            cluster.awaitSameState(0, leader.log(0).appliedIndex());
        }
    }

    @Test
    void aDamagedSnapshotStopsTheStart() throws IOException {
        try (LogCluster cluster = new LogCluster(directory, 1, 1, SMALL).startAll()) {
            fill(cluster, 100);
            Node node = cluster.node(1);
            await().atMost(PATIENCE).until(() -> node.log(0).machine().getLatestSnapshot() != null);
            cluster.stop(1);
            for (String name : snapshots(cluster.dataDir(1))
                    .filter(file -> !file.endsWith(".md5"))
                    .toList()) {
                Path file = Path.of(name);
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 1;
                Files.write(file, bytes);
            }

            Node again = cluster.create(1, cluster.dataDir(1));

            assertThatExceptionOfType(LogRefusedException.class)
                    .isThrownBy(() -> again.raft().start())
                    .withMessageContaining("snapshot");
        }
    }

    @Test
    void aLeaderWithoutMajorityAppliesNothing() {
        try (LogCluster cluster = new LogCluster(directory, 3, 1, Map.of()).startAll()) {
            cluster.commit(0, Records.founded());
            int leader = cluster.awaitLeader(0);
            Node cutOff = cluster.node(leader);
            TransactionId id = Records.id(0, cutOff.log(0).leadership().term(), 1);
            cluster.kill(leader % 3 + 1);
            cluster.kill((leader + 1) % 3 + 1);

            Recorder.Told told = append(cutOff, 0, Records.decided(id));

            assertThat(told).isInstanceOfAny(Recorder.Unknown.class, Recorder.Refused.class);
            assertThat(cutOff.log(0).state().read(id)).isNotInstanceOf(Standing.Open.class);
            await().atMost(PATIENCE)
                    .until(() -> cutOff.told(0).all().getLast() instanceof Recorder.Lost
                            || cutOff.told(0).all().contains(new Recorder.Lost()));

            cluster.start(leader % 3 + 1);
            cluster.start((leader + 1) % 3 + 1);
            Recorder.Applied later = cluster.commit(0);
            cluster.awaitSameState(0, later.index());
            assertThat(cutOff.told(0).all().stream()
                            .filter(event -> event instanceof Recorder.Applied applied
                                    && told instanceof Recorder.Unknown unknown
                                    && applied.id().equals(unknown.id())))
                    .isEmpty();
        }
    }

    private static List<TransactionId> fill(LogCluster cluster, int entries) {
        if (cluster.node(cluster.awaitLeader(0)).log(0).state().founded() == null) {
            cluster.commit(0, Records.founded());
        }
        long term = cluster.node(cluster.awaitLeader(0)).log(0).leadership().term();
        List<TransactionId> ids = new ArrayList<>();
        for (int i = 1; i <= entries; i++) {
            TransactionId id = Records.id(0, term, i);
            cluster.commit(0, Records.decided(id));
            ids.add(id);
        }
        return ids;
    }

    private static Stream<String> snapshots(Path dataDir) {
        try (Stream<Path> walk = Files.walk(dataDir.resolve("raft"))) {
            return walk
                    .filter(Files::isRegularFile)
                    .filter(file -> file.getParent().endsWith("sm"))
                    .map(Path::toString)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
