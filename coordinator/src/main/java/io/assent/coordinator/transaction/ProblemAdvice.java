package io.assent.coordinator.transaction;

import io.assent.coordinator.cluster.NoLeaderException;
import io.assent.coordinator.cluster.RefusedRequestException;
import io.assent.coordinator.cluster.TooManyForwardedException;
import io.assent.protocol.api.Headers;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.ProblemView;
import jakarta.servlet.http.HttpServletRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/** Writes every error as problem details (RFC 9457) whose {@code detail} says what to do next. */
@RestControllerAdvice
final class ProblemAdvice {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    private final ProblemResponses responses;

    ProblemAdvice(ProblemResponses responses) {
        this.responses = responses;
    }

    @ExceptionHandler
    ResponseEntity<ProblemView> problem(ProblemException e, HttpServletRequest request) {
        return answer(e.problem(), new HttpHeaders(), request);
    }

    @ExceptionHandler
    ResponseEntity<ProblemView> unreadable(HttpMessageNotReadableException e, HttpServletRequest request) {
        return answer(UnreadableBody.explain(e), new HttpHeaders(), request);
    }

    @ExceptionHandler
    ResponseEntity<ProblemView> tooLarge(BodyTooLargeException e, HttpServletRequest request) {
        return answer(Problem.of(ProblemType.TOO_LARGE, String.valueOf(e.getMessage())), new HttpHeaders(), request);
    }

    @ExceptionHandler
    ResponseEntity<ProblemView> noLeader(NoLeaderException e, HttpServletRequest request) {
        HttpHeaders headers = new HttpHeaders();
        if (e.leader() != null) {
            headers.set(Headers.LEADER, e.leader());
        }
        boolean read = request.getMethod().equals("GET");
        String advice = read
                ? "Repeat the request after Retry-After, here or at another node; with consistency=local this node"
                        + " answers from its own copy."
                : "Nothing is known of its effect here. Repeat the same request after Retry-After, here or at another"
                        + " node.";
        return answer(Problem.of(ProblemType.NO_QUORUM, e.getMessage() + ". " + advice), headers, request);
    }

    @ExceptionHandler
    ResponseEntity<ProblemView> tooManyForwarded(TooManyForwardedException e, HttpServletRequest request) {
        String detail = e.getMessage() + ". Repeat the same request after Retry-After, best at the leader.";
        return answer(Problem.of(ProblemType.OVERLOADED, detail), new HttpHeaders(), request);
    }

    @ExceptionHandler
    ResponseEntity<ProblemView> refused(RefusedRequestException e, HttpServletRequest request) {
        Problem problem = Problem.of(e.type(), String.valueOf(e.getMessage())).with(e.errors());
        return answer(problem, new HttpHeaders(), request);
    }

    /** The client has gone; there is nobody to tell. */
    @ExceptionHandler
    void gone(AsyncRequestNotUsableException e) {
        LOG.debug("A client went away before its answer was written", e);
    }

    @ExceptionHandler
    ResponseEntity<ProblemView> other(Exception e, HttpServletRequest request) {
        if (e instanceof ErrorResponse refused) {
            return responses.blank(refused.getStatusCode().value(), refused.getHeaders(), request.getRequestURI());
        }
        LOG.error("A request failed: method={} path={}", request.getMethod(), request.getRequestURI(), e);
        return responses.blank(HttpStatus.INTERNAL_SERVER_ERROR.value(), new HttpHeaders(), request.getRequestURI());
    }

    private ResponseEntity<ProblemView> answer(Problem problem, HttpHeaders headers, HttpServletRequest request) {
        return responses.answer(problem, headers, request.getRequestURI());
    }
}
