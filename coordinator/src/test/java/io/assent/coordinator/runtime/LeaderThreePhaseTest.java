package io.assent.coordinator.runtime;

import static io.assent.coordinator.runtime.Stage.shown;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.CommitMember;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.message.Message;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Three-phase commit at a leader: who is answered when, and who is waited for how long. */
class LeaderThreePhaseTest {

    /** For so long a member that does not pre-commit holds the others up. */
    private static final Duration NOTICE = Duration.ofSeconds(5);

    private final Stage stage = Stage.founded();
    private final TransactionId id = stage.begin(Protocol.THREE_PHASE);

    private static CommitMember member(String participant) {
        return new CommitMember(
                participant,
                "http://127.0.0.1:1/branches",
                null,
                List.of(Protocol.TWO_PHASE, Protocol.THREE_PHASE),
                true,
                null,
                null,
                Vote.YES);
    }

    /** Two members that have voted; what is sent next are two messages PRE_COMMIT. */
    private CompletableFuture<Answer> commit(Group.Await await) {
        CompletableFuture<Answer> answer = stage.commit(id, await, member("a"), member("b"));
        List<Message> prepares = stage.sent();
        assertThat(prepares)
                .as("votes before PREPARE do not count")
                .hasOnlyElementsOfType(Message.Prepare.class)
                .hasSize(2);
        prepares.forEach(prepare -> stage.vote(prepare, Vote.YES));
        stage.applyAll();
        return answer;
    }

    @Test
    void theDecisionIsToldWhenAllHavePreCommitted_V() {
        CompletableFuture<Answer> answer = commit(Group.Await.DECISION);
        List<Message> preCommits = stage.sent();
        assertThat(preCommits).hasOnlyElementsOfType(Message.PreCommit.class).hasSize(2);

        stage.acknowledge(preCommits.get(0));
        assertThat(answer).isNotDone();
        assertThat(stage.sent()).isEmpty();
        stage.acknowledge(preCommits.get(1));

        assertThat(shown(answer).outcome()).isEqualTo(Outcome.COMMITTED);
        assertThat(stage.sent()).hasOnlyElementsOfType(Message.Commit.class).hasSize(2);
    }

    @Test
    void whoDoesNotPreCommitHoldsTheOthersUpForFiveSeconds() {
        CompletableFuture<Answer> answer = commit(Group.Await.DECISION);
        stage.acknowledge(stage.sent().get(0));

        stage.pass(NOTICE.minusMillis(1));
        assertThat(answer).isNotDone();
        stage.pass(Duration.ofMillis(1));

        assertThat(shown(answer).state()).isEqualTo(Transaction.State.COMMITTING);
        assertThat(stage.sent())
                .singleElement()
                .isInstanceOfSatisfying(
                        Message.Commit.class,
                        commit -> assertThat(commit.branch()).isEqualTo("a"));
    }

    @Test
    void itIsShownHowFarEachBranchIs() {
        var unused = commit(Group.Await.COMPLETION);
        stage.acknowledge(stage.sent().get(0));

        Transaction transaction = Reading.show(stage.log.state(), stage.leader().table(), id);

        assertThat(transaction.state()).isEqualTo(Transaction.State.PRE_COMMITTING);
        assertThat(transaction.branches())
                .extracting(Transaction.Branch::state)
                .containsExactly(Transaction.BranchState.PRE_COMMITTED, Transaction.BranchState.PREPARED);
    }

    @Test
    void completionIsToldWhenAllHaveAcknowledgedTheCommit() {
        CompletableFuture<Answer> answer = commit(Group.Await.COMPLETION);
        stage.sent().forEach(stage::acknowledge);
        List<Message> commits = stage.sent();
        stage.acknowledge(commits.get(0));
        assertThat(answer).isNotDone();
        stage.acknowledge(commits.get(1));

        assertThat(shown(answer).state()).isEqualTo(Transaction.State.COMMITTED);
    }

    @Test
    void aNewLeaderWaitsNoLongerForWhoDoesNotPreCommit() {
        var unused = commit(Group.Await.COMPLETION);
        stage.sent();
        stage.lead(2);
        stage.turn();
        stage.acknowledge(stage.sent().get(0));
        assertThat(stage.sent()).isEmpty();

        stage.pass(NOTICE);

        assertThat(stage.sent()).singleElement().isInstanceOf(Message.Commit.class);
    }

    @Test
    void aNewLeaderLetsAllPreCommitAgain() {
        var unused = commit(Group.Await.COMPLETION);
        stage.sent().forEach(stage::acknowledge);
        stage.sent();

        stage.lead(2);
        stage.turn();

        assertThat(stage.sent()).hasOnlyElementsOfType(Message.PreCommit.class).hasSize(2);
    }
}
