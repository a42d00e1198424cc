package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.coordinator.runtime.Answer;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.ProblemType;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every request: section 1 of the description of the wire. */
@ApiTest
class CommonRulesTest {

    private final FakeGroup group;
    private final Api api;

    CommonRulesTest(FakeGroup group, Api api) {
        this.group = group;
        this.api = api;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/transactions|{'protocol':'TWO_PHASE','nane':'x'}|nane",
                "/v1/transactions/{id}/branches|{'participant':'a','endpoint':'http://127.0.0.1','x':1}|x",
                "/v1/transactions/{id}/commit|{'branches':[{'participant':'a','endpont':'http://127.0.0.1'}]}|branches[0].endpont",
                "/v1/transactions/{id}/abort|{'reason':'x'}|reason",
                "/v1/outcomes/lookup|{'branches':[{'transaction':'t','branch':'b','extra':1}]}|branches[0].extra"
            })
    void refusesAnUnknownFieldAndNamesIt(String path, String body, String field) {
        Api.Reply reply = api.post(path.replace("{id}", group.issue().toString()), body);

        assertThat(reply.expect(ProblemType.INVALID_REQUEST).fields()).containsExactly(field);
        assertThat(reply.text("/detail")).contains(field);
        assertThat(group.asked()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'name':5}", "{'name':true}", "{'labels':[]}", "{'labels':{'a':1}}", "[]", "5"})
    void refusesAFieldOfAnotherType(String body) {
        api.post("/v1/transactions", body).expect(ProblemType.INVALID_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'2'", "2.0", "true"})
    void takesNoOtherTypeForAWholeNumber(String calls) {
        Api.Reply reply = api.post(
                "/v1/transactions/" + group.issue() + "/branches",
                "{'participant':'a','endpoint':'http://127.0.0.1','calls':" + calls + "}");

        assertThat(reply.expect(ProblemType.INVALID_REQUEST).fields()).containsExactly("calls");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{'name':}", "nonsense", "{'name':'a','name':'b'}", "{} {}"})
    void refusesWhatIsNotOneJsonDocument(String body) {
        api.post("/v1/transactions", body).expect(ProblemType.INVALID_REQUEST);
    }

    @Test
    void refusesABodyThatIsNotUtf8() {
        HttpRequest.Builder request = HttpRequest.newBuilder()
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray("{\"name\":\"\u00e4\"}".getBytes(StandardCharsets.ISO_8859_1)));

        api.send(request, "/v1/transactions").expect(ProblemType.INVALID_REQUEST);
    }

    @Test
    void refusesABodyOverItsLimitByItsLength() {
        String big = "{'name':'" + "x".repeat(1024 * 1024) + "'}";

        api.post("/v1/transactions", big).expect(ProblemType.TOO_LARGE);
    }

    @Test
    void refusesABodyOverItsLimitWithoutALength() {
        byte[] big = new byte[1024 * 1024 + 1];
        Arrays.fill(big, (byte) ' ');
        HttpRequest.Builder chunked = HttpRequest.newBuilder()
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(big)));

        api.send(chunked, "/v1/transactions").expect(ProblemType.TOO_LARGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"x", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "0004A2VD4CIVRQUO00000080000004TQEKITTF2Q"})
    void refusesAnIdThatIsNotOne(String id) {
        api.get("/v1/transactions/" + id).expect(ProblemType.MALFORMED_ID);
        api.post("/v1/transactions/" + id + "/branches", "{}").expect(ProblemType.MALFORMED_ID);
        api.post("/v1/transactions/" + id + "/commit", "").expect(ProblemType.MALFORMED_ID);
        api.post("/v1/transactions/" + id + "/abort", "").expect(ProblemType.MALFORMED_ID);
    }

    @Test
    void refusesAnIdOfThisIncarnationWithAWrongCode() {
        byte[] otherKey = new byte[IncarnationKey.LENGTH];
        otherKey[0] = 1;
        TransactionId forged = TransactionId.issue(
                new TransactionId.Birth(0, FakeGroup.INCARNATION, FakeGroup.TERM, 0),
                Protocol.TWO_PHASE,
                1,
                new IncarnationKey(otherKey));

        api.get("/v1/transactions/" + forged).expect(ProblemType.MALFORMED_ID);
        api.post("/v1/transactions/" + forged + "/commit", "").expect(ProblemType.MALFORMED_ID);
        assertThat(group.asked()).isEmpty();
    }

    @Test
    void knowsNoOutcomeOfAGroupThatTheClusterDoesNotHave() {
        TransactionId elsewhere = TransactionId.issue(
                new TransactionId.Birth(9, FakeGroup.INCARNATION, FakeGroup.TERM, 0),
                Protocol.TWO_PHASE,
                1,
                FakeGroup.KEY);

        Api.Reply reply = api.get("/v1/transactions/" + elsewhere).expect(ProblemType.EXPIRED);

        assertThat(reply.text("/transaction")).isEqualTo(elsewhere.toString());
        assertThat(reply.text("/detail")).contains("never presume");
    }

    @Test
    void answersAnUnknownPathWithAProblemThatIsNotAboutATransaction() {
        Api.Reply reply = api.get("/v1/transaction").expect(404);

        assertThat(reply.header("Content-Type")).contains("application/problem+json");
        assertThat(reply.text("/type")).isEqualTo("about:blank");
        assertThat(reply.text("/detail")).contains("/v3/api-docs");
    }

    @Test
    void namesTheMethodsThatAPathTakes() {
        Api.Reply reply = api.get("/v1/transactions").expect(405);

        assertThat(reply.header("Allow")).contains("POST");
        assertThat(reply.text("/type")).isEqualTo("about:blank");
    }

    @Test
    void refusesABodyThatIsNotSentAsJson() {
        HttpRequest.Builder form = HttpRequest.newBuilder()
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("{}"));

        Api.Reply reply = api.send(form, "/v1/transactions").expect(415);

        assertThat(reply.text("/detail")).contains("application/json");
        assertThat(group.asked()).isEmpty();
    }

    @Test
    void answersAboutATransactionSayWhereTheyComeFrom() {
        TransactionId id = group.issue();
        group.shows(FakeGroup.transaction(id, Transaction.State.ACTIVE, null));

        Api.Reply reply = api.get("/v1/transactions/" + id).expect(200);

        assertThat(reply.header("Assent-Leader")).contains(api.url());
        assertThat(reply.header("Assent-Term"))
                .contains(Long.toString(group.state().lastTerm()));
        assertThat(reply.header("Assent-Index")).contains(Long.toString(FakeGroup.INDEX));
    }

    @Test
    void saysThatItDoesNotKnowWhenItFails() {
        TransactionId id = group.issue();
        group.answers(new Answer.Barrier(1, 1));

        Api.Reply reply = api.post("/v1/transactions/" + id + "/commit", "").expect(500);

        assertThat(reply.header("Content-Type")).contains("application/problem+json");
        assertThat(reply.text("/detail")).contains("not known");
        assertThat(reply.response().body()).doesNotContain("Exception");
    }
}
