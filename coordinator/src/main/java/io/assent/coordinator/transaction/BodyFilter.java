package io.assent.coordinator.transaction;

import io.assent.coordinator.cluster.BufferedRequest;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Reads the body of a request into memory, or refuses it when it is too large. After the filter of the secret. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
final class BodyFilter extends OncePerRequestFilter {

    private final int limit;
    private final HandlerExceptionResolver problems;

    BodyFilter(LimitProperties limits, @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        this.limit = Math.toIntExact(limits.body().toBytes());
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        byte[] body = request.getContentLengthLong() > limit
                ? null
                : request.getInputStream().readNBytes(limit + 1);
        if (body == null || body.length > limit) {
            problems.resolveException(request, response, null, new BodyTooLargeException(limit));
            return;
        }
        chain.doFilter(new BufferedRequest(request, body), response);
    }
}
