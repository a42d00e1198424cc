package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.coordinator.runtime.Answer;
import io.assent.coordinator.runtime.Group;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.AbortReason;
import io.assent.protocol.CommitMember;
import io.assent.protocol.Outcome;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.api.ProblemType;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code POST /v1/transactions/{id}/commit} and {@code /abort}. */
@ApiTest
class DecisionTest {

    private final FakeGroup group;
    private final Api api;
    private TransactionId id;

    DecisionTest(FakeGroup group, Api api) {
        this.group = group;
        this.api = api;
    }

    @BeforeEach
    void issue() {
        id = group.issue();
        answers(Transaction.State.COMMITTED, Outcome.COMMITTED);
    }

    private Transaction transaction(Transaction.State state, Outcome outcome) {
        AbortReason reason = outcome == Outcome.ABORTED
                ? AbortReason.ofBranch(AbortReason.Code.VOTE_NO, "bank-b", "insufficient funds")
                : null;
        return FakeGroup.transaction(id, state, outcome, reason, List.of(FakeGroup.branch("bank-a")));
    }

    private void answers(Transaction.State state, Outcome outcome) {
        group.answers(new Answer.Shown(transaction(state, outcome), false));
    }

    private void refuses(RequestRefusal why, Transaction.State state, Outcome outcome) {
        group.answers(new Answer.Refused(why, transaction(state, outcome)));
    }

    private Api.Reply commit(String body) {
        return api.post("/v1/transactions/" + id + "/commit", body);
    }

    private Api.Reply abort(String body) {
        return api.post("/v1/transactions/" + id + "/abort", body);
    }

    @Test
    void commitAnswersTheCommittedTransaction() {
        Api.Reply reply = commit("").expect(200);

        assertThat(reply.text("/outcome")).isEqualTo("COMMITTED");
        assertThat(reply.text("/branches/0/participant")).isEqualTo("bank-a");
        assertThat(reply.header("Assent-Leader")).contains(api.url());
        assertThat(group.lastAsked()).isEqualTo(new FakeGroup.Asked("commit", id, null, Group.Await.COMPLETION));
    }

    @Test
    void commitAnswersTheOutcomeWhenAcknowledgementsAreStillMissing() {
        answers(Transaction.State.COMMITTING, Outcome.COMMITTED);

        assertThat(commit("{'await':'DECISION'}").expect(200).text("/state")).isEqualTo("COMMITTING");
        assertThat(group.lastAsked().second()).isEqualTo(Group.Await.DECISION);
    }

    @Test
    void commitTellsAnAbortWithItsReason() {
        answers(Transaction.State.ABORTED, Outcome.ABORTED);

        Api.Reply reply = commit("").expect(ProblemType.TRANSACTION_ABORTED);

        assertThat(reply.text("/transaction")).isEqualTo(id.toString());
        assertThat(reply.text("/reason/code")).isEqualTo("VOTE_NO");
        assertThat(reply.text("/reason/branch")).isEqualTo("bank-b");
        assertThat(reply.text("/reason/message")).isEqualTo("insufficient funds");
    }

    @Test
    void acceptedMeansThatTheOutcomeIsNotKnownYet() {
        group.answersNothing();
        group.shows(transaction(Transaction.State.PREPARING, null));

        Api.Reply reply = commit("{'wait':'PT0.05S'}").expect(202);

        assertThat(reply.body().path("outcome").isNull()).isTrue();
        assertThat(reply.text("/state")).isEqualTo("PREPARING");
    }

    @Test
    void whatIsKnownWhenTheWaitIsOverIsNotAccepted() {
        group.answersNothing();
        group.shows(transaction(Transaction.State.COMMITTING, Outcome.COMMITTED));

        assertThat(commit("{'wait':'PT0S'}").expect(200).text("/state")).isEqualTo("COMMITTING");
    }

    @Test
    void passesOnTheBranchesThatTheInitiatorSaw() {
        commit("{'branches':[{'participant':'a','endpoint':'http://127.0.0.1','calls':2,'token':'t','vote':'YES'},"
                        + "{'participant':'b','vote':'NO'}]}")
                .expect(200);

        assertThat(group.lastAsked().argument())
                .isEqualTo(List.of(
                        new CommitMember("a", "http://127.0.0.1", null, null, false, "t", 2, Vote.YES),
                        new CommitMember("b", null, null, null, false, null, null, Vote.NO)));
    }

    @Test
    void tellsNoBranchesFromAnEmptyList() {
        commit("{'branches':[]}").expect(200);

        assertThat(group.lastAsked().argument()).isEqualTo(List.of());
    }

    @Test
    void refusesCommitWithNothingEnlisted() {
        refuses(RequestRefusal.NO_BRANCHES, Transaction.State.ACTIVE, null);

        assertThat(commit("").expect(ProblemType.NO_BRANCHES).text("/detail")).contains("\"branches\":[]");
    }

    @Test
    void refusesAnotherSetAfterTheDecisionAndShowsWhatWasDecided() {
        refuses(RequestRefusal.BRANCH_MISMATCH, Transaction.State.COMMITTED, Outcome.COMMITTED);

        Api.Reply reply = commit("{'branches':[]}").expect(ProblemType.BRANCH_MISMATCH);

        assertThat(reply.text("/current/id")).isEqualTo(id.toString());
        assertThat(reply.text("/current/outcome")).isEqualTo("COMMITTED");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'await':'completion'}|await",
                "{'wait':'10'}|wait",
                "{'wait':'-PT1S'}|wait",
                "{'wait':'PT60.001S'}|wait",
                "{'branches':[null]}|branches[0]",
                "{'branches':[{}]}|branches[0].participant",
                "{'branches':[{'participant':'a'},{'participant':'a'}]}|branches[1].participant",
                "{'branches':[{'participant':'a','endpoint':'x'}]}|branches[0].endpoint",
                "{'branches':[{'participant':'a','calls':-1}]}|branches[0].calls",
                "{'branches':[{'participant':'a','vote':'yes'}]}|branches[0].vote"
            })
    void refusesAWrongField(String body, String field) {
        assertThat(commit(body).expect(ProblemType.INVALID_REQUEST).fields()).containsExactly(field);
        assertThat(group.asked()).isEmpty();
    }

    @Test
    void checksEndpointsOfTheCommitToo() {
        Api.Reply reply = commit("{'branches':[{'participant':'a','endpoint':'http://example.com'}]}");

        assertThat(reply.expect(ProblemType.ENDPOINT_NOT_ALLOWED).fields()).containsExactly("branches[0].endpoint");
    }

    @Test
    void takesAsManyBranchesAsATransactionMayHave() {
        commit(branches(128)).expect(200);
        commit(branches(129)).expect(ProblemType.TOO_LARGE);
    }

    private static String branches(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{'participant':'p" + i + "'}")
                .collect(Collectors.joining(",", "{'branches':[", "]}"));
    }

    @Test
    void abortAnswersTheAbortedTransaction() {
        answers(Transaction.State.ABORTED, Outcome.ABORTED);

        assertThat(abort("{'message':'changed my mind'}").expect(200).text("/outcome"))
                .isEqualTo("ABORTED");
        assertThat(group.lastAsked().argument())
                .isEqualTo(new AbortReason(AbortReason.Code.INITIATOR, null, "changed my mind"));
    }

    @Test
    void abortNeedsNoBody() {
        answers(Transaction.State.ABORTED, Outcome.ABORTED);

        abort("").expect(200);
        abort("{'message':'" + "x".repeat(1025) + "'}").expect(ProblemType.INVALID_REQUEST);
    }

    @Test
    void abortComesTooLateForACommit() {
        refuses(RequestRefusal.ALREADY_COMMITTED, Transaction.State.COMMITTED, Outcome.COMMITTED);
        abort("").expect(ProblemType.ALREADY_COMMITTED);

        answers(Transaction.State.COMMITTED, Outcome.COMMITTED);
        abort("").expect(ProblemType.ALREADY_COMMITTED);
    }

    @Test
    void abortIsAcceptedWhileTheDecisionIsInTheHandsOfTheLog() {
        group.answersNothing();
        group.shows(transaction(Transaction.State.PREPARING, null));

        abort("").expect(202);
    }

    @Test
    void tellsWhatIsForgottenAndWhatNeverWas() {
        group.answers(Answer.Plain.EXPIRED);
        commit("").expect(ProblemType.EXPIRED);
        abort("").expect(ProblemType.EXPIRED);

        group.answers(Answer.Plain.NEVER_ISSUED);
        commit("").expect(ProblemType.NOT_FOUND);
        abort("").expect(ProblemType.NOT_FOUND);
    }

    @Test
    void asksToRepeatWhatANewLeaderIsTakingOver() {
        refuses(RequestRefusal.ADOPTING, Transaction.State.PREPARING, null);

        commit("").expect(ProblemType.NOT_READY);
    }

    @Test
    void saysWhenItHasTooMuchToDo() {
        group.answers(Answer.Plain.OVERLOADED);

        commit("").expect(ProblemType.OVERLOADED);
        abort("").expect(ProblemType.OVERLOADED);
    }
}
