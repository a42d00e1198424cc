package io.assent.participant.initiator;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import java.util.Comparator;
import java.util.List;

/** A called service that answers as it is told, over real HTTP. */
final class StubService implements AutoCloseable {

    private final WireMockServer server = new WireMockServer(
            wireMockConfig().dynamicPort().bindAddress("127.0.0.1").http2PlainDisabled(true));
    private final int port;

    StubService() {
        server.start();
        port = server.port();
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Answers each call from now on with the next of these; the last one stands. */
    void answers(ResponseDefinitionBuilder... answers) {
        server.resetAll();
        for (int i = 0; i < answers.length; i++) {
            String state = i == 0 ? Scenario.STARTED : "after " + i;
            String next = i == answers.length - 1 ? state : "after " + (i + 1);
            server.stubFor(any(anyUrl())
                    .inScenario("answers")
                    .whenScenarioStateIs(state)
                    .willSetStateTo(next)
                    .willReturn(answers[i]));
        }
    }

    /** Answers each call with 200 and the next of these {@code Assent-Branch} fields. */
    void answersWithBranches(String... fields) {
        ResponseDefinitionBuilder[] answers = new ResponseDefinitionBuilder[fields.length];
        for (int i = 0; i < fields.length; i++) {
            answers[i] = ok(fields[i]);
        }
        answers(answers);
    }

    /** Answers each call with 200 and no {@code Assent-Branch} field. */
    void answersNothing() {
        answers(aResponse().withStatus(200));
    }

    static ResponseDefinitionBuilder ok(String... branchLines) {
        return aResponse().withStatus(200).withBody("done").withHeader("Assent-Branch", branchLines);
    }

    List<LoggedRequest> calls() {
        return server.getAllServeEvents().stream()
                .map(ServeEvent::getRequest)
                .sorted(Comparator.comparing(LoggedRequest::getLoggedDate))
                .toList();
    }

    @Override
    public void close() {
        server.stop();
    }
}
