package io.assent.participant.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.participant.branch.ParticipantMessages;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.message.ReplyBatch;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletConfig;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the endpoint answers before a message is looked at. */
class BranchEndpointTest {

    private static final String NOTHING = "{\"messages\":[]}";
    private static final int REQUESTS = 64;

    private static MockHttpServletResponse post(
            ParticipantMessages messages, @Nullable String secret, String body, @Nullable String authorization) {
        BranchEndpoint endpoint = new BranchEndpoint(messages, new BearerSecret(secret), false);
        return post(endpoint, body, authorization);
    }

    private static MockHttpServletResponse post(BranchEndpoint endpoint, String body, @Nullable String authorization) {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/assent/v1/branches");
        request.setContent(body.getBytes(StandardCharsets.UTF_8));
        if (authorization != null) {
            request.addHeader("Authorization", authorization);
        }
        MockHttpServletResponse response = new MockHttpServletResponse();
        try {
            endpoint.init(new MockServletConfig());
            endpoint.service(request, response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ServletException e) {
            throw new IllegalStateException(e);
        }
        return response;
    }

    private static void assertProblem(MockHttpServletResponse response, ProblemType type) throws IOException {
        assertThat(response.getStatus()).isEqualTo(type.status());
        assertThat(response.getContentType()).isEqualTo("application/problem+json");
        JsonNode problem = JsonMapper.shared().readTree(response.getContentAsString());
        assertThat(problem.path("type").asString()).isEqualTo(type.urn());
        assertThat(problem.path("detail").asString()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "[]", "{\"messages\":null}", "{\"messages\":7}"})
    void whatIsNoBatchIsRefused(String body) throws Exception {
        assertProblem(post(batch -> unexpected(), null, body, null), ProblemType.INVALID_REQUEST);
    }

    @Test
    void theSecretIsDemandedBeforeTheBodyIsRead() throws Exception {
        MockHttpServletResponse refused = post(batch -> unexpected(), "s".repeat(32), "{", "Bearer wrong");

        assertProblem(refused, ProblemType.UNAUTHENTICATED);
        assertThat(refused.getHeader("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(post(batch -> new ReplyBatch(List.of()), "s".repeat(32), NOTHING, "Bearer " + "s".repeat(32))
                        .getStatus())
                .isEqualTo(200);
    }

    @Test
    void requestsOverTheLimitsAreRefused() throws Exception {
        String many = "{\"messages\":[" + String.join(",", Collections.nCopies(257, "{\"transaction\":\"x\"}")) + "]}";
        String large = "{\"messages\":[],\"padding\":\"" + "x".repeat(512 * 1024) + "\"}";

        assertProblem(post(batch -> unexpected(), null, many, null), ProblemType.TOO_LARGE);
        assertProblem(post(batch -> unexpected(), null, large, null), ProblemType.TOO_LARGE);
    }

    @Test
    void tooManyRequestsAtOnceAreRefusedUnprocessed() throws Exception {
        CountDownLatch inside = new CountDownLatch(REQUESTS);
        CountDownLatch release = new CountDownLatch(1);
        BranchEndpoint endpoint = new BranchEndpoint(
                batch -> {
                    inside.countDown();
                    await(release);
                    return new ReplyBatch(List.of());
                },
                new BearerSecret(null),
                false);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<MockHttpServletResponse>> served = IntStream.range(0, REQUESTS)
                    .mapToObj(i -> threads.submit(() -> post(endpoint, NOTHING, null)))
                    .toList();
            await(inside);

            MockHttpServletResponse refused = post(endpoint, NOTHING, null);

            release.countDown();
            assertProblem(refused, ProblemType.NOT_READY);
            assertThat(refused.getHeader("Retry-After")).isEqualTo("1");
            for (Future<MockHttpServletResponse> each : served) {
                assertThat(each.get().getStatus()).isEqualTo(200);
            }
        }
        assertThat(post(endpoint, NOTHING, null).getStatus()).isEqualTo(200);
    }

    private static ReplyBatch unexpected() {
        throw new AssertionError("no message of a refused request is worked on");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
