package io.assent.participant.web;

import io.assent.participant.BranchRefusedException;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.ProblemView;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Answers calls that a branch refused with the problem of the wire, before any advice of the application: callers, and
 * the SDK at them, decide by its type.
 */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class RefusalAdvice {

    /** The problem of this refusal. */
    @ExceptionHandler
    public ResponseEntity<byte[]> refused(BranchRefusedException refusal, HttpServletRequest request) {
        ProblemType type = refusal.type();
        ResponseEntity.BodyBuilder answer =
                ResponseEntity.status(type.status()).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (type == ProblemType.NOT_READY) {
            answer.header(HttpHeaders.RETRY_AFTER, "1");
        }
        return answer.body(WireJson.MAPPER.writeValueAsBytes(new ProblemView(
                type.urn(),
                type.title(),
                type.status(),
                refusal.getMessage(),
                request.getRequestURI(),
                refusal.transaction().map(Object::toString).orElse(null),
                null,
                null,
                null,
                null)));
    }
}
