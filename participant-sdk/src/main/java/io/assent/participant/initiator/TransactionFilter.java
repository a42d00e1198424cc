package io.assent.participant.initiator;

import io.assent.participant.BranchField;
import io.assent.participant.CoordinatorClient;
import io.assent.participant.MalformedBranchFieldException;
import io.assent.participant.ReceivedCall;
import io.assent.participant.TransactionContext;
import io.assent.protocol.MalformedTransactionIdException;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.Headers;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.ProblemView;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the propagation headers of a request into the {@link TransactionContext} of its thread, and has the answer name
 * the branches that were touched, here or behind, error answers included.
 */
public final class TransactionFilter extends OncePerRequestFilter {

    private static final String NOW = "now";

    private final CoordinatorClient coordinators;
    private final Duration defaultTimeout;
    private final JsonMapper json = CoordinatorHttp.mapper();

    /**
     * A filter.
     *
     * @param defaultTimeout for requests that name none
     */
    public TransactionFilter(CoordinatorClient coordinators, Duration defaultTimeout) {
        this.coordinators = coordinators;
        this.defaultTimeout = defaultTimeout;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getHeader(Headers.TRANSACTION) == null;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        ReceivedCall call;
        try {
            call = read(request);
        } catch (MalformedTransactionIdException e) {
            refuse(request, response, ProblemType.MALFORMED_ID, Headers.TRANSACTION + ": " + e.getMessage());
            return;
        } catch (MalformedBranchFieldException e) {
            refuse(request, response, ProblemType.INVALID_REQUEST, Headers.BRANCHES + ": " + e.getMessage());
            return;
        } catch (DateTimeException e) {
            refuse(request, response, ProblemType.INVALID_REQUEST, e.getMessage());
            return;
        }
        TransactionContext context = TransactionContext.received(call);
        AnswerOfBranches answer = new AnswerOfBranches(response, context, coordinators);
        TransactionContext.Scope bound = context.bind();
        try {
            chain.doFilter(request, answer);
        } finally {
            // What comes later is only the body, perhaps none: the work of this request is done.
            answer.complete();
            if (request.isAsyncStarted()) {
                request.getAsyncContext().addListener(new LateEnd(answer, context));
            } else {
                context.end();
            }
            bound.close();
        }
    }

    private ReceivedCall read(HttpServletRequest request) {
        TransactionId transaction =
                TransactionId.parse(request.getHeader(Headers.TRANSACTION).trim());
        List<String> branches = Collections.list(request.getHeaders(Headers.BRANCHES));
        Map<String, String> tokens = branches.isEmpty() ? Map.of() : BranchField.readTokens(branches);
        return new ReceivedCall(
                transaction,
                transaction.protocol(),
                timeLeft(request.getHeader(Headers.TIMEOUT)),
                NOW.equals(request.getHeader(Headers.PREPARE)),
                tokens);
    }

    private Duration timeLeft(@Nullable String text) {
        if (text == null) {
            return defaultTimeout;
        }
        Duration left;
        try {
            left = Duration.parse(text.trim());
        } catch (DateTimeException e) {
            throw new DateTimeException(Headers.TIMEOUT + ": not an ISO-8601 duration such as PT24.5S: " + text, e);
        }
        if (left.isNegative() || left.compareTo(TransactionSettings.LONGEST) > 0) {
            throw new DateTimeException(Headers.TIMEOUT + ": from PT0S to PT24H, not " + text);
        }
        return left;
    }

    private void refuse(
            HttpServletRequest request, HttpServletResponse response, ProblemType type, @Nullable String detail)
            throws IOException {
        response.setStatus(type.status());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        json.writeValue(
                response.getOutputStream(),
                new ProblemView(
                        type.urn(),
                        type.title(),
                        type.status(),
                        detail,
                        request.getRequestURI(),
                        null,
                        null,
                        null,
                        null,
                        null));
    }

    /** Sees that what the answer told is still true when it has ended, on whatever thread that was. */
    private record LateEnd(AnswerOfBranches answer, TransactionContext context) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            answer.complete();
            context.end();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // The answer to that, an error, is still to come.
        }

        @Override
        public void onError(AsyncEvent event) {
            // Likewise.
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }
}
