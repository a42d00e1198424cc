package io.assent.coordinator.cluster;

import io.assent.protocol.api.Headers;
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
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Passes a request on to another node, once, and brings its answer back as it is. */
@Component
public final class Forwarder implements DisposableBean {

    /** What of another node's answer is the caller's. */
    private static final List<String> BROUGHT_BACK = List.of(
            HttpHeaders.CONTENT_TYPE,
            HttpHeaders.LOCATION,
            HttpHeaders.RETRY_AFTER,
            Headers.LEADER,
            Headers.CONSISTENCY,
            Headers.TERM,
            Headers.INDEX,
            Headers.STALENESS);

    private final HttpClient client;
    private final int limit;
    private final Semaphore places;

    Forwarder(ClusterProperties properties) {
        limit = properties.maxForwarded();
        places = new Semaphore(limit);
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(properties.connectTimeout())
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    /**
     * Asks another node.
     *
     * @param url its base URL
     * @param timeout the time for its answer
     * @return its answer, of any status
     * @throws IOException when it gave none; what it did is not known
     * @throws TooManyForwardedException when as many requests as allowed are with other nodes
     */
    public ResponseEntity<byte[]> forward(IncomingRequest request, String url, Duration timeout) throws IOException {
        if (!places.tryAcquire()) {
            throw new TooManyForwardedException(limit);
        }
        try {
            return answerOf(client.send(toSend(request, url, timeout), BodyHandlers.ofByteArray()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while another node worked on a request", e);
        } finally {
            places.release();
        }
    }

    private HttpRequest toSend(IncomingRequest request, String url, Duration timeout) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(url + request.target()))
                .timeout(timeout)
                .method(
                        request.method(),
                        request.body().length == 0
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofByteArray(request.body()))
                .header(Headers.FORWARDED, "1");
        request.headers().forEach(builder::header);
        return builder.build();
    }

    private static ResponseEntity<byte[]> answerOf(HttpResponse<byte[]> response) {
        HttpHeaders headers = new HttpHeaders();
        for (String name : BROUGHT_BACK) {
            Optional<String> value = response.headers().firstValue(name);
            value.ifPresent(known -> headers.set(name, known));
        }
        return ResponseEntity.status(response.statusCode()).headers(headers).body(response.body());
    }

    @Override
    public void destroy() {
        client.shutdownNow();
    }
}
