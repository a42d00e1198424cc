package io.assent.coordinator.cluster;

import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.ProblemView.FieldError;
import java.util.List;

/** Ends a request with a problem; carries no stack trace, because it is an answer and not a fault. */
public final class RefusedRequestException extends RuntimeException {

    private final ProblemType type;
    private final transient List<FieldError> errors;

    private RefusedRequestException(ProblemType type, String detail, List<FieldError> errors) {
        super(detail, null, false, false);
        this.type = type;
        this.errors = errors;
    }

    /**
     * A refusal.
     *
     * @param detail what happened and what to do next, sentences
     */
    public static RefusedRequestException of(ProblemType type, String detail) {
        return new RefusedRequestException(type, detail, List.of());
    }

    /**
     * A refusal because of a field.
     *
     * @param message follows the field's name, as "must not be negative"
     */
    public static RefusedRequestException ofField(String field, String message) {
        return new RefusedRequestException(
                ProblemType.INVALID_REQUEST,
                "The field " + field + " " + message + ". Correct the request and send it again.",
                List.of(new FieldError(field, message)));
    }

    /** What kind of problem it is. */
    public ProblemType type() {
        return type;
    }

    /** The wrong fields; may be empty. */
    public List<FieldError> errors() {
        return errors;
    }
}
