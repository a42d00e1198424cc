package io.assent.participant.branch;

import static io.assent.participant.branch.FakeCoordinator.abort;
import static io.assent.participant.branch.FakeCoordinator.commit;
import static io.assent.participant.branch.FakeCoordinator.commitOnePhase;
import static io.assent.participant.branch.FakeCoordinator.inquire;
import static io.assent.participant.branch.FakeCoordinator.prepare;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.ReplyForm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The endpoint of section 4 of the wire, with real messages about real branches. */
class MessageTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @RegisterExtension
    static final RunningBank RUNNING = new RunningBank(51);

    private final FakeCoordinator coordinator = RUNNING.coordinator();
    private final Bank bank = RUNNING.bank();

    private final TransactionId transaction = coordinator.transaction();
    private final String account = UUID.randomUUID().toString();

    private Member work(TransactionId in) {
        return bank.call(in, () -> bank.work().branch(() -> bank.accounts().insert(account + in)))
                .member();
    }

    private Optional<ReplyForm> send(Message message) {
        return coordinator.send(bank.endpoint(), message);
    }

    private String typeOf(Message message) {
        return send(message).orElseThrow().type();
    }

    @Test
    void messagesOfManyTransactionsAreWorkedOnInOneRequest() {
        Map<TransactionId, Member> members =
                Stream.generate(coordinator::transaction).limit(6).collect(Collectors.toMap(id -> id, this::work));
        Message[] prepares = members.entrySet().stream()
                .map(branch -> prepare(branch.getKey(), branch.getValue()))
                .toArray(Message[]::new);
        List<ReplyForm> replies =
                coordinator.send(bank.endpoint(), List.of(), prepares).replies().orElseThrow();
        assertThat(replies).isNotEmpty();
        members.forEach((id, member) -> {
            // What was not ready in time is answered when it comes again.
            String vote = replies.stream()
                    .filter(reply -> id.toString().equals(reply.transaction()))
                    .findFirst()
                    .or(() -> send(prepare(id, member)))
                    .orElseThrow()
                    .vote();
            assertThat(vote).isEqualTo("YES");
            assertThat(typeOf(abort(id, Bank.ID))).isEqualTo("ACK");
        });
    }

    @Test
    void aRepeatedMessageIsAnsweredFromWhatIsRemembered() {
        Member member = work(transaction);
        assertThat(send(prepare(transaction, member)).orElseThrow().vote()).isEqualTo("YES");
        assertThat(send(prepare(transaction, member)).orElseThrow().vote()).isEqualTo("YES");
        assertThat(typeOf(commit(transaction, member))).isEqualTo("ACK");
        assertThat(typeOf(commit(transaction, member))).isEqualTo("ACK");
        assertThat(send(prepare(transaction, member))).isEmpty();
        ReplyForm late = send(abort(transaction, Bank.ID)).orElseThrow();
        assertThat(late.type()).isEqualTo("HEURISTIC");
        assertThat(late.kind()).isEqualTo("COMMIT");
    }

    @Test
    void anAbortForAnUnknownBranchIsRememberedAndALaterPrepareGetsNo() {
        assertThat(typeOf(abort(transaction, Bank.ID))).isEqualTo("ACK");
        assertThat(bank.fact(transaction, "A")).isTrue();
        assertThat(send(prepare(transaction, Member.of(Bank.ID, bank.endpoint())))
                        .orElseThrow()
                        .vote())
                .isEqualTo("NO");
        assertThat(send(commitOnePhase(transaction, Member.of(Bank.ID, bank.endpoint())))
                        .orElseThrow()
                        .outcome())
                .isEqualTo("ABORTED");
    }

    @Test
    void aCommitThatDoesNotNameTheParticipantRollsBack() {
        Member member = work(transaction);
        send(prepare(transaction, member));
        Message outside = new Message.Commit(
                transaction, Bank.ID, 3, List.of(Member.of("bank-b", "http://127.0.0.1:1/assent/v1/branches")));
        assertThat(typeOf(outside)).isEqualTo("ACK");
        assertThat(bank.fact(transaction, "A")).isTrue();
    }

    @Test
    void anInquiryTellsTheStateAndAFenceBindsIt() {
        assertThat(send(inquire(transaction, Bank.ID, false)).orElseThrow().state())
                .isEqualTo("NOT_VOTED");
        Member member = work(transaction);
        assertThat(send(inquire(transaction, Bank.ID, false)).orElseThrow().state())
                .isEqualTo("NOT_VOTED");
        send(prepare(transaction, member));
        assertThat(send(inquire(transaction, Bank.ID, true)).orElseThrow().state())
                .isEqualTo("PREPARED");
        send(commit(transaction, member));
        assertThat(send(inquire(transaction, Bank.ID, true)).orElseThrow().state())
                .isEqualTo("COMMITTED");

        TransactionId fenced = coordinator.transaction();
        work(fenced);
        assertThat(send(inquire(fenced, Bank.ID, true)).orElseThrow().state()).isEqualTo("ABORTED");
        assertThat(bank.fact(fenced, "A")).isTrue();
    }

    @Test
    void anAbortCancelsTheRunningStatementAndIsAcknowledgedAfterTheUnit() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CompletableFuture<Bank.Answer> call = CompletableFuture.supplyAsync(() -> bank.call(
                transaction,
                () -> bank.work().branch(() -> {
                    bank.accounts().insert(account);
                    inside.countDown();
                    return bank.accounts()
                            .jdbc()
                            .queryForObject(
                                    "SELECT COUNT(*) FROM system_range(1, 1000000) a, system_range(1, 1000000) b"
                                            + " WHERE a.x + b.x = 0",
                                    Long.class);
                })));
        assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> bank.count("information_schema.sessions WHERE executing_statement LIKE '%system_range%'"
                                + " AND executing_statement NOT LIKE '%sessions%'")
                        > 0);
        assertThat(typeOf(abort(transaction, Bank.ID))).isEqualTo("ACK");
        Bank.Answer answer = call.get(60, TimeUnit.SECONDS);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.member().vote()).isEqualTo(Vote.NO);
        assertThat(bank.fact(transaction, "A")).isTrue();
    }

    @Test
    void aPrepareThatDoesNotKnowTheCallThatRunsGetsNoAndDoesNotHoldOthersUp() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicReference<Member> known = new AtomicReference<>(work(transaction));
        CompletableFuture<Bank.Answer> call = CompletableFuture.supplyAsync(() -> bank.call(
                transaction,
                () -> bank.work().branch(() -> {
                    inside.countDown();
                    return go.await(60, TimeUnit.SECONDS);
                }),
                Bank.known(known.get())));
        assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
        TransactionId other = coordinator.transaction();
        List<ReplyForm> quick = coordinator
                .send(bank.endpoint(), List.of(), prepare(transaction, known.get()), abort(other, Bank.ID))
                .replies()
                .orElseThrow();
        assertThat(quick).extracting(ReplyForm::transaction).containsExactly(other.toString());

        CompletableFuture<Optional<ReplyForm>> again =
                CompletableFuture.supplyAsync(() -> send(prepare(transaction, known.get())));
        go.countDown();
        assertThat(again.get(60, TimeUnit.SECONDS).orElseThrow().vote()).isEqualTo("NO");
        assertThat(call.get(60, TimeUnit.SECONDS).member().vote()).isEqualTo(Vote.NO);
    }

    @Test
    void aPrepareThatCountsTheCallThatRunsWaitsForItsEnd_L8() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Member first = work(transaction);
        CompletableFuture<Bank.Answer> call = CompletableFuture.supplyAsync(() -> bank.call(
                transaction,
                () -> bank.work().branch(() -> {
                    inside.countDown();
                    assertThat(go.await(60, TimeUnit.SECONDS)).isTrue();
                    return bank.accounts().insert(account + "-late");
                }),
                Bank.known(first)));
        assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
        Member both = first.withWork(first.token(), 2);
        TransactionId other = coordinator.transaction();
        List<ReplyForm> quick = coordinator
                .send(bank.endpoint(), List.of(), prepare(transaction, both), abort(other, Bank.ID))
                .replies()
                .orElseThrow();
        assertThat(quick).extracting(ReplyForm::transaction).containsExactly(other.toString());

        CompletableFuture<Optional<ReplyForm>> again =
                CompletableFuture.supplyAsync(() -> send(prepare(transaction, both)));
        go.countDown();
        assertThat(again.get(60, TimeUnit.SECONDS).orElseThrow().vote()).isEqualTo("YES");
        Bank.Answer answer = call.get(60, TimeUnit.SECONDS);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.member().vote()).isNull();
        assertThat(typeOf(commit(transaction, both))).isEqualTo("ACK");
        assertThat(bank.committed(account + "-late")).isTrue();
    }

    @Test
    void workThatNobodyAsksToPrepareInTimeIsRolledBack() {
        bank.callPlain(
                () -> bank.work().branch(() -> bank.accounts().insert(account)),
                "Assent-Transaction",
                transaction.toString(),
                "Assent-Timeout",
                "PT0.5S");
        await().atMost(Duration.ofSeconds(60)).until(() -> bank.fact(transaction, "A"));
        assertThat(bank.branches().find(transaction)).isEmpty();
    }

    @Test
    void horizonsLetTheParticipantForgetAndAnswerExpired(@TempDir Path folder) {
        try (FakeCoordinator old = new FakeCoordinator(52);
                Bank forgetful = Bank.start(old, folder)) {
            TransactionId finished = old.transaction();
            old.send(forgetful.endpoint(), abort(finished, Bank.ID));
            assertThat(forgetful.fact(finished, "A")).isTrue();
            TransactionId above = old.transaction();
            String horizon = TransactionId.upperBound(
                    new TransactionId.Birth(0, finished.incarnation(), finished.birthTerm(), finished.sequence()));
            old.send(forgetful.endpoint(), List.of(horizon, "nonsense"), abort(above, Bank.ID));
            await().atMost(Duration.ofSeconds(60)).until(() -> !forgetful.fact(finished, "A"));
            assertThat(forgetful.fact(above, "A")).isTrue();
            assertThat(old.send(forgetful.endpoint(), commit(finished, Member.of(Bank.ID, "http://x")))
                            .orElseThrow()
                            .type())
                    .isEqualTo("EXPIRED");
            assertThat(forgetful
                            .call(finished, () -> forgetful.work().branch(() -> 0))
                            .body())
                    .contains("transaction-over");
        }
    }

    @Test
    void anInstanceThatWasNotToldTheHorizonAnswersExpiredToo_P7(@TempDir Path folder) {
        try (FakeCoordinator old = new FakeCoordinator(53);
                Bank told = Bank.start(old, folder);
                Bank untold = Bank.start(old, folder)) {
            TransactionId finished = old.transaction();
            Member member = told.call(
                            finished,
                            () -> told.work().branch(() -> told.accounts().insert("x")))
                    .member();
            old.send(told.endpoint(), prepare(finished, member));
            old.send(told.endpoint(), commit(finished, member));
            assertThat(told.fact(finished, "C")).isTrue();
            String horizon = TransactionId.upperBound(
                    new TransactionId.Birth(0, finished.incarnation(), finished.birthTerm(), finished.sequence()));
            old.send(told.endpoint(), List.of(horizon), abort(old.transaction(), Bank.ID));
            await().atMost(Duration.ofSeconds(60)).until(() -> !told.fact(finished, "C"));

            assertThat(old.send(untold.endpoint(), abort(finished, Bank.ID))
                            .orElseThrow()
                            .type())
                    .as("never an ACK: it had committed")
                    .isEqualTo("EXPIRED");
            assertThat(untold.fact(finished, "A")).isFalse();
        }
    }

    @Test
    void unknownFieldsAreIgnoredAndUnknownTypesAndParticipantsGetNoReply() {
        String known = "{\"transaction\":\"" + transaction + "\",\"branch\":\"" + Bank.ID
                + "\",\"type\":\"ABORT\",\"term\":3,\"later\":{\"a\":1}}";
        String unknown = "{\"transaction\":\"" + transaction + "\",\"branch\":\"" + Bank.ID + "\",\"type\":\"DANCE\"}";
        String stranger = known.replace(Bank.ID, "bank-b");
        String body = "{\"messages\":[" + unknown + "," + stranger + "," + known + "],\"more\":true}";
        String answer = coordinator.post(bank.endpoint(), body, null).body();
        assertThat(answer)
                .isEqualTo("{\"replies\":[{\"transaction\":\"" + transaction + "\",\"branch\":\"" + Bank.ID
                        + "\",\"type\":\"ACK\"}]}");
    }

    @Test
    void requestsOverTheLimitsAreRefused() {
        String message = "{\"transaction\":\"x\"}";
        String many = "{\"messages\":[" + String.join(",", Collections.nCopies(257, message)) + "]}";
        assertThat(coordinator.post(bank.endpoint(), many, null).statusCode()).isEqualTo(413);
        String large = "{\"messages\":[],\"padding\":\"" + "x".repeat(512 * 1024) + "\"}";
        assertThat(coordinator.post(bank.endpoint(), large, null).statusCode()).isEqualTo(413);
        assertThat(coordinator.post(bank.endpoint(), "{", null).statusCode()).isEqualTo(400);
        assertThat(coordinator.post(bank.endpoint(), "{}", null).statusCode()).isEqualTo(400);
        assertThat(coordinator.post(bank.endpoint(), "{\"messages\":[]}", null).body())
                .isEqualTo("{\"replies\":[]}");
    }

    @Test
    void theSecretIsDemanded(@TempDir Path folder) {
        try (Bank guarded = Bank.start(coordinator, folder, "assent.security.secret=" + SECRET)) {
            String body = "{\"messages\":[]}";
            String endpoint = guarded.endpoint();
            assertThat(coordinator.post(endpoint, body, null).statusCode()).isEqualTo(401);
            assertThat(coordinator
                            .post(endpoint, body, "Bearer " + SECRET + "x")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(coordinator.post(endpoint, body, "Basic " + SECRET).statusCode())
                    .isEqualTo(401);
            assertThat(coordinator.post(endpoint, body, "Bearer " + SECRET).statusCode())
                    .isEqualTo(200);
        }
    }
}
