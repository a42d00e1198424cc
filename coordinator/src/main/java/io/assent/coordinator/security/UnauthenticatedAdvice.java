package io.assent.coordinator.security;

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

/** Tells a caller without the secret what is missing. Before the advice for every other error. */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnauthenticatedAdvice {

    @ExceptionHandler
    ResponseEntity<ProblemView> unauthenticated(UnauthenticatedException e, HttpServletRequest request) {
        ProblemType type = ProblemType.UNAUTHENTICATED;
        return ResponseEntity.status(type.status())
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(new ProblemView(
                        type.urn(),
                        type.title(),
                        type.status(),
                        e.getMessage(),
                        request.getRequestURI(),
                        null,
                        null,
                        null,
                        null,
                        null));
    }
}
