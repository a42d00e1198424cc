package io.assent.coordinator.delivery;

import io.assent.coordinator.delivery.Answer.Result;
import io.assent.protocol.message.Message;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Sends one request to an endpoint and says what became of it; there is one client in a process. Redirects are not
 * followed, and nothing is repeated here.
 */
final class ParticipantClient implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ParticipantClient.class);

    /**
     * After how long an idle connection is dropped, in seconds: before the usual 20 s of servers, so that a request
     * seldom meets a connection that its server is just closing. The JDK reads it once in a process, when its first
     * client is made, and has no other way to set it.
     */
    private static final String KEEP_ALIVE = "jdk.httpclient.keepalive.timeout";

    private static final String KEEP_ALIVE_SECONDS = "15";

    private final BatchCodec codec = new BatchCodec();
    private final DeliveryProperties settings;
    private final ParticipantAccess access;
    private final Executor executor;
    private final ScheduledExecutorService timer;
    private final HttpClient http;

    /**
     * A client.
     *
     * @param executor runs the client's own tasks and the JSON of answers
     * @param timer ends requests that take too long
     * @param tls towards https endpoints, or null for what the JDK trusts
     */
    ParticipantClient(
            DeliveryProperties settings,
            ParticipantAccess access,
            Executor executor,
            ScheduledExecutorService timer,
            @Nullable SSLContext tls) {
        this.settings = settings;
        this.access = access;
        this.executor = executor;
        this.timer = timer;
        if (System.getProperty(KEEP_ALIVE) == null) {
            System.setProperty(KEEP_ALIVE, KEEP_ALIVE_SECONDS);
        }
        HttpClient.Builder builder = HttpClient.newBuilder()
                .connectTimeout(settings.connectTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(executor);
        if (tls != null) {
            builder.sslContext(tls);
        }
        http = builder.build();
    }

    /**
     * Sends messages to an endpoint.
     *
     * @param horizons to send along; may be empty
     * @param now milliseconds of the clock that gave the deadlines of the messages
     * @return completed on the executor; never fails
     */
    CompletableFuture<Answer> send(String endpoint, List<Message> messages, List<String> horizons, long now) {
        Optional<String> refusal = access.refuses(endpoint);
        if (refusal.isPresent()) {
            return CompletableFuture.completedFuture(
                    Answer.failed(Result.FORBIDDEN, "The endpoint " + refusal.get() + "."));
        }
        HttpRequest request;
        try {
            request = request(endpoint, codec.encode(messages, horizons, now));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedFuture(
                    Answer.failed(Result.FORBIDDEN, "The endpoint is not a URL that can be called."));
        }
        CompletableFuture<HttpResponse<byte[]>> exchange = http.sendAsync(
                request, head -> new BoundedBody(settings.answerSize().toBytes()));
        // The client's own time limit ends with the headers; this one holds for the body too.
        Future<?> limit = timer.schedule(
                () -> exchange.cancel(true), settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
        return exchange.handleAsync(
                (response, error) -> {
                    limit.cancel(false);
                    return error == null ? read(response) : explain(error);
                },
                executor);
    }

    private HttpRequest request(String endpoint, byte[] body) {
        URI uri = URI.create(endpoint);
        // On clear text, HTTP/2 would cost an upgrade; under TLS the handshake settles the version.
        boolean secure = "https".equalsIgnoreCase(uri.getScheme());
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .version(secure ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .header("User-Agent", "assent-coordinator")
                .POST(BodyPublishers.ofByteArray(body));
        access.authorization().ifPresent(value -> request.header("Authorization", value));
        return request.build();
    }

    private Answer read(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        return switch (status) {
            case 200 -> decode(response.body());
            case 401, 403 ->
                Answer.failed(
                        Result.REJECTED,
                        "It answered " + status + ": coordinators and participants must have the same secret.");
            case 413 -> Answer.failed(Result.TOO_LARGE, "It answered 413: even one message is too large for it.");
            case 503 -> Answer.failed(Result.BUSY, "It answered 503: it cannot work on messages now.");
            default ->
                Answer.failed(
                        Result.REJECTED,
                        "It answered " + status
                                + (status / 100 == 3 ? ": redirects are not followed." : ", which is not 200."));
        };
    }

    private Answer decode(byte[] body) {
        try {
            return Answer.of(codec.decode(body));
        } catch (JacksonException e) {
            return Answer.failed(
                    Result.MALFORMED, "It answered 200 with something else than {\"replies\":[...]} in JSON.");
        }
    }

    private Answer explain(Throwable error) {
        Throwable cause = error;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return switch (cause) {
            case HttpConnectTimeoutException e ->
                Answer.failed(Result.REFUSED, "No connection within " + seconds(settings.connectTimeout()) + ".");
            case ConnectException e -> Answer.failed(Result.REFUSED, refused(e));
            case CancellationException e ->
                Answer.failed(Result.TIMEOUT, "No whole answer within " + seconds(settings.requestTimeout()) + ".");
            case BoundedBody.TooLongException e -> Answer.failed(Result.MALFORMED, e.getMessage() + ".");
            case IOException e -> Answer.failed(Result.LOST, "The connection broke" + detail(e) + ".");
            default -> {
                log.error("A request to a participant failed in an unknown way", cause);
                yield Answer.failed(Result.LOST, "The request failed; the log of this coordinator tells why.");
            }
        };
    }

    private static String refused(ConnectException error) {
        boolean unknownHost = error.getCause() instanceof UnresolvedAddressException;
        return unknownHost ? "The host name of the endpoint is unknown." : "The connection was refused.";
    }

    private static String detail(IOException error) {
        @Nullable String message = error.getMessage();
        return message == null || message.isBlank() ? "" : " (" + message + ")";
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }

    /** Ends the requests that are under way; their futures are completed as failed or not at all. */
    @Override
    public void close() {
        http.shutdownNow();
    }
}
