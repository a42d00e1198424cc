package io.assent.coordinator;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.http.Fault;
import io.assent.coordinator.runtime.Answer;
import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.group.LogRecord;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestConstructor;

/** Any node answers any request: one that does not lead passes it on, one hop. The other node is played here. */
@SpringBootTest(
        classes = FakeCoordinator.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "assent.cluster.hold=500ms",
            "assent.node.id=n1",
            "assent.security.secret=" + ForwardingTest.SECRET
        })
@TestConstructor(autowireMode = TestConstructor.AutowireMode.ALL)
class ForwardingTest {

    static final String SECRET = "0123456789abcdef0123456789abcdef";

    private static final String BEARER = "Bearer " + SECRET;
    private static final WireMockServer OTHER =
            new WireMockServer(options().bindAddress("127.0.0.1").dynamicPort());

    private final FakeGroup group;
    private final Api api;
    private TransactionId id;

    ForwardingTest(FakeGroup group, @LocalServerPort int port) {
        this.group = group;
        this.api = new Api(port);
    }

    @DynamicPropertySource
    static void otherNode(DynamicPropertyRegistry registry) {
        OTHER.start();
        registry.add("assent.cluster.nodes[0].id", () -> "n1");
        registry.add("assent.cluster.nodes[0].url", () -> "http://127.0.0.1:1");
        registry.add("assent.cluster.nodes[0].raft", () -> "127.0.0.1:11");
        registry.add("assent.cluster.nodes[1].id", () -> "n2");
        registry.add("assent.cluster.nodes[1].url", () -> OTHER.baseUrl() + "/");
        registry.add("assent.cluster.nodes[1].raft", () -> "127.0.0.1:12");
    }

    @AfterAll
    static void stop() {
        OTHER.stop();
    }

    @BeforeEach
    void reset() {
        OTHER.resetAll();
        group.reset();
        group.isLedBy("n2");
        id = group.issue();
    }

    private Api.Reply send(String path, String body, String... headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Authorization";
        all[headers.length + 1] = BEARER;
        return body.equals("GET") ? api.get(path, all) : api.post(path, body, all);
    }

    @Test
    void passesARequestOnToTheLeaderAndItsAnswerBackAsItIs() {
        OTHER.stubFor(post("/v1/transactions")
                .willReturn(aResponse()
                        .withStatus(201)
                        .withHeader("Content-Type", "application/json")
                        .withHeader("Location", "/v1/transactions/x")
                        .withHeader("Assent-Leader", OTHER.baseUrl())
                        .withHeader("Assent-Index", "9")
                        .withBody("{\"id\":\"x\"}")));

        Api.Reply reply =
                send("/v1/transactions", "{'name':'a'}", "Idempotency-Key", "k").expect(201);

        assertThat(reply.response().body()).isEqualTo("{\"id\":\"x\"}");
        assertThat(reply.header("Location")).contains("/v1/transactions/x");
        assertThat(reply.header("Assent-Leader")).contains(OTHER.baseUrl());
        assertThat(reply.header("Assent-Index")).contains("9");
        OTHER.verify(
                1,
                postRequestedFor(urlEqualTo("/v1/transactions"))
                        .withHeader("Assent-Forwarded", equalTo("1"))
                        .withHeader("Authorization", equalTo(BEARER))
                        .withHeader("Idempotency-Key", equalTo("k"))
                        .withHeader("Content-Type", equalTo("application/json"))
                        .withRequestBody(equalTo("{\"name\":\"a\"}")));
        assertThat(group.asked()).isEmpty();
    }

    @Test
    void passesOnRefusalsAndTheQueryToo() {
        OTHER.stubFor(get(urlPathEqualTo("/v1/transactions/" + id))
                .willReturn(aResponse()
                        .withStatus(410)
                        .withHeader("Content-Type", "application/problem+json")
                        .withBody("{}")));

        Api.Reply reply = send("/v1/transactions/" + id + "?consistency=linearizable&minIndex=3", "GET")
                .expect(410);

        assertThat(reply.header("Content-Type")).contains("application/problem+json");
        OTHER.verify(getRequestedFor(urlEqualTo("/v1/transactions/" + id + "?consistency=linearizable&minIndex=3")));
    }

    @Test
    void neverPassesOnWhatWasPassedOn() {
        OTHER.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(200)));

        Api.Reply reply = send("/v1/transactions/" + id + "/commit", "{}", "Assent-Forwarded", "1")
                .expect(ProblemType.NO_QUORUM);

        assertThat(reply.header("Assent-Leader")).contains(OTHER.baseUrl());
        send("/v1/cluster", "GET", "Assent-Forwarded", "1").expect(200);
        send("/v1/outcomes/lookup", "{'branches':[{'transaction':'" + id + "','branch':'a'}]}", "Assent-Forwarded", "1")
                .expect(200);
        OTHER.verify(0, postRequestedFor(anyUrl()));
        OTHER.verify(0, getRequestedFor(anyUrl()));
    }

    @Test
    void refusesWhatIsWrongWithoutAskingAnybody() {
        send("/v1/transactions", "{'timeout':'x'}").expect(ProblemType.INVALID_REQUEST);
        send("/v1/transactions/x/commit", "").expect(ProblemType.MALFORMED_ID);

        OTHER.verify(0, postRequestedFor(anyUrl()));
    }

    @Test
    void triesAgainWhenTheOtherNodeIsNotReadyYet() {
        OTHER.stubFor(post(anyUrl())
                .inScenario("election")
                .willReturn(aResponse().withStatus(503))
                .willSetStateTo("won"));
        OTHER.stubFor(
                post(anyUrl()).inScenario("election").whenScenarioStateIs("won").willReturn(okJson("{}")));

        send("/v1/transactions/" + id + "/abort", "").expect(200);
    }

    @Test
    void bringsTheRefusalBackWhenTheOtherNodeStaysSo() {
        OTHER.stubFor(post(anyUrl())
                .willReturn(aResponse()
                        .withStatus(503)
                        .withHeader("Retry-After", "2")
                        .withBody("{}")));

        Api.Reply reply = send("/v1/transactions/" + id + "/abort", "").expect(503);

        assertThat(reply.header("Retry-After")).contains("2");
    }

    @Test
    void takesTheRequestOverWhenItBecomesLeaderItself() {
        OTHER.stubFor(post(anyUrl()).willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));
        group.answers(new Answer.Shown(FakeGroup.transaction(id, Transaction.State.ACTIVE, null), true));
        CompletableFuture<Void> elected = CompletableFuture.runAsync(
                () -> group.leads(new Log.Leadership(FakeGroup.TERM, "n1", true)),
                CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS));

        send("/v1/transactions", "").expect(201);
        assertThat(elected).isDone();
    }

    @Test
    void aFollowerAnswersAFactItselfAndAsksTheLeaderOnlyForItsReason() {
        group.apply(new LogRecord.Aborted(id), FakeGroup.TERM);
        OTHER.stubFor(get(anyUrl()).willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE)));
        assertThat(send("/v1/transactions/" + id, "GET").expect(200).text("/outcome"))
                .isEqualTo("ABORTED");

        OTHER.stubFor(get(anyUrl()).willReturn(okJson("{\"reason\":{\"code\":\"VOTE_NO\"}}")));
        assertThat(send("/v1/transactions/" + id, "GET").expect(200).text("/reason/code"))
                .isEqualTo("VOTE_NO");
    }

    @Test
    void looksUpWhatItCannotProveAtTheLeader() {
        TransactionId proven = group.issue();
        group.apply(new LogRecord.Aborted(proven), FakeGroup.TERM);
        String answer = "{\"outcomes\":[{\"transaction\":\"" + id
                + "\",\"branch\":\"a\",\"outcome\":\"COMMITTED\"}],\"horizons\":[]}";
        OTHER.stubFor(post("/v1/outcomes/lookup").willReturn(okJson(answer)));

        Api.Reply reply = send(
                        "/v1/outcomes/lookup",
                        "{'branches':[{'transaction':'" + proven + "','branch':'a'},{'transaction':'" + id
                                + "','branch':'a'}]}")
                .expect(200);

        assertThat(reply.text("/outcomes/0/outcome")).isEqualTo("ABORTED");
        assertThat(reply.text("/outcomes/1/outcome")).isEqualTo("COMMITTED");
        OTHER.verify(postRequestedFor(urlEqualTo("/v1/outcomes/lookup"))
                .withHeader("Assent-Forwarded", equalTo("1"))
                .withRequestBody(equalTo("{\"branches\":[{\"transaction\":\"" + id + "\",\"branch\":\"a\"}]}")));
    }

    @Test
    void believesNoAnswerToAnotherQuestion() {
        OTHER.stubFor(post("/v1/outcomes/lookup")
                .willReturn(okJson("{\"outcomes\":[{\"transaction\":\"t\",\"branch\":\"a\",\"outcome\":\"COMMITTED\"}],"
                        + "\"horizons\":[]}")));

        Api.Reply reply = send("/v1/outcomes/lookup", "{'branches':[{'transaction':'" + id + "','branch':'a'}]}");

        assertThat(reply.expect(200).text("/outcomes/0/outcome")).isEqualTo("PENDING");
    }

    @Test
    void showsTheClusterAsItsNodesSeeIt() {
        OTHER.stubFor(get("/v1/cluster")
                .willReturn(okJson("{\"nodes\":[{\"id\":\"n1\",\"url\":\"x\",\"state\":\"UNKNOWN\",\"version\":null},"
                        + "{\"id\":\"n2\",\"url\":\"y\",\"state\":\"UP\",\"version\":\"9.9\",\"later\":1}],"
                        + "\"groups\":[{\"id\":0,\"incarnation\":null,\"leader\":\"n2\",\"term\":8,\"replicas\":["
                        + "{\"node\":\"n1\",\"role\":\"UNKNOWN\",\"lastIndex\":40,\"lag\":2}]}],"
                        + "\"handedOverVotes\":\"accept\"}")));

        Api.Reply reply = send("/v1/cluster", "GET").expect(200);

        assertThat(reply.text("/nodes/0/url")).isEqualTo("http://127.0.0.1:1");
        assertThat(reply.text("/nodes/0/state")).isEqualTo("UP");
        assertThat(reply.text("/nodes/1/state")).isEqualTo("UP");
        assertThat(reply.text("/nodes/1/version")).isEqualTo("9.9");
        assertThat(reply.text("/groups/0/leader")).isEqualTo("n2");
        assertThat(reply.body().at("/groups/0/term").asLong()).isEqualTo(8);
        assertThat(reply.text("/groups/0/incarnation")).isEqualTo(id.incarnationText());
        assertThat(reply.text("/groups/0/replicas/0/role")).isEqualTo("FOLLOWER");
        assertThat(reply.body().at("/groups/0/replicas/0/lag").asLong()).isEqualTo(2);
        assertThat(reply.text("/handedOverVotes")).isEqualTo("accept");
        OTHER.verify(getRequestedFor(urlEqualTo("/v1/cluster"))
                .withHeader("Assent-Forwarded", equalTo("1"))
                .withHeader("Authorization", equalTo(BEARER)));
    }

    @Test
    void demandsTheSecretForEverythingButProbesAndTheDescription() {
        for (String header : new String[] {"", "Bearer x", "Basic " + SECRET, "Bearer " + SECRET + "0", SECRET}) {
            String[] headers = header.isEmpty() ? new String[0] : new String[] {"Authorization", header};
            Api.Reply reply = api.post("/v1/transactions", "", headers).expect(ProblemType.UNAUTHENTICATED);
            assertThat(reply.header("WWW-Authenticate")).contains("Bearer");
            assertThat(reply.response().body()).doesNotContain(SECRET);
        }
        api.get("/v1/cluster").expect(ProblemType.UNAUTHENTICATED);
        api.get("/v1/acceptor").expect(ProblemType.UNAUTHENTICATED);
        api.post("/v1/acceptor/votes", "{}").expect(ProblemType.UNAUTHENTICATED);
        api.post("/v1/acceptor/reports", "{}").expect(ProblemType.UNAUTHENTICATED);
        api.get("/actuator/health/cluster").expect(ProblemType.UNAUTHENTICATED);
        api.get("/actuator/prometheus").expect(ProblemType.UNAUTHENTICATED);
        api.get("/v3/api-docs/../../v1/cluster").expect(ProblemType.UNAUTHENTICATED);
        api.get("/actuator/health/liveness").expect(200);
        api.get("/actuator/health/readiness").expect(200);
        api.get("/v3/api-docs").expect(200);
        send("/actuator/health/cluster", "GET").expect(200);
    }
}
