package io.assent.participant.web;

import io.assent.participant.Deadline;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.message.VotesAnswerForm;
import io.assent.protocol.message.VotesForm;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import tools.jackson.core.JacksonException;

/** One request with votes to one acceptor. Redirects are not followed, and nothing is repeated. */
final class VotePost implements AutoCloseable {

    /** A refusal of each of the most votes that one request has, with room to spare. */
    private static final int ANSWER_LIMIT = 128 * 1024;

    private static final Duration PAUSE_OF_WORDS = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(VotePost.class);

    private final @Nullable String secret;
    private final Duration patience;
    private final HttpClient http;
    private volatile Deadline nextWord = Deadline.in(Duration.ZERO);

    /**
     * A client with its own connections.
     *
     * @param secret the cluster's secret, or null where it has none
     * @param patience until every answer must be there as a whole
     */
    VotePost(@Nullable String secret, Duration patience) {
        this.secret = secret;
        this.patience = patience;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /**
     * Sends votes and waits.
     *
     * @return what the acceptor said, or nothing when it gave no answer that can be used
     */
    Optional<VotesAnswerForm> send(URI to, AcceptorList.Entry acceptor, List<VotesForm.Item> votes) {
        VotesForm form = new VotesForm(acceptor.id().replica(), acceptor.id().incarnationText(), votes);
        HttpRequest.Builder request = HttpRequest.newBuilder(to)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(WireJson.MAPPER.writeValueAsBytes(form)));
        if (secret != null) {
            request.header("Authorization", "Bearer " + secret);
        }
        CompletableFuture<HttpResponse<byte[]>> exchange =
                http.sendAsync(request.build(), head -> new SmallBody(ANSWER_LIMIT));
        try {
            // The client's own time limit ends with the headers; this one holds for the body too.
            return read(acceptor, exchange.get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            exchange.cancel(true);
            return nothing(acceptor, "no whole answer within " + patience.toMillis() + " ms");
        } catch (ExecutionException e) {
            return nothing(acceptor, String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            exchange.cancel(true);
            Thread.currentThread().interrupt();
            return nothing(acceptor, "interrupted");
        }
    }

    private Optional<VotesAnswerForm> read(AcceptorList.Entry acceptor, HttpResponse<byte[]> response) {
        if (response.statusCode() != 200) {
            return nothing(acceptor, "status " + response.statusCode());
        }
        try {
            return Optional.of(WireJson.MAPPER.readValue(response.body(), VotesAnswerForm.class));
        } catch (JacksonException e) {
            return nothing(acceptor, e.getOriginalMessage());
        }
    }

    /** An acceptor that is gone is worth a line now and then, not one for each vote. */
    private Optional<VotesAnswerForm> nothing(AcceptorList.Entry acceptor, String why) {
        boolean speak = nextWord.isOver();
        if (speak) {
            nextWord = Deadline.in(PAUSE_OF_WORDS);
        }
        LOG.atLevel(speak ? Level.INFO : Level.DEBUG)
                .log(
                        "An acceptor took no votes, others get them: acceptor={} url={}: {}",
                        acceptor.id(),
                        acceptor.url(),
                        why);
        return Optional.empty();
    }

    /** Ends what is under way. */
    @Override
    public void close() {
        http.shutdownNow();
    }
}
