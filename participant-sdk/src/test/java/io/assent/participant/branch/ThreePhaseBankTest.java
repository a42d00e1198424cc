package io.assent.participant.branch;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.assent.participant.branch.FakeCoordinator.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.assent.participant.CoordinatorClient;
import io.assent.participant.autoconfigure.InitiatorProperties;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.MessageBatch;
import io.assent.protocol.message.MessageForm;
import io.assent.protocol.message.Reply;
import io.assent.protocol.message.ReplyBatch;
import io.assent.protocol.message.ReplyForm;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Three-phase commit at a participant: the decision is written down before it is shown, and peers may help. */
class ThreePhaseBankTest {

    private static final String FAST = "assent.participant.lookup.after=200ms";
    private static final String SLOW = "assent.participant.lookup.after=1h";
    private static final String SLOWEST = "assent.participant.lookup.longest=1h";
    private static final String PEERS = "assent.participant.peers=true";
    private static final long TERM = 3;
    private static final Duration SOON = Duration.ofSeconds(90);

    /** A service that soon knows that no coordinator answers. */
    @SpringBootConfiguration(proxyBeanMethods = false)
    @Import(BankApplication.class)
    static class ImpatientApplication {

        @Bean
        CoordinatorClient coordinators(InitiatorProperties properties) {
            return new ImpatientCoordinatorClient(properties);
        }
    }

    @TempDir
    private Path folder;

    private FakeCoordinator coordinator;
    private TransactionId transaction;

    @BeforeEach
    void begin() {
        coordinator = new FakeCoordinator(71);
        transaction = coordinator.transaction(Protocol.THREE_PHASE);
    }

    @AfterEach
    void end() {
        coordinator.close();
    }

    private Member peer() {
        return Member.of("bank-b", coordinator.url() + "/peer");
    }

    private Member work(Bank bank) {
        return bank.call(
                        transaction,
                        () -> bank.work().branch(() -> bank.accounts().insert("a")))
                .member();
    }

    private Member prepared(Bank bank) {
        Member member = work(bank);
        Message prepare = new Message.Prepare(
                transaction, Bank.ID, TERM, List.of(member, peer()), 60_000, member.token(), member.calls());
        assertThat(send(bank, prepare).vote()).isEqualTo("YES");
        return member;
    }

    private Member preCommitted(Bank bank) {
        Member member = prepared(bank);
        Message preCommit = new Message.PreCommit(transaction, Bank.ID, TERM, List.of(member, peer()));
        assertThat(send(bank, preCommit).type()).isEqualTo("ACK");
        return member;
    }

    private ReplyForm send(Bank bank, Message message) {
        return coordinator.send(bank.endpoint(), message).orElseThrow();
    }

    private HttpResponse<String> inquire(Bank bank, TransactionId about) {
        MessageForm form = MessageForm.of(new Message.Inquire(about, Bank.ID, TERM, false, "bank-b"), 0);
        return coordinator.post(
                bank.endpoint(),
                FakeCoordinator.JSON.writeValueAsString(new MessageBatch(List.of(form), List.of())),
                null);
    }

    private void peerTells(BranchState state, List<String> participants) {
        ReplyForm told = ReplyForm.of(new Reply.StateReported(transaction, "bank-b", state, participants));
        coordinator
                .server()
                .stubFor(WireMock.post(urlPathEqualTo("/peer"))
                        .willReturn(aResponse()
                                .withHeader("Content-Type", "application/json")
                                .withBody(FakeCoordinator.JSON.writeValueAsString(new ReplyBatch(List.of(told))))));
    }

    @Test
    void aParticipantNamesThatItSpeaksThreePhaseCommit() {
        try (Bank bank = Bank.start(coordinator, folder)) {
            assertThat(work(bank).protocols()).contains(Protocol.TWO_PHASE, Protocol.THREE_PHASE);
        }
    }

    @Test
    void theDecisionIsWrittenDownBeforeItIsAcknowledgedAndNotShownBeforeCommit_F4() {
        try (Bank bank = Bank.start(coordinator, folder, SLOW, SLOWEST)) {
            Member member = preCommitted(bank);
            assertThat(bank.count("assent_known WHERE members LIKE '%bank-a %bank-b %'"))
                    .isEqualTo(1);
            assertThat(bank.inDoubt()).isEqualTo(1);
            assertThat(bank.committed("a")).isFalse();
            assertThat(send(bank, commit(transaction, member)).type()).isEqualTo("ACK");
            assertThat(bank.committed("a")).isTrue();
        }
    }

    @Test
    void whatIsWrittenDownGoesWithTheHorizon_P7() {
        try (Bank bank = Bank.start(coordinator, folder, SLOW, SLOWEST)) {
            send(bank, commit(transaction, preCommitted(bank)));
            String horizon = TransactionId.upperBound(new TransactionId.Birth(
                    0, transaction.incarnation(), transaction.birthTerm(), transaction.sequence()));
            coordinator.send(bank.endpoint(), List.of(horizon));
            await().atMost(SOON).until(() -> bank.count("assent_known") == 0);
        }
    }

    @Test
    void aPreCommittedBranchFinishesAloneWhenNoCoordinatorAnswers() {
        try (Bank bank = Bank.start(coordinator, folder, ImpatientApplication.class, FAST)) {
            preCommitted(bank);
            await().atMost(SOON).until(() -> bank.committed("a"));
        }
    }

    @Test
    void aPreCommittedBranchFinishesAloneAfterARestart() {
        try (Bank first = Bank.start(coordinator, folder, SLOW, SLOWEST)) {
            preCommitted(first);
        }
        try (Bank second = Bank.start(coordinator, folder, ImpatientApplication.class, FAST)) {
            await().atMost(SOON).until(() -> second.committed("a"));
        }
    }

    @Test
    void anUncertainBranchTakesTheDecisionFromAPeer_T4() {
        peerTells(BranchState.PRE_COMMITTED, List.of(Bank.ID, "bank-b"));
        try (Bank bank = Bank.start(coordinator, folder, ImpatientApplication.class, FAST, PEERS)) {
            prepared(bank);
            await().atMost(SOON).until(() -> bank.committed("a"));
            assertThat(bank.count("assent_known")).isEqualTo(1);
        }
    }

    @Test
    void anUncertainBranchAbortsBecauseAPeerHasAborted() {
        peerTells(BranchState.ABORTED, List.of());
        try (Bank bank = Bank.start(coordinator, folder, ImpatientApplication.class, FAST, PEERS)) {
            prepared(bank);
            await().atMost(SOON).until(() -> bank.fact(transaction, "A"));
            assertThat(bank.committed("a")).isFalse();
        }
    }

    @Test
    void anUncertainBranchStaysSoWhileItsPeersAre_T2() {
        peerTells(BranchState.PREPARED, List.of());
        try (Bank bank = Bank.start(coordinator, folder, ImpatientApplication.class, FAST, PEERS)) {
            prepared(bank);
            await().atMost(SOON)
                    .until(() -> coordinator
                                    .server()
                                    .findAll(WireMock.postRequestedFor(urlPathEqualTo("/peer")))
                                    .size()
                            > 1);
            assertThat(bank.inDoubt()).isEqualTo(1);
        }
    }

    @Test
    void whoHasNotVotedWritesItsTombstoneBeforeItTellsAPeer() {
        try (Bank bank = Bank.start(coordinator, folder, PEERS)) {
            work(bank);
            HttpResponse<String> answer = inquire(bank, transaction);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("\"ABORTED\"");
            assertThat(bank.fact(transaction, "A")).isTrue();
        }
    }

    @Test
    void aPeerIsRefusedAndNothingIsWrittenWherePeersMayNotAsk() {
        try (Bank bank = Bank.start(coordinator, folder)) {
            HttpResponse<String> answer = inquire(bank, transaction);
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains(ProblemType.FORBIDDEN.urn()).contains("assent.participant.peers");
            assertThat(bank.count("assent_branch")).isZero();
        }
    }

    @Test
    void aPeerIsRefusedAndNothingIsWrittenForAnotherProtocol_T1() {
        try (Bank bank = Bank.start(coordinator, folder, PEERS)) {
            HttpResponse<String> answer = inquire(bank, coordinator.transaction());
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains(ProblemType.FORBIDDEN.urn());
            assertThat(bank.count("assent_branch")).isZero();
        }
    }
}
