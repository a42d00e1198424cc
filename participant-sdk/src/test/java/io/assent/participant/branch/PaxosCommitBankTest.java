package io.assent.participant.branch;

import static io.assent.participant.branch.FakeCoordinator.commit;
import static io.assent.participant.branch.FakeCoordinator.commitOnePhase;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.assent.participant.initiator.DistributedTransactionTemplate;
import io.assent.participant.web.FakeAcceptor;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.ParticipantAddress;
import io.assent.protocol.message.ReplyForm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Paxos Commit at a participant: its vote goes to the acceptors as well, and it leaves nobody else a decision. */
class PaxosCommitBankTest {

    private static final String FAST = "assent.participant.lookup.after=200ms";
    private static final String SLOW = "assent.participant.lookup.after=1h";
    private static final String SLOWEST = "assent.participant.lookup.longest=1h";
    private static final long TERM = 3;
    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    private final List<FakeAcceptor> acceptors =
            Stream.of("one", "two", "three").map(FakeAcceptor::new).toList();
    private FakeCoordinator coordinator;
    private TransactionId transaction;

    @BeforeEach
    void begin() {
        coordinator = new FakeCoordinator(72);
        transaction = coordinator.transaction(Protocol.PAXOS_COMMIT);
    }

    @AfterEach
    void end() {
        acceptors.forEach(FakeAcceptor::close);
        coordinator.close();
    }

    private Bank bank(String... settings) {
        return Bank.start(
                coordinator,
                folder,
                Stream.concat(Stream.of(SLOW, SLOWEST), Stream.of(settings)).toArray(String[]::new));
    }

    private Member work(Bank bank) {
        return work(bank, () -> bank.work().branch(() -> bank.accounts().insert("a")));
    }

    private Member work(Bank bank, Callable<?> script, String... headers) {
        return bank.call(transaction, script, headers).member();
    }

    private static Object workHere(Bank bank) {
        try {
            return bank.work().branch(() -> bank.accounts().insert("a"));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Message.Prepare prepare(Member member) {
        return prepare(member, TERM, acceptors.stream().map(FakeAcceptor::entry).toList());
    }

    private Message.Prepare prepare(Member member, long term, List<AcceptorList.Entry> named) {
        return new Message.Prepare(
                transaction,
                Bank.ID,
                term,
                List.of(Member.of("bank-b", "http://127.0.0.1:1/b"), member),
                60_000,
                member.token(),
                member.calls(),
                named);
    }

    private Optional<ReplyForm> send(Bank bank, Message message) {
        return coordinator.send(bank.endpoint(), message);
    }

    private void votesYes(Bank bank, Message.Prepare prepare, boolean direct) {
        ReplyForm reply = send(bank, prepare).orElseThrow();
        assertThat(reply.vote()).isEqualTo("YES");
        assertThat(reply.direct()).isEqualTo(direct ? true : null);
    }

    private List<Integer> votesAtAcceptors() {
        return acceptors.stream().map(acceptor -> acceptor.votes().size()).toList();
    }

    private void nobodyWasTold(Bank bank) {
        bank.close(); // What is on its way arrives first.
        assertThat(votesAtAcceptors()).containsExactly(0, 0, 0);
    }

    @Test
    void aParticipantNamesThatItSpeaksPaxosCommit() {
        try (Bank bank = bank()) {
            assertThat(work(bank).protocols())
                    .containsExactly(Protocol.TWO_PHASE, Protocol.THREE_PHASE, Protocol.PAXOS_COMMIT);
        }
    }

    @Test
    void aVoteGoesToAMajorityOfAcceptorsWithTheMembersOfPrepare() {
        try (Bank bank = bank()) {
            Member member = work(bank);
            votesYes(bank, prepare(member), true);

            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(votesAtAcceptors()).containsExactly(1, 1, 0));
            assertThat(acceptors.getFirst().votes().getFirst().branch()).isEqualTo(Bank.ID);
            assertThat(acceptors.getFirst().votes().getFirst().participants())
                    .containsExactly(
                            new ParticipantAddress("bank-b", "http://127.0.0.1:1/b"),
                            new ParticipantAddress(Bank.ID, member.endpoint()));
            assertThat(send(bank, commit(transaction, member)).orElseThrow().type())
                    .isEqualTo("ACK");
            assertThat(bank.committed("a")).isTrue();
        }
    }

    @Test
    void noAcceptorHearsOfABranchThatIsNotPreparedDurably_Q5() {
        try (Bank bank = bank()) {
            List<Long> prepared = new CopyOnWriteArrayList<>();
            acceptors.forEach(acceptor -> acceptor.answers(form -> {
                prepared.add(bank.inDoubt());
                return FakeAcceptor.says(form, true);
            }));
            votesYes(bank, prepare(work(bank)), true);

            await().atMost(SOON).untilAsserted(() -> assertThat(prepared).containsExactly(1L, 1L));
        }
    }

    @Test
    void aRepeatedPrepareTellsTheAcceptorsAgain() {
        try (Bank bank = bank()) {
            Member member = work(bank);
            votesYes(bank, prepare(member), true);
            votesYes(bank, prepare(member), true);

            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(votesAtAcceptors()).containsExactly(2, 2, 0));
        }
    }

    @Test
    void anAcceptorThatIsGoneIsReplacedByAnother() {
        acceptors.getFirst().close();
        try (Bank bank = bank()) {
            votesYes(bank, prepare(work(bank)), true);

            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(votesAtAcceptors()).containsExactly(0, 1, 1));
        }
    }

    @Test
    void aNoGoesToTheLeaderOnly_Q5() {
        Bank bank = bank();
        try (bank) {
            Member member = work(bank);
            Message.Prepare otherWork = prepare(member.withWork(member.token(), 7));

            assertThat(send(bank, otherWork).orElseThrow().vote()).isEqualTo("NO");
            assertThat(send(bank, prepare(member)).orElseThrow().vote()).isEqualTo("NO");
            nobodyWasTold(bank);
        }
    }

    @Test
    void whoNamesNoAcceptorsRelaysTheVote() {
        Bank bank = bank();
        try (bank) {
            votesYes(bank, prepare(work(bank), TERM, List.of()), false);
            nobodyWasTold(bank);
        }
    }

    @Test
    void nobodyButTheLeaderOfTheBirthTermHasMembersRegistered_Q8() {
        Bank bank = bank();
        try (bank) {
            List<AcceptorList.Entry> named =
                    acceptors.stream().map(FakeAcceptor::entry).toList();
            votesYes(bank, prepare(work(bank), TERM + 1, named), false);
            nobodyWasTold(bank);
        }
    }

    @Test
    void anotherProtocolHasNoAcceptors() {
        transaction = coordinator.transaction();
        Bank bank = bank();
        try (bank) {
            votesYes(bank, prepare(work(bank)), false);
            nobodyWasTold(bank);
        }
    }

    @Test
    void directVotesCanBeSwitchedOff() {
        Bank bank = bank("assent.participant.direct-votes=false");
        try (bank) {
            votesYes(bank, prepare(work(bank)), false);
            nobodyWasTold(bank);
        }
    }

    @Test
    void readOnlyWorkVotesYesAndGetsItsCommit_P3() {
        try (Bank bank = bank()) {
            Member member = work(
                    bank, () -> bank.work().readOnlyBranch(() -> bank.accounts().exists("a")));
            votesYes(bank, prepare(member), true);
            assertThat(bank.inDoubt()).isEqualTo(1);

            assertThat(send(bank, commit(transaction, member)).orElseThrow().type())
                    .isEqualTo("ACK");
            assertThat(bank.fact(transaction, "C")).isTrue();
        }
    }

    @Test
    void noBranchIsPreparedForTheAnswerOfACall() {
        try (Bank bank = bank()) {
            Member member =
                    work(bank, () -> bank.work().branch(() -> bank.accounts().insert("a")), "Assent-Prepare", "now");
            assertThat(member.vote()).isNull();
            assertThat(bank.inDoubt()).isZero();
            votesYes(bank, prepare(member), true);
        }
    }

    @Test
    void theBranchOfTheInitiatorItselfVotesAtPrepareLikeAllOthers_Q7() {
        coordinator.begins(transaction);
        coordinator.answersCommits(transaction);
        try (Bank bank = bank()) {
            bank.bean(DistributedTransactionTemplate.class)
                    .withProtocol(Protocol.PAXOS_COMMIT)
                    .execute(begun -> workHere(bank));

            JsonNode handedOver =
                    coordinator.committed(transaction).get("branches").get(0);
            assertThat(handedOver.has("vote")).isFalse();
            assertThat(votesAtAcceptors()).containsExactly(0, 0, 0);

            Member member = Member.of(Bank.ID, bank.endpoint())
                    .withWork(
                            handedOver.get("token").asString(),
                            handedOver.get("calls").asInt());
            votesYes(bank, prepare(member), true);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(votesAtAcceptors()).containsExactly(1, 1, 0));
        }
    }

    @Test
    void aParticipantIsNeverTheAuthority_Q7() {
        try (Bank bank = bank()) {
            Member member = work(bank);
            assertThat(send(bank, commitOnePhase(transaction, member))).isEmpty();
            assertThat(bank.committed("a")).isFalse();

            votesYes(bank, prepare(member), true);
            assertThat(send(bank, commitOnePhase(transaction, member))).isEmpty();
            assertThat(bank.inDoubt()).isEqualTo(1);
        }
    }

    @Test
    void aPreparedBranchWaitsForARecoveryBallotAlsoAfterARestart() {
        coordinator.knowsOutcome(transaction, Bank.ID, "PENDING");
        try (Bank first = bank()) {
            votesYes(first, prepare(work(first)), true);
        }
        try (Bank second = bank(FAST)) {
            await().atMost(SOON).until(() -> coordinator.lookups() > 1);
            assertThat(second.inDoubt()).isEqualTo(1);

            coordinator.knowsOutcome(transaction, Bank.ID, "COMMITTED");
            await().atMost(SOON).until(() -> second.committed("a"));
        }
    }

    @Test
    void whoForgotItsWorkAnswersNoAndStaysPrepared_L8() {
        Member member;
        try (Bank first = bank()) {
            member = work(first);
            votesYes(first, prepare(member), true);
        }
        try (Bank second = bank()) {
            await().atMost(SOON).until(() -> second.branches().prepared() == 1);
            assertThat(send(second, prepare(member)).orElseThrow().vote()).isEqualTo("NO");
            assertThat(second.inDoubt()).isEqualTo(1);

            assertThat(send(second, commit(transaction, member)).orElseThrow().type())
                    .isEqualTo("ACK");
            assertThat(second.committed("a")).isTrue();
        }
    }
}
