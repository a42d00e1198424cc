package io.assent.participant.initiator;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.RequestMethod;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.HeuristicView;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.ProblemView;
import io.assent.protocol.api.ReasonView;
import io.assent.protocol.api.TransactionView;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A coordinator that answers as it is told, over real HTTP. */
final class StubCoordinator implements AutoCloseable {

    static final JsonMapper JSON = CoordinatorHttp.mapper();
    static final TransactionId TRANSACTION = transaction(0);

    private static final String BEGIN = "/v1/transactions";
    private static final String COMMIT = "/v1/transactions/[0-9a-v]{40}/commit";
    private static final String ABORT = "/v1/transactions/[0-9a-v]{40}/abort";

    private final WireMockServer server = new WireMockServer(
            wireMockConfig().dynamicPort().bindAddress("127.0.0.1").http2PlainDisabled(true));
    private final int port;

    StubCoordinator() {
        server.start();
        port = server.port();
    }

    static TransactionId transaction(int sequence) {
        return TransactionId.issue(
                new TransactionId.Birth(0, 77, 3, sequence),
                Protocol.TWO_PHASE,
                5,
                new IncarnationKey(new byte[IncarnationKey.LENGTH]));
    }

    /** One that begins, commits and aborts without trouble. */
    static StubCoordinator willing() {
        StubCoordinator coordinator = new StubCoordinator();
        coordinator.onBegin(json(201, view("ACTIVE", null)));
        coordinator.onCommit(json(200, view("COMMITTED", "COMMITTED")));
        coordinator.onAbort(json(200, view("ABORTED", "ABORTED")));
        return coordinator;
    }

    static TransactionView view(String state, @Nullable String outcome, HeuristicView... heuristics) {
        return new TransactionView(
                TRANSACTION.toString(),
                "TWO_PHASE",
                state,
                outcome,
                null,
                List.of(heuristics),
                null,
                null,
                null,
                null,
                List.of(),
                0,
                3,
                null,
                null,
                null);
    }

    static ResponseDefinitionBuilder json(int status, Object body) {
        return aResponse()
                .withStatus(status)
                .withHeader("Content-Type", "application/json")
                .withBody(JSON.writeValueAsString(body));
    }

    static ResponseDefinitionBuilder problem(ProblemType type) {
        return problem(type, null, null);
    }

    static ResponseDefinitionBuilder problem(
            ProblemType type, @Nullable ReasonView reason, @Nullable TransactionView current) {
        ProblemView body = new ProblemView(
                type.urn(), type.title(), type.status(), "do this next", null, null, reason, null, current, null);
        return json(type.status(), body).withHeader("Content-Type", "application/problem+json");
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    WireMockServer server() {
        return server;
    }

    void onBegin(ResponseDefinitionBuilder answer) {
        server.stubFor(post(urlEqualTo(BEGIN)).willReturn(answer));
    }

    void onCommit(ResponseDefinitionBuilder answer) {
        server.stubFor(post(urlPathMatching(COMMIT)).willReturn(answer));
    }

    void onAbort(ResponseDefinitionBuilder answer) {
        server.stubFor(post(urlPathMatching(ABORT)).willReturn(answer));
    }

    void onAnything(ResponseDefinitionBuilder answer) {
        server.stubFor(any(anyUrl()).atPriority(1).willReturn(answer));
    }

    /** Every request so far, as {@code POST begin}, {@code POST commit}, {@code POST abort} or method and path. */
    List<String> asked() {
        return server.getAllServeEvents().stream()
                .map(ServeEvent::getRequest)
                .sorted(Comparator.comparing(LoggedRequest::getLoggedDate))
                .map(StubCoordinator::word)
                .toList();
    }

    private static String word(LoggedRequest request) {
        String url = request.getUrl();
        if (!request.getMethod().equals(RequestMethod.POST)) {
            return request.getMethod() + " " + url;
        }
        return url.equals(BEGIN) ? "begin" : url.substring(url.lastIndexOf('/') + 1);
    }

    JsonNode beginBody() {
        return body(BEGIN);
    }

    JsonNode commitBody() {
        return body(COMMIT);
    }

    JsonNode abortBody() {
        return body(ABORT);
    }

    private JsonNode body(String pattern) {
        List<ServeEvent> events = server.getAllServeEvents();
        return events.stream()
                .map(ServeEvent::getRequest)
                .filter(request -> request.getUrl().matches(pattern))
                .map(request -> JSON.readTree(request.getBody()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No request for " + pattern));
    }

    @Override
    public void close() {
        server.stop();
    }
}
