package io.assent.coordinator.log;

import static io.assent.coordinator.log.LogCluster.PATIENCE;
import static io.assent.coordinator.log.LogCluster.append;
import static io.assent.coordinator.log.LogCluster.awaitTold;
import static io.assent.coordinator.log.LogCluster.nextBatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.assent.coordinator.log.LogCluster.Node;
import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Log.BatchId;
import io.assent.coordinator.runtime.Log.Replica;
import io.assent.coordinator.runtime.Log.Role;
import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.LogRecordCodec;
import io.assent.protocol.group.Standing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes, three groups. */
@TestInstance(Lifecycle.PER_CLASS)
class ReplicationTest {

    private LogCluster cluster;

    @BeforeAll
    void start(@TempDir Path directory) {
        cluster = new LogCluster(directory, 3, 3, Map.of()).startAll();
        for (int group = 0; group < 3; group++) {
            cluster.commit(group, Records.founded());
        }
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void factsComeInTheOrderOfTheLogAndOfTheRecords() {
        Node leader = cluster.node(cluster.awaitLeader(0));
        Recorder told = leader.told(0);
        long term = leader.log(0).leadership().term();
        List<BatchId> batches = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            BatchId id = nextBatch();
            batches.add(id);
            TransactionId first = Records.id(0, term, 100 + 2L * i);
            TransactionId second = Records.id(0, term, 101 + 2L * i);
            leader.log(0)
                    .append(
                            id,
                            term,
                            List.of(
                                    Records.enrolled(first),
                                    Records.decided(first),
                                    Records.aborted(second),
                                    Records.decided(second)));
        }
        batches.forEach(id -> awaitTold(told, id));

        List<Recorder.Applied> applied = told.all().stream()
                .filter(Recorder.Applied.class::isInstance)
                .map(Recorder.Applied.class::cast)
                .filter(event -> batches.contains(event.id()))
                .toList();
        assertThat(applied).extracting(Recorder.Applied::id).containsExactlyElementsOf(batches);
        assertThat(applied).extracting(Recorder.Applied::index).isSorted().doesNotHaveDuplicates();
        assertThat(applied)
                .allSatisfy(event -> assertThat(event.facts())
                        .containsExactly(Known.APPLIED, Known.COMMITTED, Known.ABORTED, Known.ABORTED));
        cluster.awaitSameState(0, applied.getLast().index());
    }

    @Test
    void onlyTheNodeThatHandedABatchOverIsTold() {
        int n = cluster.awaitLeader(1);
        Recorder.Applied applied = cluster.commit(1, Records.decided(termId(1, n, 1)));

        cluster.awaitSameState(1, applied.index());
        assertThat(cluster.running().stream()
                        .filter(node -> !node.told(1).of(applied.id()).isEmpty()))
                .hasSize(1);
    }

    @Test
    void anEmptyBatchIsAnEntryOfItsOwn() {
        long before = cluster.node(cluster.awaitLeader(0)).log(0).appliedIndex();

        Recorder.Applied barrier = cluster.commit(0);

        assertThat(barrier.index()).isGreaterThan(before);
        assertThat(barrier.facts()).isEmpty();
    }

    @Test
    void leadershipIsHandedToTheOneThatIsNamed() {
        Log log = cluster.node(cluster.awaitLeader(2)).log(2);
        String chosen = log.status().replicas().stream()
                .map(Replica::id)
                .filter(id -> !log.replica().equals(id))
                .toList()
                .getLast();
        // Asked again, because a transfer has little time, and nobody leads for a while when it fails.
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> {
            cluster.node(cluster.awaitLeader(2)).log(2).handOver(chosen::equals);
            return chosen.equals(log.leadership().leader());
        });
    }

    @Test
    void aFollowerRefuses() {
        int n = cluster.awaitLeader(0);
        Node follower = cluster.node(n % 3 + 1);
        Fact standing = factOf(follower, Records.id(0, 1, 5_000));

        Recorder.Told told = append(follower, 0, Records.decided(Records.id(0, 1, 5_000)));

        assertThat(told).isInstanceOf(Recorder.Refused.class);
        assertThat(factOf(follower, Records.id(0, 1, 5_000))).isEqualTo(standing);
    }

    @Test
    void aBatchThatIsTooLargeIsRefusedAndTheLeaderStays() {
        Node leader = cluster.node(cluster.awaitLeader(2));
        long term = leader.log(2).leadership().term();
        var record = Records.decided(Records.id(2, term, 1));
        var many = Collections.nCopies(Log.MAX_ENTRY_BYTES / 100, record);
        BatchId id = nextBatch();

        leader.log(2).append(id, term, many);

        assertThat(awaitTold(leader.told(2), id)).isInstanceOf(Recorder.Refused.class);
        assertThat(append(leader, 2, record)).isInstanceOf(Recorder.Applied.class);
        assertThat(leader.log(2).leadership().term()).isEqualTo(term);
    }

    @Test
    void aDecisionAsLargeAsAnEntryIsApplied() {
        Node leader = cluster.node(cluster.awaitLeader(2));
        long term = leader.log(2).leadership().term();
        List<Member> members = IntStream.range(0, 128)
                .mapToObj(i -> Member.of("p" + i, "http://127.0.0.1/" + "u".repeat(4_030))
                        .withVote(Vote.YES))
                .toList();
        var decision = new LogRecord.Decided(Records.id(2, term, 2), members, 1_000);
        assertThat(LogRecordCodec.encode(List.of(decision))).hasSizeGreaterThan(Log.MAX_ENTRY_BYTES * 97 / 100);

        assertThat(cluster.commit(2, decision).facts()).containsExactly(Known.COMMITTED);
    }

    @Test
    void aRequestThatIsNotOfTheLeadersProcessIsNotAppended() throws IOException {
        Node leader = cluster.node(cluster.awaitLeader(1));
        long end = leader.log(1).division().getRaftLog().getNextIndex();

        RaftClientReply reply = ((RaftClientAsynchronousProtocol) leader.log(1).division())
                .submitClientRequestAsync(RaftClientRequest.newBuilder()
                        .setClientId(ClientId.randomId())
                        .setServerId(leader.log(1).division().getId())
                        .setGroupId(leader.log(1).id())
                        .setCallId(1)
                        .setMessage(Message.valueOf("anything"))
                        .setType(RaftClientRequest.writeRequestType())
                        .build())
                .join();

        assertThat(reply.getException()).isInstanceOf(StateMachineException.class);
        assertThat(leader.log(1).division().getRaftLog().getNextIndex()).isEqualTo(end);
        assertThat(append(leader, 1)).isInstanceOf(Recorder.Applied.class);
    }

    @Test
    void aNewLeaderIsReadyOnlyWhenEveryOlderEntryIsApplied() {
        int old = cluster.awaitLeader(0);
        long oldTerm = cluster.node(old).log(0).leadership().term();
        TransactionId id = Records.id(0, oldTerm, 7_000);
        Recorder.Applied last = cluster.commit(0, Records.decided(id));
        Node killed = cluster.kill(old);

        Node leader = cluster.node(cluster.awaitLeader(0));

        assertThat(killed.told(0).all().getLast()).isEqualTo(new Recorder.Lost());
        long term = leader.log(0).leadership().term();
        assertThat(term).isGreaterThan(oldTerm);
        assertThat(leader.told(0).all()).contains(new Recorder.Gained(term));
        assertThat(leader.log(0).appliedIndex()).isGreaterThan(last.index());
        assertThat(leader.log(0).state().lastTerm()).isGreaterThanOrEqualTo(term);
        assertThat(leader.log(0).state().read(id)).isInstanceOf(Standing.Open.class);

        cluster.comeBack(old);
        cluster.awaitSameState(0, leader.log(0).appliedIndex());
    }

    @Test
    void aReplicaThatComesBackFollowsAndIsListed() {
        int n = cluster.awaitLeader(1);
        int away = n % 3 + 1;
        cluster.stop(away);
        Recorder.Applied applied = cluster.commit(1, Records.decided(termId(1, cluster.awaitLeader(1), 77)));

        cluster.comeBack(away);
        cluster.awaitSameState(1, applied.index());

        Node leader = cluster.node(cluster.awaitLeader(1));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(leader.log(1).status().replicas())
                        .hasSize(3)
                        .allSatisfy(replica -> assertThat(replica.lag()).isEqualTo(0))
                        .extracting(Replica::role)
                        .containsExactlyInAnyOrder(Role.LEADER, Role.FOLLOWER, Role.FOLLOWER));
    }

    @Test
    void stoppingTheLeaderHandsItsGroupsOver() {
        int old = cluster.awaitLeader(2);
        cluster.stop(old);

        int next = cluster.awaitLeader(2);

        assertThat(next).isNotEqualTo(old);
        assertThat(append(cluster.node(next), 2)).isInstanceOf(Recorder.Applied.class);
        cluster.comeBack(old);
    }

    @Test
    void anEntryMakesAReplicaFresh() {
        Recorder.Applied applied = cluster.commit(0);
        for (Node node : cluster.running()) {
            await().atMost(PATIENCE).until(() -> node.log(0).appliedIndex() >= applied.index());
            assertThat(node.log(0).staleMillis()).isLessThan(PATIENCE.toMillis());
        }
    }

    private TransactionId termId(int group, int node, long sequence) {
        return Records.id(group, cluster.node(node).log(group).leadership().term(), sequence);
    }

    private static Fact factOf(Node node, TransactionId id) {
        return node.log(0).state().read(id) instanceof Standing.Open ? Known.COMMITTED : Known.DEAD;
    }
}
