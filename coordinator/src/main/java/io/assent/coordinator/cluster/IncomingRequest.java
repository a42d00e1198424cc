package io.assent.coordinator.cluster;

import io.assent.protocol.api.Headers;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.util.WebUtils;

/** A request to the API in the form in which another node can be asked the same. */
public final class IncomingRequest {

    /** What a caller says that matters to the answer; the secret is one of them. */
    private static final List<String> PASSED_ON =
            List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.ACCEPT, HttpHeaders.AUTHORIZATION, Headers.IDEMPOTENCY_KEY);

    private final String method;
    private final String target;
    private final SortedMap<String, String> headers;
    private final byte[] body;
    private final boolean forwarded;

    private IncomingRequest(
            String method, String target, SortedMap<String, String> headers, byte[] body, boolean forwarded) {
        this.method = method;
        this.target = target;
        this.headers = headers;
        this.body = body;
        this.forwarded = forwarded;
    }

    /** The request as the container has it; its body was buffered before. */
    public static IncomingRequest of(HttpServletRequest request) {
        SortedMap<String, String> headers = new TreeMap<>();
        for (String name : PASSED_ON) {
            String value = request.getHeader(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        String query = request.getQueryString();
        @Nullable BufferedRequest buffered = WebUtils.getNativeRequest(request, BufferedRequest.class);
        return new IncomingRequest(
                request.getMethod(),
                request.getRequestURI() + (query == null ? "" : "?" + query),
                headers,
                buffered == null ? new byte[0] : buffered.body(),
                request.getHeader(Headers.FORWARDED) != null);
    }

    /** The same call, from the same caller, of another path with another body. */
    public IncomingRequest withBody(String newMethod, String newTarget, byte[] newBody) {
        return new IncomingRequest(newMethod, newTarget, headers, newBody.clone(), forwarded);
    }

    String method() {
        return method;
    }

    /** Path and query. */
    String target() {
        return target;
    }

    SortedMap<String, String> headers() {
        return headers;
    }

    byte[] body() {
        return body;
    }

    /** Whether another node passed it on already; it is never passed on again. */
    public boolean forwarded() {
        return forwarded;
    }
}
