package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.coordinator.runtime.Answer;
import io.assent.coordinator.runtime.Group;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.ProblemType;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /v1/transactions}. */
@ApiTest
class BeginTest {

    private static final String PATH = "/v1/transactions";
    private static final String KEY = "Idempotency-Key";

    private final FakeGroup group;
    private final Api api;
    private TransactionId id;

    BeginTest(FakeGroup group, Api api) {
        this.group = group;
        this.api = api;
    }

    @BeforeEach
    void issue() {
        id = group.issue();
        group.answers(new Answer.Shown(FakeGroup.transaction(id, Transaction.State.ACTIVE, null), true));
    }

    private Group.Begin begun() {
        return (Group.Begin) group.lastAsked().argument();
    }

    @Test
    void answersCreatedWithLocationAndTheWholeTransaction() {
        Api.Reply reply = api.post(
                        PATH,
                        "{'protocol':'TWO_PHASE','timeout':'PT30S','name':'transfer','initiator':'shop',"
                                + "'labels':{'order':'17'}}")
                .expect(201);

        assertThat(reply.header("Location")).contains("/v1/transactions/" + id);
        assertThat(reply.response().body())
                .isEqualTo(("{'id':'" + id + "','protocol':'TWO_PHASE','state':'ACTIVE','outcome':null,'reason':null,"
                                + "'heuristics':[],'deadline':'2026-01-31T12:00:30.000Z','name':'transfer',"
                                + "'labels':{'order':'17'},'initiator':'shop','branches':[],'group':0,'term':7,"
                                + "'createdAt':'2026-01-31T12:00:00.123Z','decidedAt':null,'completedAt':null}")
                        .replace('\'', '"'));
        assertThat(begun())
                .isEqualTo(new Group.Begin(
                        Protocol.TWO_PHASE,
                        30_000,
                        new Transaction.Description("transfer", "shop", Map.of("order", "17")),
                        null,
                        null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "null"})
    void needsNoField(String body) {
        api.post(PATH, body).expect(201);

        assertThat(begun().timeoutMillis()).isEqualTo(30_000);
    }

    @Test
    void answersOkForAKeyThatBeganBefore() {
        group.answers(new Answer.Shown(FakeGroup.transaction(id, Transaction.State.PREPARING, null), false));

        Api.Reply reply = api.post(PATH, "", KEY, "order-17").expect(200);

        assertThat(reply.header("Location")).isEmpty();
        assertThat(reply.text("/state")).isEqualTo("PREPARING");
        assertThat(begun().key()).isEqualTo("order-17");
    }

    @Test
    void digestsWhatTheBodyMeansAndNotHowItIsWritten() {
        api.post(PATH, "", KEY, "k").expect(201);
        String nothing = begun().digest();
        api.post(PATH, " { } ", KEY, "k").expect(201);
        assertThat(begun().digest()).isEqualTo(nothing);

        api.post(PATH, "{'name':'a','labels':{'x':'1','y':'2'}}", KEY, "k").expect(201);
        String full = begun().digest();
        api.post(PATH, "{'labels':{'y':'2','x':'1'},'name':'a'}", KEY, "k").expect(201);
        assertThat(begun().digest()).isEqualTo(full).isNotEqualTo(nothing);
    }

    @Test
    void refusesAKeyThatBeganSomethingElse() {
        group.answers(new Answer.KeyTaken(id));

        Api.Reply reply = api.post(PATH, "", KEY, "k").expect(ProblemType.IDEMPOTENCY_CONFLICT);

        assertThat(reply.text("/transaction")).isEqualTo(id.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "with space", "\t"})
    void refusesAKeyThatIsNotVisibleAscii(String key) {
        assertThat(api.post(PATH, "", KEY, key)
                        .expect(ProblemType.INVALID_REQUEST)
                        .fields())
                .containsExactly(KEY);
        api.post(PATH, "", KEY, "x".repeat(128)).expect(201);
        api.post(PATH, "", KEY, "x".repeat(129)).expect(ProblemType.INVALID_REQUEST);
        api.post(PATH, "", KEY, "a", KEY, "b").expect(ProblemType.INVALID_REQUEST);
    }

    @ParameterizedTest
    @EnumSource
    void theProtocolThatIsAskedForIsTheOneThatIsBegun(Protocol protocol) {
        api.post(PATH, "{'protocol':'" + protocol + "'}").expect(201);

        assertThat(begun().protocol()).isEqualTo(protocol);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'protocol':'two_phase'}|protocol",
                "{'timeout':'30s'}|timeout",
                "{'timeout':'PT0.099S'}|timeout",
                "{'timeout':'PT24H0.001S'}|timeout",
                "{'timeout':'-PT1S'}|timeout",
                "{'timeout':'P99999999999999D'}|timeout",
                "{'labels':{'':'x'}}|labels",
                "{'labels':{'a':null}}|labels.a"
            })
    void refusesAWrongField(String body, String field) {
        assertThat(api.post(PATH, body).expect(ProblemType.INVALID_REQUEST).fields())
                .containsExactly(field);
        assertThat(group.asked()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"name,128", "initiator,64"})
    void takesATextUpToItsLimit(String field, int limit) {
        api.post(PATH, "{'" + field + "':'" + "\u00e4".repeat(limit) + "'}").expect(201);

        Api.Reply reply = api.post(PATH, "{'" + field + "':'" + "x".repeat(limit + 1) + "'}");

        assertThat(reply.expect(ProblemType.INVALID_REQUEST).fields()).containsExactly(field);
    }

    @Test
    void takesLabelsUpToTheirLimits() {
        String longest = "{'labels':{'" + "n".repeat(64) + "':'" + "v".repeat(256) + "'}}";
        api.post(PATH, longest).expect(201);
        api.post(PATH, longest.replaceFirst("n", "nn")).expect(ProblemType.INVALID_REQUEST);
        api.post(PATH, longest.replaceFirst("v", "vv")).expect(ProblemType.INVALID_REQUEST);

        api.post(PATH, labels(16)).expect(201);
        assertThat(api.post(PATH, labels(17))
                        .expect(ProblemType.INVALID_REQUEST)
                        .fields())
                .containsExactly("labels");
    }

    private static String labels(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "'l" + i + "':'v'")
                .collect(Collectors.joining(",", "{'labels':{", "}}"));
    }

    @Test
    void namesAllWrongFieldsAtOnce() {
        Api.Reply reply = api.post(PATH, "{'timeout':'x','protocol':'y'}").expect(ProblemType.INVALID_REQUEST);

        assertThat(reply.fields()).containsExactlyInAnyOrder("timeout", "protocol");
    }

    @Test
    void takesTheShortestAndTheLongestTimeout() {
        api.post(PATH, "{'timeout':'PT0.1S'}").expect(201);
        api.post(PATH, "{'timeout':'PT24H'}").expect(201);

        assertThat(begun().timeoutMillis()).isEqualTo(86_400_000);
    }

    @Test
    void saysWhenItHasTooMuchToDo() {
        group.answers(Answer.Plain.OVERLOADED);

        api.post(PATH, "").expect(ProblemType.OVERLOADED);
    }

    @Test
    void saysThatASlotIsElsewhere() {
        group.answers(Answer.Plain.SLOT_ELSEWHERE);

        api.post(PATH, "", KEY, "k").expect(ProblemType.NOT_READY);
    }

    @Test
    void saysThatPaxosCommitNeedsEveryReplicaOnce() {
        group.answers(Answer.Plain.ACCEPTORS_UNKNOWN);

        assertThat(api.post(PATH, "{'protocol':'PAXOS_COMMIT'}")
                        .expect(ProblemType.NOT_READY)
                        .text("/detail"))
                .contains("each replica");
    }
}
