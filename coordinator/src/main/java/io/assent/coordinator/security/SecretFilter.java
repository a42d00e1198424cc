package io.assent.coordinator.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.PathContainer;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Demands the shared secret, where there is one, for everything but the probes, which orchestrators call without
 * credentials, and the description of the API, which is public.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
final class SecretFilter extends OncePerRequestFilter {

    private static final List<PathPattern> PUBLIC = List.of(
                    "/actuator/health",
                    "/actuator/health/liveness",
                    "/actuator/health/readiness",
                    "/v3/api-docs/**",
                    "/v3/api-docs.yaml",
                    "/swagger-ui.html",
                    "/swagger-ui/**")
            .stream()
            .map(PathPatternParser.defaultInstance::parse)
            .toList();

    private static final Set<String> DOTS = Set.of(".", "..");

    private final SharedSecret secret;
    private final HandlerExceptionResolver problems;

    SecretFilter(SharedSecret secret, @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        this.secret = secret;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (secret.admits(request.getHeader(HttpHeaders.AUTHORIZATION)) || isPublic(request)) {
            chain.doFilter(request, response);
        } else {
            problems.resolveException(request, response, null, new UnauthenticatedException());
        }
    }

    /** A path with dots as a segment is never public: what it leads to is not what it begins with. */
    private static boolean isPublic(HttpServletRequest request) {
        PathContainer path = ServletRequestPathUtils.parse(request).pathWithinApplication();
        boolean climbs = path.elements().stream()
                .anyMatch(element ->
                        element instanceof PathContainer.PathSegment segment && DOTS.contains(segment.valueToMatch()));
        return !climbs && PUBLIC.stream().anyMatch(pattern -> pattern.matches(path));
    }
}
