package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.api.ProblemType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client written from the document alone. */
final class Api {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String url;

    Api(int port) {
        this.url = "http://127.0.0.1:" + port;
    }

    String url() {
        return url;
    }

    /** An answer. */
    record Reply(HttpResponse<String> response) {

        int status() {
            return response.statusCode();
        }

        JsonNode body() {
            return JSON.readTree(response.body());
        }

        Optional<String> header(String name) {
            return response.headers().firstValue(name);
        }

        Reply expect(int status) {
            assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
            return this;
        }

        /** Checks everything that every problem must have. */
        Reply expect(ProblemType type) {
            expect(type.status());
            assertThat(header("Content-Type")).contains("application/problem+json");
            assertThat(body().path("type").asString()).isEqualTo(type.urn());
            assertThat(body().path("title").asString()).isEqualTo(type.title());
            assertThat(body().path("status").asInt()).isEqualTo(type.status());
            assertThat(body().path("detail").asString()).as("what to do next").endsWith(".");
            assertThat(body().path("instance").asString())
                    .isEqualTo(response.request().uri().getPath());
            if (type.status() == 429 || type.status() == 503) {
                assertThat(header("Retry-After").orElseThrow()).isIn("1", "2");
            }
            return this;
        }

        /** The fields that a problem names. */
        List<String> fields() {
            return StreamSupport.stream(body().path("errors").spliterator(), false)
                    .map(error -> error.path("field").asString())
                    .toList();
        }

        String text(String pointer) {
            return body().at(pointer).asString();
        }
    }

    Reply get(String path, String... headers) {
        return send(HttpRequest.newBuilder().GET(), path, headers);
    }

    /** A POST of JSON; single quotes stand for double ones; an empty text means no body. */
    Reply post(String path, String json, String... headers) {
        HttpRequest.Builder builder = json.isEmpty()
                ? HttpRequest.newBuilder().POST(BodyPublishers.noBody())
                : HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json.replace('\'', '"')));
        return send(builder, path, headers);
    }

    Reply send(HttpRequest.Builder builder, String path, String... headers) {
        builder.uri(URI.create(url + path)).timeout(Duration.ofSeconds(90));
        if (headers.length > 0) {
            builder.headers(headers);
        }
        try {
            return new Reply(client.send(builder.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new AssertionError("No answer from " + url + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", e);
        }
    }
}
