package io.assent.coordinator.crash;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Passes a crash point when an answer is ready and has not left. A node that brought the request to the leader passes
 * it too.
 */
final class CrashingAnswers extends OncePerRequestFilter {

    private final CrashPoints points;

    CrashingAnswers(CrashPoints points) {
        this.points = points;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String path = request.getRequestURI();
        String word = path.substring(path.lastIndexOf('/') + 1);
        String name = word.equals("transactions") ? "begin" : word;
        chain.doFilter(request, response);
        if ("POST".equals(request.getMethod())) {
            points.pass("answering-" + name);
        }
    }
}
