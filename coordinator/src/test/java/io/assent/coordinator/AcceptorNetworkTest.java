package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.assent.coordinator.acceptor.AcceptorRefusedException;
import io.assent.coordinator.consultation.OwnAcceptors;
import io.assent.coordinator.runtime.Acceptors;
import io.assent.coordinator.runtime.AcceptorsOfGroup;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.Ballot;
import io.assent.protocol.paxoscommit.BranchValue;
import io.assent.protocol.paxoscommit.Proposal;
import io.assent.protocol.paxoscommit.RegistrarValue.Address;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Two nodes ask each other's acceptors over HTTP; the log below each of them is played. */
class AcceptorNetworkTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final Registered J =
            new Registered(List.of(new Address("a", "http://a"), new Address("b", "http://b")));

    @TempDir
    private Path directory;

    private final List<Integer> ports = freePorts();
    private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

    private static List<Integer> freePorts() {
        try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return List.of(one.getLocalPort(), two.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void startBoth() {
        start(1);
        start(2);
    }

    private void start(int number) {
        List<String> settings = new ArrayList<>(List.of(
                "--server.port=" + ports.get(number - 1),
                "--assent.node.id=n" + number,
                "--assent.node.data-dir=" + directory.resolve("n" + number),
                "--assent.security.secret=" + SECRET));
        for (int i = 0; i < 2; i++) {
            String node = "--assent.cluster.nodes[" + i + "].";
            settings.add(node + "id=n" + (i + 1));
            settings.add(node + "url=http://127.0.0.1:" + ports.get(i));
            settings.add(node + "raft=127.0.0.1:" + (i + 1));
        }
        nodes.add(new SpringApplicationBuilder(FakeCoordinator.class).run(settings.toArray(String[]::new)));
    }

    @AfterEach
    void stopBoth() {
        nodes.forEach(ConfigurableApplicationContext::close);
    }

    private FakeGroup group(int number) {
        return nodes.get(number - 1).getBean(FakeGroup.class);
    }

    private Acceptors acceptors(int number) {
        return nodes.get(number - 1).getBean(AcceptorsOfGroup.class).of(0);
    }

    private void openOn(int number) {
        OwnAcceptors own = nodes.get(number - 1).getBean(OwnAcceptors.class);
        own.refuseWhatIsLost();
        own.start();
        await().until(() -> acceptors(number).self() != null);
    }

    private AcceptorList.Entry acceptorOf(int number) {
        AcceptorId self = acceptors(number).self();
        assertThat(self).isNotNull();
        return new AcceptorList.Entry(self, "http://127.0.0.1:" + ports.get(number - 1));
    }

    private static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("No answer", e);
        }
    }

    private static Proposal proposal() {
        return new Proposal(J, new TreeMap<>(Map.of("a", BranchValue.PREPARED, "b", BranchValue.ABORTED)));
    }

    @Test
    void aListIsDiscoveredOnceEveryReplicaHasSaidWhoItIs() {
        assertThat(get(acceptors(1).discover())).isEmpty();
        openOn(1);
        assertThat(get(acceptors(1).discover())).as("the other one is not open").isEmpty();
        openOn(2);

        AcceptorList found = get(acceptors(1).discover()).orElseThrow();

        assertThat(found.acceptors()).containsExactlyInAnyOrder(acceptorOf(1), acceptorOf(2));
        assertThat(get(acceptors(2).discover()))
                .as("one order, that of the layout")
                .contains(found);
    }

    @Test
    void aListIsNotDiscoveredWhileAReplicaIsSilent() {
        openOn(1);
        openOn(2);
        nodes.get(1).close();

        assertThat(get(acceptors(1).discover())).isEmpty();
        TransactionId id = group(1).issuePaxos();
        AcceptorList.Entry gone = new AcceptorList.Entry(new AcceptorId("n2", 1), "http://127.0.0.1:" + ports.get(1));
        assertThatThrownBy(() -> acceptors(1)
                        .ask(gone, new AcceptorRequest.Phase1a(id, new Ballot(3)))
                        .get(30, TimeUnit.SECONDS))
                .isNotNull();
    }

    @Test
    void everyQuestionGetsTheAnswerOfTheCore() {
        openOn(1);
        openOn(2);
        TransactionId id = group(1).issuePaxos();
        TransactionId other = group(1).issuePaxos();
        for (int to = 1; to <= 2; to++) {
            AcceptorList.Entry entry = acceptorOf(to);
            assertThat(ask(entry, new AcceptorRequest.VoteBundle(id, J, List.of("a"))))
                    .isEqualTo(new AcceptorReply.VotesAccepted(id, J, List.of("a")));
            assertThat(ask(entry, new AcceptorRequest.Phase1a(id, new Ballot(4))))
                    .isInstanceOfSatisfying(AcceptorReply.Phase1b.class, promise -> {
                        assertThat(promise.ballot()).isEqualTo(new Ballot(4));
                        assertThat(promise.registrar()).isNotNull();
                        assertThat(promise.branches()).containsOnlyKeys("a");
                    });
            assertThat(ask(entry, new AcceptorRequest.Phase1a(id, new Ballot(3))))
                    .isEqualTo(new AcceptorReply.Refused(id, new Ballot(4)));
            assertThat(ask(entry, new AcceptorRequest.Phase2a(id, new Ballot(4), proposal())))
                    .isEqualTo(new AcceptorReply.Phase2b(id, new Ballot(4)));
            assertThat(ask(entry, new AcceptorRequest.Phase2a(other, new Ballot(4), Proposal.ABORT)))
                    .isEqualTo(new AcceptorReply.Phase2b(other, new Ballot(4)));
            assertThat(ask(entry, new AcceptorRequest.Phase2a(id, new Ballot(4), Proposal.ABORT)))
                    .isEqualTo(new AcceptorReply.Rejected(id, AcceptorReply.Reason.CONTRADICTION));
            assertThat(ask(entry, new AcceptorRequest.Phase1a(other, new Ballot(5))))
                    .isInstanceOfSatisfying(
                            AcceptorReply.Phase1b.class,
                            promise -> assertThat(promise.registrar()).isNotNull());
            assertThat(ask(entry, new AcceptorRequest.ListUnlearned(id, 10)))
                    .isEqualTo(new AcceptorReply.Unlearned(List.of(other)));
            AcceptorRequest.Seal seal =
                    new AcceptorRequest.Seal(FakeGroup.INCARNATION, 1, Horizon.of(id), 1, new Ballot(9));
            assertThat(ask(entry, seal)).isEqualTo(new AcceptorReply.Sealed(seal, List.of(id)));
            AcceptorRequest.Seal lower =
                    new AcceptorRequest.Seal(FakeGroup.INCARNATION, 1, Horizon.of(id), 1, new Ballot(8));
            assertThat(ask(entry, lower)).isEqualTo(new AcceptorReply.SealRefused(lower, new Ballot(9)));
        }
    }

    private AcceptorReply ask(AcceptorList.Entry to, AcceptorRequest request) {
        return get(acceptors(1).ask(to, request));
    }

    @Test
    void anotherIncarnationIsToldThatItIsNotMeant_Q1() {
        openOn(1);
        openOn(2);
        AcceptorRequest request = new AcceptorRequest.Phase1a(group(1).issuePaxos(), new Ballot(3));
        for (int to = 1; to <= 2; to++) {
            AcceptorList.Entry entry = acceptorOf(to);
            AcceptorList.Entry before = new AcceptorList.Entry(
                    new AcceptorId(entry.id().replica(), entry.id().incarnation() + 1), entry.url());

            assertThat(ask(before, request)).isEqualTo(new AcceptorReply.Misaddressed(entry.id()));
        }
    }

    @Test
    void roundsAreTakenOfTheOwnAcceptorOnly() {
        openOn(1);
        openOn(2);
        AcceptorRequest rounds = new AcceptorRequest.TakeRounds(1, 1);

        assertThat(ask(acceptorOf(1), rounds)).isEqualTo(new AcceptorReply.RoundsTaken(1, 1));
        assertThat(acceptors(1).ask(acceptorOf(2), rounds)).isCompletedExceptionally();
    }

    @Test
    void manyQuestionsAtOnceAreAllAnswered() {
        openOn(1);
        openOn(2);
        AcceptorList.Entry to = acceptorOf(2);
        List<TransactionId> ids = new ArrayList<>();
        List<CompletableFuture<AcceptorReply>> replies = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            TransactionId id = group(1).issuePaxos();
            ids.add(id);
            replies.add(acceptors(1).ask(to, new AcceptorRequest.VoteBundle(id, J, List.of("a", "b"))));
        }

        for (int i = 0; i < ids.size(); i++) {
            assertThat(get(replies.get(i)))
                    .isEqualTo(new AcceptorReply.VotesAccepted(ids.get(i), J, List.of("a", "b")));
        }
    }

    @Test
    void aVoteBroughtToAnyNodeReachesTheLeadersListener() {
        openOn(1);
        openOn(2);
        group(2).isLedBy("n1");
        Queue<AcceptorReply.VotesAccepted> told = new ConcurrentLinkedQueue<>();
        Queue<AcceptorId> by = new ConcurrentLinkedQueue<>();
        acceptors(1).listen((acceptor, votes) -> {
            by.add(acceptor);
            told.add(votes);
        });
        TransactionId id = group(1).issuePaxos();
        AcceptorList.Entry to = acceptorOf(2);

        new Api(ports.get(1))
                .post(
                        "/v1/acceptor/votes",
                        "{'acceptor':'n2','incarnation':'" + to.id().incarnationText() + "','votes':[{'transaction':'"
                                + id + "','branch':'b','participants':[{'participant':'a','endpoint':'http://a'},"
                                + "{'participant':'b','endpoint':'http://b'}]}]}",
                        "Authorization",
                        "Bearer " + SECRET)
                .expect(200);

        await().until(() -> !told.isEmpty());
        assertThat(told).containsExactly(new AcceptorReply.VotesAccepted(id, J, List.of("b")));
        assertThat(by).containsExactly(to.id());
    }

    @Test
    void aReplicaWhoseStorageAnotherNodeKnowsDoesNotStartWithoutIt_Q1() {
        openOn(1);
        AcceptorId lost = new AcceptorId("n2", 0xab);
        group(1).apply(
                        new LogRecord.Acceptors(
                                new AcceptorList(List.of(new AcceptorList.Entry(lost, "http://127.0.0.1:1")))),
                        FakeGroup.TERM);
        group(2).isReplaying();

        assertThatThrownBy(() -> openOn(2))
                .isInstanceOfSatisfying(
                        AcceptorRefusedException.class,
                        refused -> assertThat(refused.action()).contains("assent.cluster.join"))
                .hasMessageContaining(lost.toString())
                .hasMessageContaining("no data");
        assertThat(acceptors(2).self()).isNull();
    }
}
