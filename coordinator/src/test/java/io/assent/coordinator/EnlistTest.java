package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.coordinator.runtime.Answer;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.AbortReason;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.api.ProblemType;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /v1/transactions/{id}/branches}. */
@ApiTest
class EnlistTest {

    private static final String BRANCH = "{'participant':'bank-a','endpoint':'http://127.0.0.1:8091/x'}";

    private final FakeGroup group;
    private final Api api;
    private TransactionId id;

    EnlistTest(FakeGroup group, Api api) {
        this.group = group;
        this.api = api;
    }

    @BeforeEach
    void issue() {
        id = group.issue();
        answersEnlisted(true);
    }

    private void answersEnlisted(boolean created) {
        group.answers(new Answer.Shown(active(List.of(FakeGroup.branch("bank-a"))), created));
    }

    private Transaction active(List<Transaction.Branch> branches) {
        return FakeGroup.transaction(id, Transaction.State.ACTIVE, null, null, branches);
    }

    private String path() {
        return "/v1/transactions/" + id + "/branches";
    }

    private void refuses(RequestRefusal why) {
        group.answers(new Answer.Refused(
                why,
                FakeGroup.transaction(
                        id,
                        Transaction.State.ABORTING,
                        Outcome.ABORTED,
                        AbortReason.of(AbortReason.Code.TIMEOUT),
                        List.of())));
    }

    @Test
    void answersCreatedWithTheBranch() {
        Api.Reply reply = api.post(path(), BRANCH).expect(201);

        assertThat(reply.response().body())
                .isEqualTo("{\"participant\":\"bank-a\",\"endpoint\":\"http://127.0.0.1:8091/assent/v1/branches\","
                        + "\"fallbackEndpoint\":null,\"state\":\"WORKING\",\"vote\":null,\"attempts\":null,"
                        + "\"lastError\":null}");
        assertThat(group.lastAsked().argument()).isEqualTo(Member.of("bank-a", "http://127.0.0.1:8091/x"));
    }

    @Test
    void answersOkWhenItIsEnlistedAlready() {
        answersEnlisted(false);

        api.post(path(), BRANCH).expect(200);
    }

    @Test
    void passesOnEverythingThatIsKnownOfABranch() {
        String full = "{'participant':'bank-a','endpoint':'http://localhost:1/x','fallbackEndpoint':'https://[::1]/y',"
                + "'protocols':['THREE_PHASE','TWO_PHASE','TWO_PHASE'],'onePhase':true,'token':'k3','calls':2,"
                + "'vote':'READ_ONLY'}";

        api.post(path(), full).expect(201);

        assertThat(group.lastAsked().argument())
                .isEqualTo(new Member(
                        "bank-a",
                        "http://localhost:1/x",
                        "https://[::1]/y",
                        List.of(Protocol.TWO_PHASE, Protocol.THREE_PHASE),
                        true,
                        "k3",
                        2,
                        Vote.READ_ONLY));
    }

    @Test
    void refusesWhenCommitOrAbortWasAsked() {
        refuses(RequestRefusal.NOT_ACTIVE);

        Api.Reply reply = api.post(path(), BRANCH).expect(ProblemType.NOT_ACTIVE);

        assertThat(reply.text("/transaction")).isEqualTo(id.toString());
        assertThat(reply.text("/reason/code")).isEqualTo("TIMEOUT");
        assertThat(reply.header("Assent-Leader")).contains(api.url());
    }

    @Test
    void refusesTheSameParticipantWithAnotherEndpoint() {
        refuses(RequestRefusal.BRANCH_CONFLICT);

        api.post(path(), BRANCH).expect(ProblemType.BRANCH_CONFLICT);
    }

    @Test
    void refusesAParticipantThatDoesNotSpeakTheProtocol() {
        refuses(RequestRefusal.UNSUPPORTED_PROTOCOL);

        api.post(path(), BRANCH).expect(ProblemType.UNSUPPORTED_PROTOCOL);
    }

    @Test
    void refusesABranchTooManyAndSaysHowManyThereMayBe() {
        group.answers(Answer.Plain.TOO_MANY_BRANCHES);

        Api.Reply reply = api.post(path(), BRANCH).expect(ProblemType.TOO_LARGE);

        assertThat(reply.response().body()).contains("has 128 branches", "assent.limits.branches");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://127.0.0.1/x",
                "http://user:pass@127.0.0.1/x",
                "http://127.0.0.1/x#here",
                "http://bank.example/x",
                "http://10.0.0.1/x",
                "http://127.0.0.1.example/x",
                "http://[fe80::1]/x"
            })
    void refusesAnEndpointThatItMayNotCall(String endpoint) {
        Api.Reply reply = api.post(path(), BRANCH.replace("http://127.0.0.1:8091/x", endpoint));

        assertThat(reply.expect(ProblemType.ENDPOINT_NOT_ALLOWED).fields()).containsExactly("endpoint");
        assertThat(group.asked()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bank",
                "/branches",
                "http://",
                "http:///x",
                "127.0.0.1:80/x",
                "http://a b/",
                "http://h:70000",
                "http://127.0.0.1/\u00e4"
            })
    void refusesAnEndpointThatIsNoUrl(String endpoint) {
        Api.Reply reply = api.post(path(), BRANCH.replace("http://127.0.0.1:8091/x", endpoint));

        assertThat(reply.expect(ProblemType.INVALID_REQUEST).fields()).containsExactly("endpoint");
    }

    @Test
    void checksTheFallbackEndpointToo() {
        String body = "{'participant':'a','endpoint':'http://127.0.0.1','fallbackEndpoint':'http://example.com'}";

        assertThat(api.post(path(), body)
                        .expect(ProblemType.ENDPOINT_NOT_ALLOWED)
                        .fields())
                .containsExactly("fallbackEndpoint");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'participant':null|participant",
                "'participant':''|participant",
                "'participant':'bank/a'|participant",
                "'protocols':[]|protocols",
                "'protocols':['TWO_PHASE','X']|protocols[1]",
                "'protocols':[null]|protocols[0]",
                "'token':''|token",
                "'token':'\u00e4'|token",
                "'calls':-1|calls",
                "'vote':'NO'|vote",
                "'vote':'MAYBE'|vote"
            })
    void refusesAWrongField(String replacement, String field) {
        String base = replacement.startsWith("'participant'") ? "" : "'participant':'a',";

        Api.Reply reply = api.post(path(), "{" + base + replacement + ",'endpoint':'http://127.0.0.1'}");

        assertThat(reply.expect(ProblemType.INVALID_REQUEST).fields()).containsExactly(field);
    }

    @Test
    void needsParticipantAndEndpoint() {
        assertThat(api.post(path(), "{}").expect(ProblemType.INVALID_REQUEST).fields())
                .containsExactlyInAnyOrder("participant", "endpoint");
        api.post(path(), "").expect(ProblemType.INVALID_REQUEST);
    }

    @Test
    void tellsAnIdThatNobodyIssuedFromOneThatIsForgotten() {
        group.answers(Answer.Plain.NEVER_ISSUED);
        api.post(path(), BRANCH).expect(ProblemType.NOT_FOUND);

        group.answers(Answer.Plain.EXPIRED);
        api.post(path(), BRANCH).expect(ProblemType.EXPIRED);
    }

    @Test
    void saysWhenItHasTooMuchToDo() {
        group.answers(Answer.Plain.OVERLOADED);

        api.post(path(), BRANCH).expect(ProblemType.OVERLOADED);
    }
}
