package io.assent.coordinator.consultation;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.coordinator.cluster.ClusterLayout;
import io.assent.coordinator.cluster.ClusterProperties;
import io.assent.coordinator.cluster.NodeProperties;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Births;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.Mark;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.RegistrarValue.Address;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An acceptor lets go of what the log has learned and forgotten (Q6), and of nothing else. */
class AcceptorUpkeepTest {

    private static final Registered J = new Registered(List.of(new Address("a", "http://a")));

    @TempDir
    private Path data;

    private final ScriptedLog log = new ScriptedLog();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private NodeClient client;
    private OwnAcceptors acceptors;
    private AcceptorUpkeep upkeep;

    @BeforeEach
    void open() {
        ClusterProperties cluster = new ClusterProperties(
                List.of(),
                null,
                Births.GROUP + 1,
                3,
                Duration.ofSeconds(3),
                1024,
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                2048);
        NodeProperties node = new NodeProperties("n1", data);
        client = new NodeClient(cluster, Optional::empty);
        acceptors = new OwnAcceptors(
                new ClusterLayout(node, cluster),
                node,
                () -> List.of(log),
                new Identities(client),
                (reason, cause) -> {
                    throw new AssertionError(reason, cause);
                },
                new AcceptorMetrics(meters));
        upkeep = new AcceptorUpkeep(acceptors);
        log.isCaughtUp();
        acceptors.start();
        upkeep.watch();
    }

    @AfterEach
    void close() {
        acceptors.close();
        client.destroy();
    }

    private static TransactionId born(long sequence) {
        return Births.born(ScriptedLog.TERM, sequence, Protocol.PAXOS_COMMIT);
    }

    private OwnAcceptor own() {
        OwnAcceptor own = acceptors.of(Births.GROUP);
        assertThat(own).isNotNull();
        return own;
    }

    private AcceptorReply ask(AcceptorRequest request) {
        try {
            return own().submit(request).get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("No reply to " + request, e);
        }
    }

    private void vote(long sequence) {
        ask(new AcceptorRequest.VoteBundle(born(sequence), J, List.of("a")));
    }

    private List<TransactionId> unlearned() {
        return ((AcceptorReply.Unlearned) ask(new AcceptorRequest.ListUnlearned(null, 10_000))).held();
    }

    private void logHasAcceptors() {
        AcceptorId self = own().self();
        log.apply(new LogRecord.Acceptors(new AcceptorList(List.of(new AcceptorList.Entry(self, "http://n1")))));
    }

    private void logLearns(long sequence) {
        log.apply(new LogRecord.Learned(born(sequence), List.of(), Outcome.ABORTED, 1));
    }

    private void logForgets(long sequence) {
        Horizon horizon = new Horizon(ScriptedLog.TERM, sequence);
        log.apply(new LogRecord.Forgotten(horizon, new Mark(1, horizon)));
    }

    private double held() {
        return meters.get("assent.acceptor.transactions").gauge().value();
    }

    @Test
    void whatTheLogHasLearnedIsToldAndWhatItDoesNotKnowIsNot() {
        logHasAcceptors();
        for (int i = 0; i < 1_100; i++) {
            vote(i);
            if (i % 100 != 0) {
                logLearns(i);
            }
        }

        upkeep.keepUp();

        assertThat(unlearned())
                .containsExactly(
                        born(0),
                        born(100),
                        born(200),
                        born(300),
                        born(400),
                        born(500),
                        born(600),
                        born(700),
                        born(800),
                        born(900),
                        born(1_000));
    }

    @Test
    void whatTheLogHasLearnedAndForgottenIsLetGoAndNeverAcceptedAgain_Q6() {
        logHasAcceptors();
        vote(1);
        vote(2);
        logLearns(1);
        assertThat(held()).isEqualTo(2);
        upkeep.keepUp();
        assertThat(held()).isEqualTo(1);
        assertThat(ask(new AcceptorRequest.VoteBundle(born(1), J, List.of("a"))))
                .isEqualTo(new AcceptorReply.Rejected(born(1), AcceptorReply.Reason.LEARNED));
        logForgets(1);

        upkeep.keepUp();
        upkeep.keepUp();

        assertThat(held()).isEqualTo(1);
        assertThat(ask(new AcceptorRequest.VoteBundle(born(1), J, List.of("a"))))
                .isEqualTo(new AcceptorReply.Rejected(born(1), AcceptorReply.Reason.FORGOTTEN));
    }

    @Test
    void aGroupThatNeverHadAcceptorsCostsNoWrite() {
        logForgets(1);

        upkeep.keepUp();
        upkeep.keepUp();

        assertThat(meters.find("assent.acceptor.requests")
                        .tags("kind", "forget")
                        .counters())
                .isEmpty();
    }
}
