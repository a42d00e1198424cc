package io.assent.participant.initiator;

import io.assent.participant.BranchField;
import io.assent.participant.MalformedBranchFieldException;
import io.assent.participant.TransactionContext;
import io.assent.protocol.AbortReason;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.Headers;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.support.HttpRequestWrapper;
import org.springframework.transaction.TransactionTimedOutException;

/**
 * Carries the current transaction along with a call, and notes which branches its answer names. It is the last of the
 * interceptors, so that it sees every attempt of those above it; a call itself is never repeated, except once at the
 * instance that holds the branch when another one has refused it unexecuted.
 */
public final class PropagationInterceptor implements ClientHttpRequestInterceptor, Ordered {

    private final String coordinators;
    private final BooleanSupplier votesAreTaken;

    /**
     * An interceptor.
     *
     * @param coordinators base URLs that are told to the called services, as a hint
     * @param votesAreTaken whether the coordinators take handed-over votes; if not, none is asked for early
     */
    public PropagationInterceptor(List<URI> coordinators, BooleanSupplier votesAreTaken) {
        this.coordinators = coordinators.stream().map(URI::toString).collect(Collectors.joining(", "));
        this.votesAreTaken = votesAreTaken;
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
            throws IOException {
        TransactionContext context = TransactionContext.current();
        if (context == null) {
            return execution.execute(request, body);
        }
        String host = host(request.getURI());
        ClientHttpResponse response = attempt(context, host, request, body, execution);
        Optional<Conflict> conflict = look(context, host, response, request.getURI());
        URI holder = conflict.map(Conflict::holder).orElse(null);
        if (holder == null) {
            return conflict.map(Conflict::response).orElse(response);
        }
        response.close();
        HttpRequest there = new AtInstance(request, holder);
        ClientHttpResponse second = attempt(context, host, there, body, execution);
        return look(context, host, second, there.getURI())
                .map(Conflict::response)
                .orElse(second);
    }

    /**
     * Looks into a refusal. When the branch that worked is gone, so is its work: whatever the application makes of the
     * answer, the transaction must not commit (rule L8).
     */
    private static Optional<Conflict> look(
            TransactionContext context, String host, ClientHttpResponse response, URI asked) throws IOException {
        Optional<Conflict> conflict = Conflict.read(response, asked);
        if (conflict.map(Conflict::lost).orElse(false)) {
            context.setRollbackOnly(new AbortReason(
                    AbortReason.Code.BRANCH_MISMATCH,
                    null,
                    host + " has lost the branch in which earlier calls worked, and their work with it"));
        }
        return conflict;
    }

    private ClientHttpResponse attempt(
            TransactionContext context,
            String host,
            HttpRequest request,
            byte[] body,
            ClientHttpRequestExecution execution)
            throws IOException {
        addHeaders(context, host, request.getHeaders());
        ClientHttpResponse response;
        try {
            response = execution.execute(request, body);
        } catch (IOException | RuntimeException e) {
            if (!context.repeatableCalls() && mayHaveBeenExecuted(e)) {
                context.setRollbackOnly(new AbortReason(
                        AbortReason.Code.INITIATOR, null, "A call to " + host + " ended without an answer: " + e));
            }
            throw e;
        }
        note(context, host, response.getHeaders());
        return response;
    }

    private void addHeaders(TransactionContext context, String host, HttpHeaders headers) {
        TransactionId transaction = context.id();
        Duration left = context.timeLeft().truncatedTo(ChronoUnit.MILLIS);
        if (left.isZero()) {
            context.setRollbackOnly(new AbortReason(
                    AbortReason.Code.TIMEOUT, null, "the time was over before a call to " + host + " was sent"));
            throw new TransactionTimedOutException(
                    "The time of transaction " + transaction + " is over: no call to " + host + " is sent");
        }
        headers.set(Headers.TRANSACTION, transaction.toString());
        headers.set(Headers.PROTOCOL, context.protocol().name());
        headers.set(Headers.COORDINATOR, coordinators);
        headers.set(Headers.TIMEOUT, left.toString());
        if (context.protocol() != Protocol.TWO_PHASE || !votesAreTaken.getAsBoolean()) {
            headers.remove(Headers.PREPARE);
        }
        String known = BranchField.writeTokens(context.tokensAt(host));
        if (known.isEmpty()) {
            headers.remove(Headers.BRANCHES);
        } else {
            headers.set(Headers.BRANCHES, known);
        }
    }

    private static void note(TransactionContext context, String host, HttpHeaders answer) {
        List<String> lines = answer.getOrEmpty(Headers.BRANCH);
        if (lines.isEmpty()) {
            return;
        }
        try {
            context.answered(host, BranchField.read(lines));
        } catch (MalformedBranchFieldException e) {
            context.setRollbackOnly(new AbortReason(
                    AbortReason.Code.INITIATOR,
                    null,
                    "The answer of " + host + " has a field " + Headers.BRANCH + " that cannot be understood: "
                            + e.getMessage()));
        }
    }

    /** Whether the request may have reached the service; only a connection that was never made excludes it. */
    private static boolean mayHaveBeenExecuted(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof HttpConnectTimeoutException
                    || cause instanceof UnknownHostException
                    || cause instanceof NoRouteToHostException
                    || cause instanceof UnresolvedAddressException) {
                return false;
            }
        }
        return true;
    }

    private static String host(URI uri) {
        return uri.getScheme() + "://" + uri.getRawAuthority();
    }

    /** The same request, to another instance of the service. */
    private static final class AtInstance extends HttpRequestWrapper {

        private final URI uri;

        AtInstance(HttpRequest request, URI holder) {
            super(request);
            URI asked = request.getURI();
            String query = asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery();
            uri = URI.create(Coordinators.base(holder) + asked.getRawPath() + query);
        }

        @Override
        public URI getURI() {
            return uri;
        }
    }
}
