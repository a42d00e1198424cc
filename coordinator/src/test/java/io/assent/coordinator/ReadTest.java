package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.coordinator.runtime.Answer;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.AbortReason;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.Mark;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /v1/transactions/{id}}: rules U1 to U5 and the levels of reading. */
@ApiTest
class ReadTest {

    private final FakeGroup group;
    private final Api api;
    private TransactionId id;

    ReadTest(FakeGroup group, Api api) {
        this.group = group;
        this.api = api;
    }

    @BeforeEach
    void issue() {
        id = group.issue();
    }

    private Api.Reply read(String query) {
        return api.get("/v1/transactions/" + id + query);
    }

    private void isActive() {
        group.shows(FakeGroup.transaction(id, Transaction.State.ACTIVE, null));
    }

    /** The log holds the decision; the branch has not acknowledged. */
    private void isCommitted() {
        Member member = Member.of("bank-a", "http://127.0.0.1:8091").withVote(Vote.YES);
        group.apply(new LogRecord.Decided(id, List.of(member), 1), FakeGroup.TERM);
    }

    @Test
    void isLinearizableUnlessAskedOtherwise() {
        isActive();

        Api.Reply reply = read("").expect(200);

        assertThat(reply.text("/state")).isEqualTo("ACTIVE");
        assertThat(reply.header("Assent-Consistency")).contains("linearizable");
        assertThat(reply.header("Assent-Staleness")).contains("PT0S");
        assertThat(group.asked()).extracting(FakeGroup.Asked::what).containsExactly("barrier");
    }

    @Test
    void asksNobodyWhenAnAnswerOfAnyAgeWillDo() {
        isActive();
        group.isStale(1_500);

        Api.Reply reply = read("?consistency=local").expect(200);

        assertThat(reply.header("Assent-Consistency")).contains("local");
        assertThat(reply.header("Assent-Staleness")).contains("PT1.5S");
        assertThat(group.asked()).isEmpty();
    }

    @Test
    void aFreshFollowerAnswersABoundedRead() {
        isActive();
        group.isLedBy("n2");
        group.isStale(1_999);

        Api.Reply reply = read("?consistency=bounded").expect(200);

        assertThat(reply.header("Assent-Consistency")).contains("bounded");
        assertThat(reply.header("Assent-Staleness")).contains("PT1.999S");
    }

    @Test
    void aStaleFollowerRefusesABoundedReadWhenNoLeaderAnswers() {
        isActive();
        group.isLedBy("n2");
        group.isStale(2_001);

        read("?consistency=bounded").expect(ProblemType.NO_QUORUM);
    }

    @Test
    void aLeaderMakesSureOfItselfBeforeItAnswersABoundedRead() {
        isActive();

        read("?consistency=bounded").expect(200);

        assertThat(group.asked()).extracting(FakeGroup.Asked::what).containsExactly("barrier");
    }

    @Test
    void withoutAQuorumSaysThatAnOlderAnswerCanBeHad() {
        isActive();
        group.barrierAnswers(null);

        assertThat(read("").expect(ProblemType.NO_QUORUM).text("/detail")).contains("consistency=local");
        read("?consistency=local").expect(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"linearizable", "bounded", "local"})
    void answersACommitAtOnceAtAnyReplica(String level) {
        isCommitted();
        group.hasNoLeader();

        Api.Reply reply = read("?consistency=" + level).expect(200);

        assertThat(reply.text("/outcome")).isEqualTo("COMMITTED");
        assertThat(group.asked()).isEmpty();
    }

    @Test
    void answersAnAbortWithItsReason() {
        group.shows(FakeGroup.transaction(
                id,
                Transaction.State.ABORTED,
                Outcome.ABORTED,
                AbortReason.ofBranch(AbortReason.Code.VOTE_NO, "bank-a", null),
                List.of()));
        group.apply(new LogRecord.Aborted(id), FakeGroup.TERM);

        Api.Reply reply = read("").expect(200);

        assertThat(reply.text("/state")).isEqualTo("ABORTED");
        assertThat(reply.text("/reason/code")).isEqualTo("VOTE_NO");
        assertThat(reply.body().path("reason").has("message")).isFalse();
    }

    @Test
    void u1AnyReplicaKnowsThatAnAbsentTransactionOfAnEarlierTermIsAborted() {
        id = group.issue(FakeGroup.TERM - 1);
        group.hasSeenTerm(FakeGroup.TERM);
        group.hasNoLeader();

        Api.Reply reply = read("").expect(200);

        assertThat(reply.text("/state")).isEqualTo("ABORTED");
        assertThat(reply.text("/outcome")).isEqualTo("ABORTED");
        assertThat(reply.text("/reason/code")).isEqualTo("COORDINATOR_LOST");
    }

    @Test
    void u2TheLeaderOfItsTermKnowsThatAnAbsentTransactionIsAborted() {
        Api.Reply reply = read("").expect(200);

        assertThat(reply.text("/reason/code")).isEqualTo("PRESUMED");
    }

    @Test
    void u2TheLeaderOfItsTermKnowsThatItNeverIssuedAnId() {
        TransactionId tooHigh = TransactionId.issue(
                new TransactionId.Birth(0, FakeGroup.INCARNATION, FakeGroup.TERM, 4_000_000_000L),
                Protocol.TWO_PHASE,
                1,
                FakeGroup.KEY);

        Api.Reply reply = api.get("/v1/transactions/" + tooHigh).expect(ProblemType.NOT_FOUND);

        assertThat(reply.text("/transaction")).isEqualTo(tooHigh.toString());
    }

    @Test
    void u4AnotherIncarnationIsExpiredAndNeverAborted() {
        id = TransactionId.issue(
                new TransactionId.Birth(0, FakeGroup.INCARNATION + 1, 1, 0), Protocol.TWO_PHASE, 1, FakeGroup.KEY);
        group.hasSeenTerm(FakeGroup.TERM);

        read("").expect(ProblemType.EXPIRED);
        read("?consistency=local").expect(ProblemType.EXPIRED);
    }

    @Test
    void u4WhatIsAtTheHorizonIsExpiredAndNeverAborted() {
        Horizon horizon = Horizon.of(id);
        group.apply(new LogRecord.Forgotten(horizon, new Mark(1, horizon)), FakeGroup.TERM);
        group.hasSeenTerm(FakeGroup.TERM);

        read("").expect(ProblemType.EXPIRED);
        read("?consistency=local").expect(ProblemType.EXPIRED);
    }

    @Test
    void u5WhatThisNodeCannotTellIsPending() {
        group.isLedBy("n2");

        Api.Reply reply = read("?consistency=local").expect(202);

        assertThat(reply.text("/id")).isEqualTo(id.toString());
        assertThat(reply.text("/state")).isEqualTo("PENDING");
        assertThat(reply.body().path("outcome").isNull()).isTrue();
    }

    @Test
    void anEmptyReplicaKnowsNothingAndSoNothingExpiresThere() {
        group.isEmptyReplica();
        group.hasNoLeader();

        assertThat(read("?consistency=local").expect(202).text("/state")).isEqualTo("PENDING");
        read("").expect(ProblemType.NO_QUORUM);
    }

    @Test
    void waitsForTheIndexThatWasAskedForOrSaysThatItIsNotThere() {
        isActive();

        read("?consistency=local&minIndex=" + FakeGroup.INDEX).expect(200);
        read("?consistency=local&minIndex=" + (FakeGroup.INDEX + 1)).expect(ProblemType.NOT_READY);
        group.hasApplied(FakeGroup.INDEX + 1);
        assertThat(read("?minIndex=" + (FakeGroup.INDEX + 1)).expect(200).header("Assent-Index"))
                .contains(Long.toString(FakeGroup.INDEX + 1));
    }

    @ParameterizedTest
    @CsvSource({"consistency=strong,consistency", "minIndex=-1,minIndex", "minIndex=x,minIndex", "minIndex=,minIndex"})
    void refusesAWrongParameter(String query, String field) {
        assertThat(read("?" + query).expect(ProblemType.INVALID_REQUEST).fields())
                .containsExactly(field);
    }

    @Test
    void saysWhenTooManyReadsWait() {
        isActive();
        group.barrierAnswers(Answer.Plain.OVERLOADED);

        read("").expect(ProblemType.OVERLOADED);
    }
}
