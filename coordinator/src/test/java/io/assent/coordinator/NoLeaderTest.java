package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.coordinator.runtime.Answer;
import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.group.LogRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

/** A node without a leader for the group holds a request, tries by itself, and then says that it may be repeated. */
@ApiTest
@TestPropertySource(properties = "assent.cluster.hold=2s")
class NoLeaderTest {

    private final FakeGroup group;
    private final Api api;
    private TransactionId id;

    NoLeaderTest(FakeGroup group, Api api) {
        this.group = group;
        this.api = api;
    }

    @BeforeEach
    void issue() {
        id = group.issue();
    }

    @Test
    void aHeldRequestIsAnsweredAsSoonAsThereIsALeader() {
        group.hasNoLeader();
        group.answers(new Answer.Shown(FakeGroup.transaction(id, Transaction.State.ACTIVE, null), true));
        CompletableFuture<Void> elected = CompletableFuture.runAsync(
                () -> group.leads(new Log.Leadership(FakeGroup.TERM, "n1", true)),
                CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS));

        api.post("/v1/transactions", "").expect(201);

        assertThat(elected).isDone();
    }

    @Test
    void aLeaderThatJustLostItsTermIsTriedAgain() {
        group.answers(Answer.Plain.LEADER_CHANGED);
        CompletableFuture<Void> gained = CompletableFuture.runAsync(
                () -> group.answers(new Answer.Shown(FakeGroup.transaction(id, Transaction.State.ACTIVE, null), true)),
                CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS));

        api.post("/v1/transactions", "").expect(201);

        assertThat(gained).isDone();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/branches", "/commit", "/abort"})
    void afterTheHoldItSaysThatTheSameRequestMayBeRepeated(String action) {
        group.hasNoLeader();
        String body = action.equals("/branches") ? "{'participant':'a','endpoint':'http://127.0.0.1'}" : "{}";

        Api.Reply reply = api.post("/v1/transactions/" + id + action, body).expect(ProblemType.NO_QUORUM);

        assertThat(reply.text("/detail")).contains("Repeat the same request");
        assertThat(group.asked()).isEmpty();
    }

    @Test
    void aBeginWithoutALeaderMayBeRepeated() {
        group.hasNoLeader();

        Api.Reply reply = api.post("/v1/transactions", "").expect(ProblemType.NO_QUORUM);

        assertThat(reply.text("/detail")).contains("Repeat the same request");
        assertThat(group.asked()).isEmpty();
    }

    @Test
    void aDecisionStandsWithoutALeader() {
        Member member = Member.of("a", "http://127.0.0.1:1").withVote(Vote.YES);
        group.apply(new LogRecord.Decided(id, List.of(member), 1), FakeGroup.TERM);
        group.hasNoLeader();

        api.post("/v1/transactions/" + id + "/commit", "").expect(200);
        api.post("/v1/transactions/" + id + "/commit", "{'branches':[{'participant':'b'}]}")
                .expect(ProblemType.BRANCH_MISMATCH);
        api.post("/v1/transactions/" + id + "/abort", "").expect(ProblemType.ALREADY_COMMITTED);
    }

    @Test
    void anAbortIsKnownWithoutALeaderTooOnceALaterTermIsApplied() {
        TransactionId lost = group.issue(FakeGroup.TERM - 1);
        group.hasSeenTerm(FakeGroup.TERM);
        group.hasNoLeader();

        Api.Reply reply = api.post("/v1/transactions/" + lost + "/commit", "").expect(ProblemType.TRANSACTION_ABORTED);

        assertThat(reply.text("/reason/code")).isEqualTo("COORDINATOR_LOST");
        api.post("/v1/transactions/" + lost + "/abort", "").expect(200);
    }
}
