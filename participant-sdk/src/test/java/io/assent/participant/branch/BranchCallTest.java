package io.assent.participant.branch;

import static io.assent.participant.branch.FakeCoordinator.abort;
import static io.assent.participant.branch.FakeCoordinator.commit;
import static io.assent.participant.branch.FakeCoordinator.commitOnePhase;
import static io.assent.participant.branch.FakeCoordinator.prepare;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.ReplyForm;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Business calls and their branch, over real HTTP: what the caller and the coordinator see of it. */
class BranchCallTest {

    @RegisterExtension
    static final RunningBank RUNNING = new RunningBank(11);

    private final FakeCoordinator coordinator = RUNNING.coordinator();
    private final Bank bank = RUNNING.bank();

    private final TransactionId transaction = coordinator.transaction();
    private final String account = UUID.randomUUID().toString();

    private Callable<Object> insertInBranch() {
        return () -> bank.work().branch(() -> bank.accounts().insert(account));
    }

    private ReplyForm send(Message message) {
        return coordinator.send(bank.endpoint(), message).orElseThrow();
    }

    private static void assertProblem(Bank.Answer answer, ProblemType type) {
        assertThat(answer.body()).contains(type.urn());
        assertThat(answer.status()).isEqualTo(type.status());
        assertThat(answer.http().headers().firstValue("Content-Type")).hasValue("application/problem+json");
    }

    @Test
    void jpaAndJdbcOverTwoCallsCommitTogetherWhenTheCoordinatorSaysSo() {
        Bank.Answer first = bank.call(
                transaction, () -> bank.work().branch(() -> bank.accounts().persist(account)));
        Member member = first.member();
        assertThat(member.calls()).isEqualTo(1);
        assertThat(member.endpoint()).isEqualTo(bank.endpoint());
        assertThat(member.onePhase()).isTrue();
        assertThat(member.protocols()).containsExactly(Protocol.TWO_PHASE, Protocol.THREE_PHASE, Protocol.PAXOS_COMMIT);

        Bank.Answer second = bank.call(
                transaction,
                () -> bank.work().branch(() -> {
                    assertThat(bank.accounts().exists(account)).isTrue();
                    return bank.accounts().insert(account + "-jdbc");
                }),
                Bank.known(member));
        assertThat(second.member().calls()).isEqualTo(2);
        assertThat(second.member().token()).isEqualTo(member.token());
        assertThat(bank.committed(account)).isFalse();

        assertThat(send(prepare(transaction, second.member())).vote()).isEqualTo("YES");
        assertThat(bank.inDoubt()).isEqualTo(1);
        assertThat(bank.committed(account)).isFalse();

        assertThat(send(commit(transaction, second.member())).type()).isEqualTo("ACK");
        assertThat(bank.committed(account)).isTrue();
        assertThat(bank.committed(account + "-jdbc")).isTrue();
        assertThat(bank.fact(transaction, "C")).isTrue();
        assertThat(bank.branches().find(transaction)).isEmpty();
    }

    @Test
    void abortRollsBackAndLeavesATombstoneThatRefusesLaterWorkAndALatePrepare() {
        Member member = bank.call(transaction, insertInBranch()).member();
        assertThat(send(abort(transaction, Bank.ID)).type()).isEqualTo("ACK");
        assertThat(bank.fact(transaction, "A")).isTrue();
        assertThat(bank.committed(account)).isFalse();

        assertThat(send(prepare(transaction, member)).vote()).isEqualTo("NO");
        Bank.Answer late = bank.call(transaction, insertInBranch());
        assertProblem(late, ProblemType.TRANSACTION_OVER);
        assertThat(late.members()).isEmpty();
    }

    @Test
    void callsOfOneRequestCountOnceWhateverRunsInside() {
        Member member = bank.call(transaction, () -> {
                    bank.work().branch(() -> bank.accounts().insert(account));
                    bank.work().branch(() -> bank.work().branch(() -> 0));
                    return bank.work().branch(() -> bank.accounts().insert(account + "-2"));
                })
                .member();
        assertThat(member.calls()).isEqualTo(1);
        assertThat(send(prepare(transaction, member)).vote()).isEqualTo("YES");
        assertThat(send(commit(transaction, member)).type()).isEqualTo("ACK");
        assertThat(bank.committed(account + "-2")).isTrue();
    }

    @Test
    void aPrepareThatSpeaksOfOtherWorkGetsNo() {
        Member member = bank.call(transaction, insertInBranch()).member();
        assertThat(send(prepare(transaction, member.withWork(member.token(), 2)))
                        .vote())
                .isEqualTo("NO");
        assertThat(bank.fact(transaction, "A")).isTrue();
    }

    @Test
    void theOnlyBranchCommitsInOnePhase() {
        Member member = bank.call(transaction, insertInBranch()).member();
        assertThat(send(commitOnePhase(transaction, member)).outcome()).isEqualTo("COMMITTED");
        assertThat(bank.committed(account)).isTrue();
        assertThat(send(commitOnePhase(transaction, member)).outcome()).isEqualTo("COMMITTED");
    }

    @Test
    void aBranchThatOnlyReadVotesReadOnlyAndLeavesNothing() {
        Bank.Answer answer = bank.call(
                transaction,
                () -> bank.work().readOnlyBranch(() -> bank.accounts().exists(account)));
        assertThat(answer.body()).isEqualTo("false");
        assertThat(answer.member().onePhase()).isFalse();
        assertThat(send(prepare(transaction, answer.member())).vote()).isEqualTo("READ_ONLY");
        assertThat(bank.count("assent_branch WHERE transaction_id = '" + transaction + "'"))
                .isZero();
        assertThat(bank.branches().find(transaction)).isEmpty();
    }

    @Test
    void aBranchDeclaredReadOnlyThatWroteVotesNo() {
        Member member = bank.call(
                        transaction,
                        () -> bank.work().readOnlyBranch(() -> bank.accounts().insert(account)))
                .member();
        assertThat(send(prepare(transaction, member)).vote()).isEqualTo("NO");
        assertThat(bank.fact(transaction, "A")).isTrue();
    }

    @Test
    void aWritingCallAfterAReadOnlyOneWritesTheRowOfTheBranch() {
        Member member = bank.call(
                        transaction,
                        () -> bank.work().readOnlyBranch(() -> bank.accounts().exists(account)))
                .member();
        member = bank.call(transaction, insertInBranch(), Bank.known(member)).member();
        assertThat(member.onePhase()).isTrue();
        assertThat(send(prepare(transaction, member)).vote()).isEqualTo("YES");
        assertThat(send(commit(transaction, member)).type()).isEqualTo("ACK");
        assertThat(bank.fact(transaction, "C")).isTrue();
    }

    @Test
    void anExceptionRollsTheBranchBackAndTheErrorAnswerSaysNo() {
        Bank.Answer answer = bank.call(
                transaction,
                () -> bank.work().branch(() -> {
                    bank.accounts().insert(account);
                    throw new IllegalStateException("no money");
                }));
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.member().vote()).isEqualTo(Vote.NO);
        assertThat(bank.fact(transaction, "A")).isTrue();
        assertThat(bank.committed(account)).isFalse();
    }

    @Test
    void rollbackFollowsTheRulesOfTheAnnotation() {
        Bank.Answer kept = bank.call(
                transaction,
                () -> bank.work().branchWithRules(() -> {
                    bank.accounts().insert(account);
                    throw new IllegalArgumentException("harmless");
                }));
        assertThat(kept.status()).isEqualTo(500);
        assertThat(kept.member().vote()).isNull();
        assertThat(send(prepare(transaction, kept.member())).vote()).isEqualTo("YES");
        send(abort(transaction, Bank.ID));

        Bank.Answer rolledBack = bank.call(
                coordinator.transaction(),
                () -> bank.work().branchWithRules(() -> {
                    throw new InterruptedException("listed");
                }));
        assertThat(rolledBack.member().vote()).isEqualTo(Vote.NO);
    }

    @Test
    void aBranchWithoutATransactionIsRefused() {
        Bank.Answer answer = bank.callPlain(insertInBranch());
        assertProblem(answer, ProblemType.TRANSACTION_REQUIRED);
        assertThat(bank.committed(account)).isFalse();
    }

    @Test
    void aBranchWithoutATransactionMayBeALocalTransaction() {
        Bank.Answer answer = bank.callPlain(
                () -> bank.work().branchOrLocal(() -> bank.accounts().insert(account)));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.members()).isEmpty();
        assertThat(bank.committed(account)).isTrue();
    }

    @Test
    void aLiveBranchThatTheCallerKnowsAndThatIsNotHereIsLost() {
        Bank.Answer answer =
                bank.call(transaction, insertInBranch(), "Assent-Branches", "\"" + Bank.ID + "\";token=\"gone\"");
        assertProblem(answer, ProblemType.BRANCH_LOST);
        assertThat(answer.members()).isEmpty();
    }

    @Test
    void aPreparedBranchTakesNoMoreWork() {
        Member member = bank.call(transaction, insertInBranch()).member();
        send(prepare(transaction, member));
        assertProblem(bank.call(transaction, insertInBranch(), Bank.known(member)), ProblemType.BRANCH_PREPARED);
        assertThat(send(commit(transaction, member)).type()).isEqualTo("ACK");
        assertThat(bank.committed(account)).isTrue();
    }

    @Test
    void theRowHeldByAnotherConnectionMeansThatTheBranchIsElsewhere() throws Exception {
        try (Connection other = DriverManager.getConnection(
                        "jdbc:h2:file:" + RUNNING.folder().resolve("bank"), "sa", "");
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("INSERT INTO assent_branch VALUES ('" + transaction + "', '" + Bank.ID + "', 'C')");
            assertProblem(bank.call(transaction, insertInBranch()), ProblemType.BRANCH_ELSEWHERE);
            other.rollback();
        }
        assertThat(bank.call(transaction, insertInBranch()).status()).isEqualTo(200);
        send(abort(transaction, Bank.ID));
    }

    @Test
    void theLastCallMayPrepareBeforeItAnswers() {
        Member member = bank.call(transaction, insertInBranch(), "Assent-Prepare", "now")
                .member();
        assertThat(member.vote()).isEqualTo(Vote.YES);
        assertThat(bank.inDoubt()).isEqualTo(1);
        assertThat(send(commit(transaction, member)).type()).isEqualTo("ACK");
        assertThat(bank.committed(account)).isTrue();
    }

    @Test
    void strangersCannotHaveABranchPreparedByTheirHeaders() {
        try (FakeCoordinator stranger = new FakeCoordinator(12)) {
            TransactionId foreign = stranger.transaction();
            Member member = bank.call(foreign, insertInBranch(), "Assent-Prepare", "now")
                    .member();
            assertThat(member.vote()).isNull();
            assertThat(bank.inDoubt()).isZero();
            send(abort(foreign, Bank.ID));
        }
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void everyProtocolIsSpoken(Protocol protocol) {
        TransactionId other = coordinator.transaction(protocol);
        assertThat(bank.call(other, insertInBranch()).member().protocols()).containsExactly(Protocol.values());
        send(abort(other, Bank.ID));
    }

    @Test
    void aSecondCallWaitsForTheFirst() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Bank.Answer> first = CompletableFuture.supplyAsync(() -> bank.call(
                transaction,
                () -> bank.work().branch(() -> {
                    bank.accounts().insert(account);
                    inside.countDown();
                    return go.await(60, TimeUnit.SECONDS);
                })));
        assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Bank.Answer> second = CompletableFuture.supplyAsync(() -> bank.call(
                transaction, () -> bank.work().branch(() -> bank.accounts().exists(account))));
        go.countDown();
        assertThat(first.get(60, TimeUnit.SECONDS).member().calls()).isEqualTo(1);
        assertThat(second.get(60, TimeUnit.SECONDS).member().calls()).isEqualTo(2);
        assertThat(second.get().body()).isEqualTo("true");
        send(abort(transaction, Bank.ID));
    }

    @Test
    void aSecondCallWaitsNoLongerThanTheTransactionLives() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Bank.Answer> first = CompletableFuture.supplyAsync(() -> bank.call(
                transaction,
                () -> bank.work().branch(() -> {
                    inside.countDown();
                    return go.await(60, TimeUnit.SECONDS);
                })));
        assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
        Bank.Answer second = bank.callPlain(
                insertInBranch(), "Assent-Transaction", transaction.toString(), "Assent-Timeout", "PT0.2S");
        assertProblem(second, ProblemType.TRANSACTION_OVER);
        go.countDown();
        assertThat(first.get(60, TimeUnit.SECONDS).status()).isEqualTo(200);
        send(abort(transaction, Bank.ID));
    }
}
