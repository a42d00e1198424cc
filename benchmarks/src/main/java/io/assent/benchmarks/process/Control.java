package io.assent.benchmarks.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Questions to the processes beside the load: rare, and never measured. */
public final class Control {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final JsonMapper json = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** The body of a 200, or nothing. */
    public Optional<String> get(URI uri) {
        return send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build());
    }

    /** The object in the body of a 200, or nothing. */
    public <T> Optional<T> get(URI uri, Class<T> type) {
        return get(uri).flatMap(body -> read(body, type));
    }

    /** The object in the body of a 200 to a POST, or nothing. */
    public <T> Optional<T> post(URI uri, Object body, Class<T> type) {
        return exchange(uri, "POST", body).flatMap(answer -> read(answer, type));
    }

    /** The body of a success of the method with this body, or nothing. */
    public Optional<String> exchange(URI uri, String method, Object body) {
        return send(HttpRequest.newBuilder(uri)
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body)))
                .build());
    }

    private Optional<String> send(HttpRequest request) {
        try {
            var response = http.send(request, BodyHandlers.ofString());
            return response.statusCode() / 100 == 2 ? Optional.of(response.body()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private <T> Optional<T> read(String body, Class<T> type) {
        try {
            return Optional.of(json.readValue(body, type));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
