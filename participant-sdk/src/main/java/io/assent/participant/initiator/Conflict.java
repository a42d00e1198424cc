package io.assent.participant.initiator;

import io.assent.protocol.api.ProblemType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer that must be looked into: a problem with status 409, which may say that another instance holds the branch,
 * or that nobody does any more.
 *
 * @param response the answer, whose body can still be read
 * @param holder base URL of the instance that holds the branch; null when the problem is another one, or does not tell
 * @param lost whether the branch with the earlier work is gone, so that the transaction can only abort
 */
record Conflict(ClientHttpResponse response, @Nullable URI holder, boolean lost) {

    private static final int LIMIT = 64 * 1024;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Looks into the answer if it can be such a problem; otherwise nothing of its body is touched. */
    static Optional<Conflict> read(ClientHttpResponse response, URI asked) throws IOException {
        if (!response.getStatusCode().isSameCodeAs(HttpStatus.CONFLICT)
                || !MediaType.APPLICATION_PROBLEM_JSON.isCompatibleWith(
                        response.getHeaders().getContentType())) {
            return Optional.empty();
        }
        byte[] body = response.getBody().readNBytes(LIMIT);
        JsonNode problem = problem(body);
        String type = problem.path("type").asString("");
        return Optional.of(new Conflict(
                new Buffered(response, body),
                type.equals(ProblemType.BRANCH_ELSEWHERE.urn()) ? holder(problem, asked) : null,
                type.equals(ProblemType.BRANCH_LOST.urn())));
    }

    private static JsonNode problem(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            return JSON.missingNode();
        }
    }

    private static @Nullable URI holder(JsonNode problem, URI asked) {
        try {
            URI holder = URI.create(problem.path("instanceUrl").asString(""));
            return mayBeAsked(holder, asked) ? holder : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The request carries the user's credentials: it goes to a plain base URL, and never from TLS to clear text. */
    private static boolean mayBeAsked(URI holder, URI asked) {
        boolean http = "http".equalsIgnoreCase(holder.getScheme()) && "http".equalsIgnoreCase(asked.getScheme());
        return holder.getHost() != null
                && holder.getRawUserInfo() == null
                && holder.getRawQuery() == null
                && holder.getRawFragment() == null
                && (http || "https".equalsIgnoreCase(holder.getScheme()));
    }

    /** The answer with the body that was read from it. */
    private static final class Buffered implements ClientHttpResponse {

        private final ClientHttpResponse original;
        private final byte[] body;

        Buffered(ClientHttpResponse original, byte[] body) {
            this.original = original;
            this.body = body;
        }

        @Override
        public HttpStatusCode getStatusCode() throws IOException {
            return original.getStatusCode();
        }

        @Override
        public String getStatusText() throws IOException {
            return original.getStatusText();
        }

        @Override
        public HttpHeaders getHeaders() {
            return original.getHeaders();
        }

        @Override
        public InputStream getBody() {
            return new ByteArrayInputStream(body);
        }

        @Override
        public void close() {
            original.close();
        }
    }
}
