package io.assent.benchmarks.participant;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.assent.protocol.message.AcceptorAddress;
import io.assent.protocol.message.MessageForm;
import io.assent.protocol.message.VotesAnswerForm;
import io.assent.protocol.message.VotesForm;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Brings votes to the acceptors that a PREPARE names, as a participant does that speaks Paxos Commit itself: to the
 * first F+1 of 2F+1, at once and beside the answer to the leader. A vote that is not accepted is not brought to the
 * others, as nothing fails while delays are measured; the first one is told in the log of the process.
 */
final class DirectVotes {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final JsonMapper json = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();
    private final AtomicBoolean told = new AtomicBoolean();

    /** Whether this message asks for a vote that acceptors are to have. */
    static boolean isAskedFor(MessageForm message) {
        List<AcceptorAddress> acceptors = message.acceptors();
        return "PREPARE".equals(message.type()) && acceptors != null && !acceptors.isEmpty();
    }

    /** Sends a YES to each of these PREPAREs, one request to each acceptor, and returns at once. */
    void cast(List<MessageForm> prepares) {
        Map<AcceptorAddress, List<VotesForm.Item>> votes = new LinkedHashMap<>();
        for (MessageForm prepare : prepares) {
            List<AcceptorAddress> acceptors = Objects.requireNonNullElse(prepare.acceptors(), List.of());
            for (AcceptorAddress acceptor : acceptors.subList(0, acceptors.size() / 2 + 1)) {
                votes.computeIfAbsent(acceptor, none -> new ArrayList<>())
                        .add(new VotesForm.Item(prepare.transaction(), prepare.branch(), prepare.participants()));
            }
        }
        votes.forEach(this::send);
    }

    private void send(AcceptorAddress acceptor, List<VotesForm.Item> votes) {
        VotesForm form = new VotesForm(acceptor.id(), acceptor.incarnation(), votes);
        HttpRequest request = HttpRequest.newBuilder(URI.create(acceptor.url() + "/v1/acceptor/votes"))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(json.writeValueAsBytes(form)))
                .build();
        var unused = http.sendAsync(request, BodyHandlers.ofByteArray())
                .whenComplete((response, failure) -> check(acceptor, votes.size(), response, failure));
    }

    private void check(
            AcceptorAddress acceptor, int votes, @Nullable HttpResponse<byte[]> response, @Nullable Throwable failure) {
        String trouble = failure != null || response == null ? String.valueOf(failure) : trouble(votes, response);
        if (!trouble.isEmpty() && told.compareAndSet(false, true)) {
            System.err.println("Not every vote was accepted by " + acceptor + ": " + trouble);
        }
    }

    private String trouble(int votes, HttpResponse<byte[]> response) {
        if (response.statusCode() != 200) {
            return "status " + response.statusCode();
        }
        try {
            List<VotesAnswerForm.Item> replies = Objects.requireNonNullElse(
                    json.readValue(response.body(), VotesAnswerForm.class).replies(), List.of());
            long accepted = replies.stream()
                    .filter(reply -> Boolean.TRUE.equals(reply.accepted()))
                    .count();
            return accepted == votes ? "" : accepted + " of " + votes;
        } catch (JacksonException e) {
            return "not an answer to votes";
        }
    }
}
