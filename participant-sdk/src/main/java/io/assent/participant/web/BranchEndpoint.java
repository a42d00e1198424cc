package io.assent.participant.web;

import io.assent.participant.branch.ParticipantMessages;
import io.assent.protocol.Protocol;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.ProblemView;
import io.assent.protocol.message.MessageBatch;
import io.assent.protocol.message.MessageForm;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.core.JacksonException;

/**
 * The endpoint to which coordinators send messages, apart from the application's own web layer: a servlet, so that no
 * converter, interceptor or advice of the application stands in its way.
 */
public final class BranchEndpoint extends HttpServlet {

    /** Where it is, below the application's context path. */
    public static final String PATH = "/assent/v1/branches";

    private static final int MAX_MESSAGES = 256;
    private static final int MAX_BYTES = 512 * 1024;

    /** More requests at once than coordinators of a large cluster send. */
    private static final int MAX_REQUESTS = 64;

    private final transient ParticipantMessages messages;
    private final transient BearerSecret secret;
    private final boolean peers;
    private final transient Semaphore permits = new Semaphore(MAX_REQUESTS);
    /**
     * An endpoint that lets these messages through to whoever knows the secret.
     *
     * @param peers whether other members of a transaction may ask as well
     */
    public BranchEndpoint(ParticipantMessages messages, BearerSecret secret, boolean peers) {
        this.messages = messages;
        this.secret = secret;
        this.peers = peers;
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!secret.admits(request.getHeader(HttpHeaders.AUTHORIZATION))) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            refuse(
                    request,
                    response,
                    ProblemType.UNAUTHENTICATED,
                    "Send the cluster's secret as Authorization: Bearer");
            return;
        }
        if (!permits.tryAcquire()) {
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            refuse(request, response, ProblemType.NOT_READY, "Too many requests at once; nothing was processed");
            return;
        }
        try {
            answer(request, response);
        } finally {
            permits.release();
        }
    }

    private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        byte[] body = request.getInputStream().readNBytes(MAX_BYTES + 1);
        if (body.length > MAX_BYTES) {
            refuse(request, response, ProblemType.TOO_LARGE, "A request has at most " + MAX_BYTES + " bytes");
            return;
        }
        MessageBatch batch = read(body);
        if (batch == null || batch.messages() == null) {
            refuse(request, response, ProblemType.INVALID_REQUEST, "Send a JSON object with the field \"messages\"");
            return;
        }
        if (batch.messages().size() > MAX_MESSAGES) {
            refuse(request, response, ProblemType.TOO_LARGE, "A request has at most " + MAX_MESSAGES + " messages");
            return;
        }
        if (!batch.messages().stream().allMatch(this::mayBeAsked)) {
            refuse(
                    request,
                    response,
                    ProblemType.FORBIDDEN,
                    "Another member of a transaction may ask only about THREE_PHASE, and only where"
                            + " assent.participant.peers=true; nothing was processed");
            return;
        }
        write(response, HttpServletResponse.SC_OK, MediaType.APPLICATION_JSON_VALUE, messages.answer(batch));
    }

    /** A peer's question may write a tombstone, so it is refused before anything is written (rule T1). */
    private boolean mayBeAsked(MessageForm form) {
        return form.from() == null
                || peers
                        && form.toMessage(0)
                                .filter(message -> message.protocol() == Protocol.THREE_PHASE)
                                .isPresent();
    }

    private @Nullable MessageBatch read(byte[] body) {
        try {
            return WireJson.MAPPER.readValue(body, MessageBatch.class);
        } catch (JacksonException e) {
            log("A request of a coordinator is not valid: " + e.getOriginalMessage());
            return null;
        }
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response, ProblemType type, String detail)
            throws IOException {
        write(
                response,
                type.status(),
                MediaType.APPLICATION_PROBLEM_JSON_VALUE,
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

    private void write(HttpServletResponse response, int status, String type, Object body) throws IOException {
        byte[] bytes = WireJson.MAPPER.writeValueAsBytes(body);
        response.setStatus(status);
        response.setContentType(type);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
