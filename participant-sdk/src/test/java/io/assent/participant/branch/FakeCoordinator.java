package io.assent.participant.branch;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.client.WireMock;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.ClusterView;
import io.assent.protocol.api.LookupAnswer;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.MessageBatch;
import io.assent.protocol.message.MessageForm;
import io.assent.protocol.message.ReplyBatch;
import io.assent.protocol.message.ReplyForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The coordinator's side over real HTTP: it sends messages as it is told, and answers look-ups as it is told. */
final class FakeCoordinator implements AutoCloseable {

    static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private static final long TERM = 3;
    private static final AtomicInteger SEQUENCE = new AtomicInteger();
    private static final IncarnationKey KEY = new IncarnationKey(new byte[IncarnationKey.LENGTH]);

    private final WireMockServer server = new WireMockServer(
            wireMockConfig().dynamicPort().bindAddress("127.0.0.1").http2PlainDisabled(true));
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final long incarnation;
    private final Map<TransactionId, LookupAnswer.Item> outcomes = new ConcurrentHashMap<>();

    /** One that tells its group and knows no outcome. */
    FakeCoordinator(long incarnation) {
        this.incarnation = incarnation;
        server.start();
        server.stubFor(WireMock.get(urlPathEqualTo("/v1/cluster"))
                .willReturn(json(new ClusterView(
                        List.of(),
                        List.of(new ClusterView.Group(0, transaction().incarnationText(), null, TERM, List.of())),
                        "accept"))));
    }

    String url() {
        return "http://127.0.0.1:" + server.port();
    }

    /** A transaction of this coordinator's incarnation. */
    TransactionId transaction() {
        return transaction(Protocol.TWO_PHASE);
    }

    TransactionId transaction(Protocol protocol) {
        return TransactionId.issue(
                new TransactionId.Birth(0, incarnation, TERM, SEQUENCE.incrementAndGet()), protocol, 5, KEY);
    }

    /** Look-ups of this branch answer so from now on; those of branches that nobody spoke of are not answered. */
    void knowsOutcome(TransactionId transaction, String participant, String outcome) {
        outcomes.put(transaction, new LookupAnswer.Item(transaction.toString(), participant, outcome));
        server.stubFor(WireMock.post(urlPathEqualTo("/v1/outcomes/lookup"))
                .willReturn(json(new LookupAnswer(List.copyOf(outcomes.values()), List.of()))));
    }

    /** The next begin gives this transaction. */
    void begins(TransactionId transaction) {
        server.resetRequests();
        server.stubFor(WireMock.post(urlPathEqualTo("/v1/transactions"))
                .willReturn(aResponse()
                        .withStatus(201)
                        .withHeader("Content-Type", "application/json")
                        .withBody(view(transaction, "ACTIVE", "null"))));
    }

    /** Commit of this transaction is granted. */
    void answersCommits(TransactionId transaction) {
        server.stubFor(WireMock.post(urlPathEqualTo("/v1/transactions/" + transaction + "/commit"))
                .willReturn(aResponse()
                        .withHeader("Content-Type", "application/json")
                        .withBody(view(transaction, "COMMITTED", "\"COMMITTED\""))));
    }

    private static String view(TransactionId transaction, String state, String outcome) {
        return "{\"id\":\"" + transaction + "\",\"protocol\":\"TWO_PHASE\",\"state\":\"" + state + "\",\"outcome\":"
                + outcome + ",\"heuristics\":[],\"branches\":[],\"group\":0,\"term\":3}";
    }

    /** Body of the request to commit this transaction. */
    JsonNode committed(TransactionId transaction) {
        return JSON.readTree(
                server.findAll(WireMock.postRequestedFor(urlPathEqualTo("/v1/transactions/" + transaction + "/commit")))
                        .getFirst()
                        .getBodyAsString());
    }

    int lookups() {
        return server.findAll(WireMock.postRequestedFor(urlPathEqualTo("/v1/outcomes/lookup")))
                .size();
    }

    int begun() {
        return server.findAll(WireMock.postRequestedFor(urlPathEqualTo("/v1/transactions")))
                .size();
    }

    /** Whoever asks for abort gets it from now on. */
    void answersAborts() {
        server.stubFor(WireMock.post(WireMock.urlPathMatching("/v1/transactions/[0-9a-v]{40}/abort"))
                .willReturn(aResponse()
                        .withHeader("Content-Type", "application/json")
                        .withBody(view(transaction(), "ABORTED", "\"ABORTED\""))));
    }

    int abortsAsked(TransactionId transaction) {
        return server.findAll(WireMock.postRequestedFor(urlPathEqualTo("/v1/transactions/" + transaction + "/abort")))
                .size();
    }

    private static ResponseDefinitionBuilder json(Object body) {
        return aResponse()
                .withStatus(200)
                .withHeader("Content-Type", "application/json")
                .withBody(JSON.writeValueAsString(body));
    }

    static Message.Prepare prepare(TransactionId transaction, Member member) {
        return new Message.Prepare(
                transaction, member.participant(), TERM, List.of(member), 60_000, member.token(), member.calls());
    }

    static Message.Commit commit(TransactionId transaction, Member member) {
        return new Message.Commit(transaction, member.participant(), TERM, List.of(member));
    }

    static Message.CommitOnePhase commitOnePhase(TransactionId transaction, Member member) {
        return new Message.CommitOnePhase(transaction, member.participant(), TERM, member.token(), member.calls());
    }

    static Message.Abort abort(TransactionId transaction, String participant) {
        return new Message.Abort(transaction, participant, TERM);
    }

    static Message.Inquire inquire(TransactionId transaction, String participant, boolean fence) {
        return new Message.Inquire(transaction, participant, TERM, fence, null);
    }

    /** Sends one message; returns the reply, or empty when it is left without one. */
    Optional<ReplyForm> send(String endpoint, Message message) {
        return send(endpoint, List.of(), message).replies().stream()
                .flatMap(List::stream)
                .findFirst();
    }

    /** Sends messages in one request, with horizons. */
    Batch send(String endpoint, List<String> horizons, Message... messages) {
        List<MessageForm> forms =
                Arrays.stream(messages).map(m -> MessageForm.of(m, 0)).toList();
        HttpResponse<String> answer = post(endpoint, JSON.writeValueAsString(new MessageBatch(forms, horizons)), null);
        if (answer.statusCode() != 200) {
            throw new AssertionError("status " + answer.statusCode() + ": " + answer.body());
        }
        return new Batch(JSON.readValue(answer.body(), ReplyBatch.class));
    }

    record Batch(ReplyBatch answer) {
        Optional<List<ReplyForm>> replies() {
            return Optional.ofNullable(answer.replies());
        }
    }

    /** Posts a body as it is. */
    HttpResponse<String> post(String endpoint, String body, @Nullable String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return exchange(request.build());
    }

    HttpResponse<String> exchange(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    WireMockServer server() {
        return server;
    }

    @Override
    public void close() {
        http.close();
        server.stop();
    }
}
