package io.assent.protocol.api;

import java.util.Arrays;
import java.util.Optional;

/** The stable problem types of the API: a client decides by them, never by the words beside them. */
public enum ProblemType {
    /** Malformed JSON, an unknown or wrong field, a value over its limit. */
    INVALID_REQUEST("invalid-request", 400, "The request is not valid"),
    /** Not an id of ours. */
    MALFORMED_ID("malformed-id", 400, "Not a transaction id"),
    /** Scheme, user info, fragment or host of an endpoint is refused. */
    ENDPOINT_NOT_ALLOWED("endpoint-not-allowed", 400, "The endpoint is not allowed"),
    /** The secret is missing or wrong. */
    UNAUTHENTICATED("unauthenticated", 401, "Authentication is required"),
    /** The caller is known and has no right to this. */
    FORBIDDEN("forbidden", 403, "Not allowed"),
    /** A well-formed id that its living leader never issued. */
    NOT_FOUND("not-found", 404, "No such transaction"),
    /** Commit without {@code branches}, and nothing enlisted. */
    NO_BRANCHES("no-branches", 409, "Nothing is enlisted"),
    /** Enlist after commit or abort was asked. */
    NOT_ACTIVE("not-active", 409, "The transaction is not active"),
    /** The same participant with another endpoint. */
    BRANCH_CONFLICT("branch-conflict", 409, "The branch is enlisted otherwise"),
    /** Commit repeated with another set after the decision. */
    BRANCH_MISMATCH("branch-mismatch", 409, "Another set of branches was decided"),
    /** The participant does not speak the transaction's protocol. */
    UNSUPPORTED_PROTOCOL("unsupported-protocol", 409, "The participant does not speak the protocol"),
    /** Commit asked, and the outcome is abort. */
    TRANSACTION_ABORTED("transaction-aborted", 409, "The transaction aborted"),
    /** Abort asked, and the outcome is commit. */
    ALREADY_COMMITTED("already-committed", 409, "The transaction committed"),
    /** At or below the retention horizon, or of another incarnation. */
    EXPIRED("expired", 410, "The outcome is no longer known here"),
    /** The body, or the count of branches, is over its limit. */
    TOO_LARGE("too-large", 413, "The request is too large"),
    /** The same idempotency key with another body. */
    IDEMPOTENCY_CONFLICT("idempotency-conflict", 422, "The key was used for another request"),
    /** A bounded queue is full; the same request may be repeated. */
    OVERLOADED("overloaded", 429, "Too much work is waiting"),
    /** No leader is reachable; the same request may be repeated. */
    NO_QUORUM("no-quorum", 503, "No leader is reachable"),
    /** The node cannot serve this yet; the same request may be repeated. */
    NOT_READY("not-ready", 503, "The node is not ready"),
    /** At a participant: a branch was called without a transaction. */
    TRANSACTION_REQUIRED("transaction-required", 428, "A transaction is required"),
    /** At a participant: work for a branch that is already prepared. */
    BRANCH_PREPARED("branch-prepared", 409, "The branch is prepared"),
    /** At a participant: work for a transaction that is over, or at or below a horizon. */
    TRANSACTION_OVER("transaction-over", 409, "The transaction is over"),
    /** At a participant: another instance on the same database holds the branch. */
    BRANCH_ELSEWHERE("branch-elsewhere", 409, "Another instance holds the branch"),
    /** At a participant: the live branch that the caller knows by its token is gone. */
    BRANCH_LOST("branch-lost", 409, "The branch is gone");

    private static final String PREFIX = "urn:assent:problem:";

    private final String urn;
    private final int status;
    private final String title;

    ProblemType(String name, int status, String title) {
        this.urn = PREFIX + name;
        this.status = status;
        this.title = title;
    }

    /** The value of {@code type}, {@code urn:assent:problem:<name>}. */
    public String urn() {
        return urn;
    }

    /** The HTTP status that goes with it. */
    public int status() {
        return status;
    }

    /** The value of {@code title}. */
    public String title() {
        return title;
    }

    /** The type with this URN, or nothing when it is not one of ours. */
    public static Optional<ProblemType> ofUrn(String urn) {
        return Arrays.stream(values()).filter(type -> type.urn.equals(urn)).findFirst();
    }
}
