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
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.ReplyForm;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A participant is killed with branches in every state at once, and starts again on the same database: what was durable
 * is there, and nothing else.
 */
class KilledBankTest {

    private static final Duration SOON = Duration.ofSeconds(90);

    private static final Map<String, TransactionId> TRANSACTIONS = new HashMap<>();
    private static final Map<String, Member> MEMBERS = new HashMap<>();

    private static FakeCoordinator coordinator;
    private static Bank bank;

    /** What a statement hears that wants a row of a prepared branch while no process runs. */
    private static String refusal;

    @BeforeAll
    static void killAndStartAgain(@TempDir Path folder) throws Exception {
        coordinator = new FakeCoordinator(71);
        try (BankProcess killed = BankProcess.start(coordinator, folder)) {
            for (String prepared : new String[] {"to-commit", "to-abort", "told", "told-abort", "committed"}) {
                work(killed, prepared);
                assertThat(send(killed.endpoint(), prepare(id(prepared), MEMBERS.get(prepared)))
                                .vote())
                        .isEqualTo("YES");
            }
            send(killed.endpoint(), commit(id("committed"), MEMBERS.get("committed")));
            work(killed, "one-phase");
            send(killed.endpoint(), commitOnePhase(id("one-phase"), MEMBERS.get("one-phase")));
            work(killed, "unprepared");
            work(killed, "aborted");
            send(killed.endpoint(), abort(id("aborted"), Bank.ID));
            send(killed.endpoint(), abort(id("never-worked"), Bank.ID));
            killed.kill();
        }
        refusal = refusalOf(Bank.database(folder), "to-commit");
        coordinator.knowsOutcome(id("to-commit"), Bank.ID, "COMMITTED");
        coordinator.knowsOutcome(id("to-abort"), Bank.ID, "ABORTED");
        bank = Bank.start(coordinator, folder);
    }

    private static TransactionId id(String account) {
        return TRANSACTIONS.computeIfAbsent(account, name -> coordinator.transaction());
    }

    private static void work(BankProcess in, String account) {
        MEMBERS.put(account, BankProcess.member(in.insert(id(account), account)));
    }

    private static ReplyForm send(String endpoint, Message message) {
        return coordinator.send(endpoint, message).orElseThrow();
    }

    private static ReplyForm send(Message message) {
        return send(bank.endpoint(), message);
    }

    private static String refusalOf(String database, String account) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database, "sa", "");
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO account (id, balance) VALUES ('" + account + "', 1)");
            return "none";
        } catch (SQLException e) {
            return e.getMessage();
        }
    }

    @AfterAll
    static void stop() {
        bank.close();
        coordinator.close();
    }

    @Test
    void preparedBranchKeepsItsLocksWithoutItsProcess() {
        assertThat(refusal).containsIgnoringCase("lock");
    }

    @Test
    void preparedBranchCommitsWhenThatIsItsOutcome() {
        await().atMost(SOON).until(() -> bank.fact(id("to-commit"), "C"));
        assertThat(bank.committed("to-commit")).isTrue();
    }

    @Test
    void preparedBranchRollsBackWhenThatIsItsOutcome() {
        await().atMost(SOON).until(() -> bank.fact(id("to-abort"), "A"));
        assertThat(bank.committed("to-abort")).isFalse();
    }

    @Test
    void preparedBranchWhoseOutcomeIsPendingStaysInDoubtUntilItIsToldToCommit() {
        Member member = MEMBERS.get("told");
        assertThat(send(inquire(id("told"), Bank.ID, false)).state()).isEqualTo("PREPARED");
        // A rebuilt branch does not know its work and cannot say that it is the work meant (L8).
        assertThat(send(prepare(id("told"), member)).vote()).isEqualTo("NO");
        assertThat(bank.committed("told")).isFalse();
        assertThat(bank.fact(id("told"), "A")).isFalse();
        assertThat(send(commit(id("told"), member)).type()).isEqualTo("ACK");
        assertThat(bank.committed("told")).isTrue();
    }

    @Test
    void preparedBranchRollsBackWhenItIsToldTo() {
        assertThat(send(abort(id("told-abort"), Bank.ID)).type()).isEqualTo("ACK");
        assertThat(bank.fact(id("told-abort"), "A")).isTrue();
        assertThat(bank.committed("told-abort")).isFalse();
    }

    @Test
    void unpreparedWorkIsLostAndSaidToBe() {
        Member member = MEMBERS.get("unprepared");
        Bank.Answer second = bank.call(
                id("unprepared"),
                () -> bank.work().branch(() -> bank.accounts().insert("unprepared-2")),
                Bank.known(member));
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.body()).contains(ProblemType.BRANCH_LOST.urn());
        assertThat(second.members()).isEmpty();
        assertThat(send(prepare(id("unprepared"), member)).vote()).isEqualTo("NO");
        assertThat(bank.committed("unprepared")).isFalse();
    }

    @Test
    void acknowledgedCommitIsThereAndAcknowledgedAgain() {
        assertThat(bank.committed("committed")).isTrue();
        assertThat(bank.fact(id("committed"), "C")).isTrue();
        assertThat(send(commit(id("committed"), MEMBERS.get("committed"))).type())
                .isEqualTo("ACK");
    }

    @Test
    void commitInOnePhaseIsThereAndProvedByItsRow() {
        assertThat(bank.committed("one-phase")).isTrue();
        assertThat(send(commitOnePhase(id("one-phase"), MEMBERS.get("one-phase")))
                        .outcome())
                .isEqualTo("COMMITTED");
    }

    @Test
    void acknowledgedAbortsAreRemembered() {
        assertThat(bank.fact(id("aborted"), "A")).isTrue();
        assertThat(bank.fact(id("never-worked"), "A")).isTrue();
        assertThat(send(prepare(id("aborted"), MEMBERS.get("aborted"))).vote()).isEqualTo("NO");
        assertThat(bank.committed("aborted")).isFalse();
    }
}
