package io.assent.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OutcomeReader;
import io.assent.protocol.group.Standing;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.Ballot;
import io.assent.protocol.paxoscommit.RegistrarValue;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A leader of PAXOS_COMMIT transactions, between a log, a delivery and acceptors that do what the test says. */
class LeaderPaxosCommitTest {

    private static final Registered J = new Registered(List.of(
            new RegistrarValue.Address("bank-a", Stage.ENDPOINT),
            new RegistrarValue.Address("bank-b", Stage.ENDPOINT)));

    private final Stage stage = Stage.founded();

    private CompletableFuture<Answer> askToBegin() {
        return stage.askToBegin(
                new Group.Begin(Protocol.PAXOS_COMMIT, 30_000, Transaction.Description.NONE, null, null));
    }

    private TransactionId begin() {
        CompletableFuture<Answer> answer = askToBegin();
        stage.turn();
        stage.applyAll();
        return Stage.shown(answer).id();
    }

    /** PREPARE of both members is on its way. */
    private CompletableFuture<Answer> commit(TransactionId id) {
        return stage.commit(id, Group.Await.DECISION, Stage.member("bank-a"), Stage.member("bank-b"));
    }

    private void vote(Message message, Vote vote, boolean direct) {
        stage.reply(message, new Reply.Voted(message.transaction(), message.branch(), vote, null, direct));
    }

    private void report(AcceptorId by, TransactionId id, String participant) {
        AcceptorReply reply = stage.acceptors.tell(by, new AcceptorRequest.VoteBundle(id, J, List.of(participant)));
        assertThat(reply).isInstanceOf(AcceptorReply.VotesAccepted.class);
        Acceptors.Listener listener = stage.acceptors.listener;
        assertThat(listener).isNull(); // The stage has no runtime: what it would post is handed over.
        stage.leader().handle(new Notification.Voted(by, (AcceptorReply.VotesAccepted) reply));
        stage.turn();
    }

    private List<LogRecord> records() {
        return stage.log.handedOver;
    }

    @Test
    void Q2_theLogNamesTheAcceptorsBeforeTheFirstTransactionIsBorn() {
        CompletableFuture<Answer> answer = askToBegin();
        stage.turn();
        assertThat(answer).isNotDone();
        assertThat(records()).last().isEqualTo(new LogRecord.Acceptors(ScriptedAcceptors.THREE));
        stage.applyAll();
        assertThat(Stage.shown(answer).id().protocol()).isEqualTo(Protocol.PAXOS_COMMIT);
        assertThat(stage.log.state.acceptors().of(1)).isEqualTo(ScriptedAcceptors.THREE);
    }

    @Test
    void Q2_nothingIsBornWhileAReplicaWasNeverHeardOf() {
        stage.acceptors.discovered = Optional.empty();
        CompletableFuture<Answer> answer = askToBegin();
        stage.turn();
        assertThat(answer).isCompletedWithValue(Answer.Plain.ACCEPTORS_UNKNOWN);
        stage.acceptors.discovered = Optional.of(ScriptedAcceptors.THREE);
        assertThat(begin()).isNotNull();
    }

    @Test
    void Q1_aReplicaThatWasAnAcceptorBeforeStaysThatOne() {
        begin();
        stage.acceptors.discovered = Optional.of(ScriptedAcceptors.list(1, 2, 33));
        stage.lead(2);
        stage.turn();
        stage.applyAll();
        assertThat(stage.log.state.acceptors().of(2)).isEqualTo(ScriptedAcceptors.THREE);
    }

    @Test
    void Q2_aReplicaThatCameForALostOneIsAnAcceptorInAnotherTermOnly() {
        begin();
        AcceptorList renewed = new AcceptorList(List.of(
                ScriptedAcceptors.THREE.acceptors().get(0),
                ScriptedAcceptors.THREE.acceptors().get(1),
                new AcceptorList.Entry(new AcceptorId("n3~0123456789", 9), "http://127.0.0.1:1/n3")));
        stage.log.replicas = Stream.of("n1", "n2", "n3~0123456789")
                .map(id -> new Log.Replica(id.substring(0, 2), id, Log.Role.FOLLOWER, null, null))
                .toList();
        stage.acceptors.discovered = Optional.empty();
        stage.pass(Duration.ofSeconds(15));
        stage.turn();
        assertThat(stage.log.handOvers).isZero();

        stage.acceptors.discovered = Optional.of(renewed);
        stage.pass(Duration.ofSeconds(15));
        stage.turn();
        assertThat(stage.log.handOvers).isPositive();
        assertThat(stage.log.state.acceptors().of(1)).isEqualTo(ScriptedAcceptors.THREE);

        stage.lead(2);
        stage.turn();
        stage.applyAll();
        assertThat(stage.log.state.acceptors().of(2)).isEqualTo(renewed);
        int before = stage.log.handOvers;
        stage.pass(Duration.ofSeconds(15));
        stage.turn();
        assertThat(stage.log.handOvers).isEqualTo(before);
    }

    /** Else what an earlier term left stays in doubt, and the horizon stands, for as long as the newcomer leads. */
    @Test
    void Q2_aLeaderThatIsNoAcceptorOfAnEarlierTermLetsAnotherOneFindOutWhatItLeft() {
        TransactionId id = begin();
        assertThat(commit(id)).isNotDone();
        stage.acceptors.tell(ScriptedAcceptors.id(2), new AcceptorRequest.VoteBundle(id, J, List.of("bank-a")));
        stage.acceptors.self = new AcceptorId("n1~0123456789", 9);
        stage.acceptors.discovered = Optional.empty();
        stage.lead(2);
        for (int i = 0; i < 3; i++) {
            stage.pass(Duration.ofSeconds(15));
            stage.turn();
        }
        assertThat(outcome(id)).isEqualTo(OutcomeReader.Status.PENDING);
        assertThat(stage.log.handOvers).isPositive();
        assertThat(List.of("n1", "n2", "n3")).allMatch(stage.log.handedTo);
        assertThat(stage.log.handedTo).rejects("n1~0123456789");
        int before = stage.log.handOvers;
        stage.acceptors.self = ScriptedAcceptors.id(1);
        stage.lead(3);
        for (int i = 0; i < 3; i++) {
            stage.pass(Duration.ofSeconds(15));
            stage.applyAll();
        }
        assertThat(outcome(id)).isEqualTo(OutcomeReader.Status.ABORTED);
        assertThat(stage.log.handOvers).isEqualTo(before);
    }

    @Test
    void votesAreRelayedAndTheOutcomeIsToldWhenAMajorityAcceptedThemAll() {
        TransactionId id = begin();
        CompletableFuture<Answer> answer = commit(id);
        List<Message> prepares = stage.sent();
        assertThat(prepares)
                .hasSize(2)
                .allSatisfy(message -> assertThat(((Message.Prepare) message).acceptors())
                        .extracting(AcceptorList.Entry::id)
                        .containsExactly(ScriptedAcceptors.id(1), ScriptedAcceptors.id(2), ScriptedAcceptors.id(3)));
        stage.acceptors.silent.add(ScriptedAcceptors.id(2));
        stage.acceptors.silent.add(ScriptedAcceptors.id(3));
        vote(prepares.get(0), Vote.YES, false);
        vote(prepares.get(1), Vote.YES, false);
        assertThat(answer).as("one acceptor of three").isNotDone();
        stage.acceptors.silent.clear();
        stage.pass(Duration.ofSeconds(3));
        stage.turn();
        assertThat(Stage.shown(answer).outcome()).isEqualTo(Outcome.COMMITTED);
        assertThat(stage.sent()).hasSize(2).allMatch(Message.Commit.class::isInstance);
        stage.applyAll();
        assertThat(stage.log.state.open(id)).isNotNull();
        assertThat(records()).anyMatch(LogRecord.Learned.class::isInstance);
    }

    @Test
    void votesThatTravelDirectlyAreNotRelayedWhileTheyAreReported() {
        TransactionId id = begin();
        CompletableFuture<Answer> answer = commit(id);
        List<Message> prepares = stage.sent();
        stage.acceptors.asked.clear();
        for (Message prepare : prepares) {
            vote(prepare, Vote.YES, true);
        }
        for (int acceptor = 1; acceptor <= 2; acceptor++) {
            report(ScriptedAcceptors.id(acceptor), id, "bank-a");
            report(ScriptedAcceptors.id(acceptor), id, "bank-b");
        }
        assertThat(Stage.shown(answer).outcome()).isEqualTo(Outcome.COMMITTED);
        assertThat(stage.acceptors.asked).isEmpty();
    }

    @Test
    void aDirectVoteThatIsLostIsRelayedAfterAMoment() {
        TransactionId id = begin();
        CompletableFuture<Answer> answer = commit(id);
        for (Message prepare : stage.sent()) {
            vote(prepare, Vote.YES, true);
        }
        assertThat(answer).isNotDone();
        stage.pass(Duration.ofMillis(200));
        stage.turn();
        assertThat(Stage.shown(answer).outcome()).isEqualTo(Outcome.COMMITTED);
    }

    @Test
    void Q8_aNoAbortsByABallotThatIsChosen() {
        TransactionId id = begin();
        CompletableFuture<Answer> answer = commit(id);
        List<Message> prepares = stage.sent();
        stage.acceptors.silent.addAll(List.of(ScriptedAcceptors.id(2), ScriptedAcceptors.id(3)));
        vote(prepares.get(0), Vote.NO, false);
        stage.pass(Duration.ofSeconds(3));
        assertThat(answer).as("promised by one of three").isNotDone();
        stage.acceptors.silent.clear();
        for (int i = 0; i < 10; i++) {
            stage.pass(Duration.ofSeconds(3));
        }
        assertThat(Stage.shown(answer).outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(stage.acceptors.tell(
                        ScriptedAcceptors.id(2), new AcceptorRequest.VoteBundle(id, J, List.of("bank-b"))))
                .isInstanceOf(AcceptorReply.Refused.class);
    }

    @Test
    void Q4_aLeaderOfALaterTermFindsOutWhatAcceptorsHold() {
        TransactionId committed = begin();
        assertThat(commit(committed)).isNotDone();
        for (int acceptor = 1; acceptor <= 2; acceptor++) {
            stage.acceptors.tell(
                    ScriptedAcceptors.id(acceptor),
                    new AcceptorRequest.VoteBundle(committed, J, List.of("bank-a", "bank-b")));
        }
        TransactionId undecided = begin();
        assertThat(commit(undecided)).isNotDone();
        stage.acceptors.tell(ScriptedAcceptors.id(1), new AcceptorRequest.VoteBundle(undecided, J, List.of("bank-a")));
        stage.lead(2);
        stage.turn();
        stage.applyAll();
        stage.turn();
        stage.applyAll();
        assertThat(outcome(committed)).isEqualTo(OutcomeReader.Status.COMMITTED);
        assertThat(outcome(undecided)).isEqualTo(OutcomeReader.Status.ABORTED);
        assertThat(stage.sent()).filteredOn(Message.Commit.class::isInstance).hasSize(2);
    }

    @Test
    void Q4_whatNoAcceptorHoldsIsPendingUntilSomebodyAsksForItThenAborted() {
        TransactionId id = begin();
        assertThat(commit(id)).isNotDone();
        stage.lead(2);
        stage.turn();
        stage.applyAll();
        assertThat(outcome(id)).isEqualTo(OutcomeReader.Status.PENDING);
        stage.leader().handle(new Request.Settle(id, new CompletableFuture<>()));
        stage.turn();
        stage.applyAll();
        stage.turn();
        stage.applyAll();
        assertThat(outcome(id)).isEqualTo(OutcomeReader.Status.ABORTED);
    }

    @Test
    void D2_aKeyThatBeganUnderAnEarlierLeaderHasThatTransactionFoundOut() {
        Group.Begin keyed = new Group.Begin(Protocol.PAXOS_COMMIT, 30_000, Transaction.Description.NONE, "k", "d");
        CompletableFuture<Answer> first = stage.askToBegin(keyed);
        stage.turn();
        stage.applyAll();
        stage.turn();
        stage.applyAll();
        TransactionId id = Stage.shown(first).id();
        stage.lead(2);
        stage.turn();
        stage.applyAll();
        assertThat(stage.askToBegin(keyed)).isCompletedWithValue(Answer.Plain.LEADER_CHANGED);
        stage.turn();
        stage.applyAll();
        stage.turn();
        stage.applyAll();
        Transaction again = Stage.shown(stage.askToBegin(keyed));
        assertThat(again.id()).isEqualTo(id);
        assertThat(again.outcome()).isEqualTo(Outcome.ABORTED);
    }

    @Test
    void U1_aTransactionOfATermWithoutAcceptorsWasNeverBorn() {
        TransactionId id = begin();
        stage.lead(3);
        TransactionId never = TransactionId.issue(
                new TransactionId.Birth(0, id.incarnation(), 2, 0),
                Protocol.PAXOS_COMMIT,
                1,
                stage.log.state.founded().key());
        assertThat(outcome(never)).isEqualTo(OutcomeReader.Status.ABORTED);
        assertThat(outcome(id)).isEqualTo(OutcomeReader.Status.PENDING);
    }

    @Test
    void Q6_theHorizonWaitsUntilAMajorityHasSealed() {
        Stage young = new Stage(
                new RuntimeLimits(1_000, 100, 100, 10, 100, 100, Duration.ofMinutes(1)),
                IntentLog.PREPARE,
                Duration.ZERO);
        young.turn();
        young.applyAll();
        CompletableFuture<Answer> begun = young.askToBegin(
                new Group.Begin(Protocol.PAXOS_COMMIT, 30_000, Transaction.Description.NONE, null, null));
        young.turn();
        young.applyAll();
        TransactionId id = Stage.shown(begun).id();
        assertThat(young.abort(id)).isDone();
        young.pass(Duration.ofSeconds(15));
        young.acceptors.silent.addAll(List.of(ScriptedAcceptors.id(2), ScriptedAcceptors.id(3)));
        for (int i = 0; i < 30; i++) {
            young.pass(Duration.ofSeconds(5));
            young.applyAll();
        }
        assertThat(young.log.state.horizon()).isEqualTo(Horizon.NONE);
        young.acceptors.silent.clear();
        for (int i = 0; i < 30; i++) {
            young.pass(Duration.ofSeconds(5));
            young.applyAll();
        }
        assertThat(young.log.state.horizon().covers(id)).isTrue();
        assertThat(young.acceptors.tell(
                        ScriptedAcceptors.id(2), new AcceptorRequest.VoteBundle(id, J, List.of("bank-a"))))
                .isEqualTo(new AcceptorReply.Rejected(id, AcceptorReply.Reason.SEALED));
    }

    @Test
    void Q6_aSealOfAnEarlierLeaderIsLiftedByOneOfItsOwn() {
        TransactionId id = begin();
        assertThat(commit(id)).isNotDone();
        stage.acceptors.tell(ScriptedAcceptors.id(2), new AcceptorRequest.VoteBundle(id, J, List.of("bank-a")));
        AcceptorRequest.Seal seal = new AcceptorRequest.Seal(
                id.incarnation(),
                1,
                Horizon.of(id),
                1,
                Ballot.of(ScriptedAcceptors.THREE, 50, ScriptedAcceptors.id(2)));
        for (AcceptorList.Entry acceptor : ScriptedAcceptors.THREE.acceptors()) {
            assertThat(stage.acceptors.tell(acceptor.id(), seal)).isInstanceOf(AcceptorReply.Sealed.class);
        }
        stage.lead(2);
        for (int i = 0; i < 20 && outcome(id) == OutcomeReader.Status.PENDING; i++) {
            stage.pass(Duration.ofSeconds(5));
            stage.applyAll();
        }
        assertThat(outcome(id)).isEqualTo(OutcomeReader.Status.ABORTED);
        assertThat(stage.log.state.read(id)).isInstanceOf(Standing.Finished.class);
    }

    @Test
    void Q6_whatNoAcceptorHoldsIsFoundOutUnderTheSealToo() {
        TransactionId id = begin();
        assertThat(commit(id)).isNotDone();
        AcceptorRequest.Seal seal = new AcceptorRequest.Seal(
                id.incarnation(),
                1,
                Horizon.of(id),
                1,
                Ballot.of(ScriptedAcceptors.THREE, 50, ScriptedAcceptors.id(2)));
        for (AcceptorList.Entry acceptor : ScriptedAcceptors.THREE.acceptors()) {
            assertThat(stage.acceptors.tell(acceptor.id(), seal)).isInstanceOf(AcceptorReply.Sealed.class);
        }
        stage.lead(2);
        stage.leader().handle(new Request.Settle(id, new CompletableFuture<>()));
        for (int i = 0; i < 20 && outcome(id) == OutcomeReader.Status.PENDING; i++) {
            stage.pass(Duration.ofSeconds(5));
            stage.applyAll();
        }
        assertThat(outcome(id)).isEqualTo(OutcomeReader.Status.ABORTED);
    }

    @Test
    void U2_aDeposedLeaderWhoseTransactionIsForgottenElsewhereNeitherAnswersForItNorLeadsOn() {
        TransactionId id = begin();
        CompletableFuture<Answer> answer = commit(id);
        // Others have committed it and forgotten it since; no record of theirs has reached this replica.
        for (int acceptor = 2; acceptor <= 3; acceptor++) {
            stage.acceptors.tell(
                    ScriptedAcceptors.id(acceptor), new AcceptorRequest.Forget(id.incarnation(), Horizon.of(id)));
        }
        stage.pass(Duration.ofSeconds(31));
        for (int i = 0; i < 10 && !stage.isDeposed(); i++) {
            stage.turn();
        }
        assertThat(stage.isDeposed()).isTrue();
        assertThat(outcome(id)).isEqualTo(OutcomeReader.Status.PENDING);
        stage.leader().retire();
        Stage.assertLeaderChanged(answer);
    }

    private OutcomeReader.Status outcome(TransactionId id) {
        return Reading.outcome(stage.log.state, stage.leader().table(), id).status();
    }
}
