package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.api.ProblemType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the container refuses before a handler sees it is refused with a problem too, and tells nothing of the inside. */
@ApiTest
class ContainerErrorsTest {

    private final int port;

    ContainerErrorsTest(@LocalServerPort int port) {
        this.port = port;
    }

    /** Sends what no HTTP client would, and returns all that comes back. */
    private String send(String head) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write((head + "\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/transactions/%zz HTTP/1.1",
                "GET /v1/transactions/%2e%2e%2f HTTP/1.1",
                "GET /../etc/passwd HTTP/1.1",
                "GET /v1/%00 HTTP/1.1"
            })
    void aPathThatIsNoneIsAProblem(String line) throws IOException {
        String answer = send(line);

        assertThat(answer).startsWith("HTTP/1.1 400").containsIgnoringCase("Content-Type: application/problem+json");
        JsonNode problem = JsonMapper.builder().build().readTree(answer.substring(answer.indexOf('{')));
        assertThat(problem.path("status").asInt()).isEqualTo(400);
        assertThat(problem.path("type").asString()).isEqualTo("about:blank");
        assertThat(problem.path("detail").asString()).endsWith(".");
        assertThat(answer).doesNotContainIgnoringCase("tomcat").doesNotContain("<html");
    }

    @ParameterizedTest
    @ValueSource(strings = {"NONSENSE", "GET / HTTP/9.9", "GET /v1/[ HTTP/1.1"})
    void aRequestThatIsNoneTellsNothingOfTheInside(String line) throws IOException {
        assertThat(send(line))
                .containsPattern("^HTTP/1.1 (400|505)")
                .doesNotContainIgnoringCase("tomcat")
                .doesNotContain("<html");
    }

    @Test
    void aMethodThatNobodyKnowsIsAProblem() {
        Api.Reply reply = new Api(port)
                .send(HttpRequest.newBuilder().method("BREW", BodyPublishers.noBody()), "/v1/transactions");

        assertThat(reply.header("Content-Type")).contains("application/problem+json");
        assertThat(reply.expect(405).text("/type")).isEqualTo("about:blank");
    }

    @Test
    void aTooLargeBodyIsAProblemWhateverThePath() {
        new Api(port).post("/nothing/here", " ".repeat(1024 * 1024 + 1)).expect(ProblemType.TOO_LARGE);
    }

    @Test
    void theErrorPageItselfIsAProblem() {
        Api.Reply reply = new Api(port).get("/error").expect(404);

        assertThat(reply.header("Content-Type")).contains("application/problem+json");
        assertThat(reply.text("/detail")).contains("/v3/api-docs");
    }
}
