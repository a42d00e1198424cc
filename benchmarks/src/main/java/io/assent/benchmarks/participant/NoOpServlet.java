package io.assent.benchmarks.participant;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.assent.protocol.message.MessageBatch;
import io.assent.protocol.message.MessageForm;
import io.assent.protocol.message.ReplyBatch;
import io.assent.protocol.message.ReplyForm;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers a batch of messages at once: PREPARE with YES, everything else with ACK. Below {@link NoOpParticipant#DIRECT}
 * it also brings its votes to the acceptors that a PREPARE names.
 */
final class NoOpServlet extends HttpServlet {

    private final transient JsonMapper json = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();
    private final LongAdder requests = new LongAdder();
    private final LongAdder messages = new LongAdder();
    private final transient DirectVotes votes = new DirectVotes();
    private final transient @Nullable Arrivals commits;

    /**
     * A servlet.
     *
     * @param commits notes when the COMMITs come, or null when nobody asks
     */
    NoOpServlet(@Nullable Arrivals commits) {
        this.commits = commits;
    }

    /** What it tells of itself. */
    record Counts(long requests, long messages) {}

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (commits != null && request.getServletPath().equals(NoOpParticipant.COMMITS)) {
            answer(response, commits.take());
        } else {
            answer(response, new Counts(requests.sum(), messages.sum()));
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long now = System.nanoTime();
        MessageBatch batch;
        try {
            batch = json.readValue(request.getInputStream().readAllBytes(), MessageBatch.class);
        } catch (JacksonException e) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST, "Not a batch of messages");
            return;
        }
        List<MessageForm> all = Optional.ofNullable(batch.messages()).orElse(List.of());
        requests.increment();
        messages.add(all.size());
        if (commits != null) {
            commits.note(all, now);
        }
        boolean direct = NoOpParticipant.DIRECT.equals(request.getServletPath() + "/");
        if (direct) {
            votes.cast(all.stream().filter(DirectVotes::isAskedFor).toList());
        }
        answer(
                response,
                new ReplyBatch(all.stream()
                        .map(message -> reply(message, direct && DirectVotes.isAskedFor(message)))
                        .toList()));
    }

    private static ReplyForm reply(MessageForm message, boolean direct) {
        boolean prepare = "PREPARE".equals(message.type());
        return new ReplyForm(
                message.transaction(),
                message.branch(),
                prepare ? "VOTE" : "ACK",
                prepare ? "YES" : null,
                null,
                null,
                null,
                null,
                null,
                direct ? true : null);
    }

    private void answer(HttpServletResponse response, Object body) throws IOException {
        byte[] bytes = json.writeValueAsBytes(body);
        response.setContentType("application/json");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
