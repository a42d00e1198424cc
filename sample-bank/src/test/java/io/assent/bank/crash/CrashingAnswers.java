package io.assent.bank.crash;

import io.assent.protocol.api.Headers;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.web.filter.OncePerRequestFilter;

/** Passes a crash point before and after a call in a transaction, and when an answer has left, of a call or a message. */
final class CrashingAnswers extends OncePerRequestFilter {

    static final String ANSWERED = CrashingAnswers.class.getName();

    private final CrashPoints points;

    CrashingAnswers(CrashPoints points) {
        this.points = points;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean call = request.getHeader(Headers.TRANSACTION) != null;
        if (call) {
            points.pass("received-call");
        }
        chain.doFilter(request, response);
        if (call) {
            points.pass("answering-call");
        }
        response.flushBuffer();
        if (call) {
            points.pass("answered-call");
        }
        if (request.getAttribute(ANSWERED) instanceof List<?> answered) {
            answered.forEach(message -> points.pass("answered-" + message));
        }
    }
}
