package io.assent.coordinator.consultation;

import io.assent.coordinator.cluster.ClusterProperties;
import io.assent.coordinator.delivery.BoundedBody;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/** Sends one request to another node, once, and brings the body of its answer. */
@Component
public final class NodeClient implements DisposableBean {

    /** The time for a whole answer. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** More than the promises of one batch take, each with as many participants as a transaction may have. */
    private static final long MOST_ANSWERED = 64L * 1024 * 1024;

    private static final int OK = 200;
    private static final int NO_CONTENT = 204;

    private final NodeAccess access;
    private final HttpClient http;

    NodeClient(ClusterProperties properties, NodeAccess access) {
        this.access = access;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(properties.connectTimeout())
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    /** Fails when there is no answer of success in time. */
    public CompletableFuture<byte[]> get(String url, String path) {
        return send(url, path, HttpRequest.newBuilder().GET());
    }

    /** Fails when there is no answer of success in time; what it did is not known then. */
    public CompletableFuture<byte[]> post(String url, String path, byte[] body) {
        return send(
                url,
                path,
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(body)));
    }

    private CompletableFuture<byte[]> send(String url, String path, HttpRequest.Builder request) {
        try {
            request.uri(URI.create(url + path))
                    .timeout(PATIENCE)
                    .header("Accept", "application/json")
                    .header("User-Agent", "assent-coordinator");
            access.authorization().ifPresent(value -> request.header("Authorization", value));
            CompletableFuture<HttpResponse<byte[]>> exchange =
                    http.sendAsync(request.build(), head -> new BoundedBody(MOST_ANSWERED));
            // The client's own time limit ends with the headers; this one holds for the body too.
            return exchange.copy()
                    .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((response, failure) -> exchange.cancel(true))
                    .thenCompose(NodeClient::bodyOf);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(new IOException("No URL that can be called: " + url, e));
        }
    }

    private static CompletableFuture<byte[]> bodyOf(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        return status == OK || status == NO_CONTENT
                ? CompletableFuture.completedFuture(response.body())
                : CompletableFuture.failedFuture(new IOException(response.uri() + " answered " + status));
    }

    @Override
    public void destroy() {
        http.shutdownNow();
    }
}
