package io.assent.coordinator.transaction;

import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.ProblemView.FieldError;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.converter.HttpMessageNotReadableException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Says which part of a body could not be read, in the words of the document rather than those of the parser. */
final class UnreadableBody {

    private UnreadableBody() {}

    static Problem explain(HttpMessageNotReadableException e) {
        Throwable cause = e.getCause();
        if (cause instanceof UnrecognizedPropertyException unknown) {
            return ofField(path(unknown), "is not a field of this request");
        }
        if (cause instanceof MismatchedInputException mismatch) {
            return ofField(path(mismatch), "must be " + expected(mismatch));
        }
        String where = cause instanceof StreamReadException malformed
                ? "is not valid JSON: line " + malformed.getLocation().getLineNr() + ", column "
                        + malformed.getLocation().getColumnNr()
                : "could not be read as JSON in UTF-8";
        return Problem.of(
                ProblemType.INVALID_REQUEST, "The body " + where + ". Correct it and send the request again.");
    }

    private static Problem ofField(String field, String message) {
        if (field.isEmpty()) {
            return Problem.of(
                    ProblemType.INVALID_REQUEST, "The body " + message + ". Correct it and send the request again.");
        }
        return Problem.of(
                        ProblemType.INVALID_REQUEST,
                        "The field " + field + " " + message + ". Correct it and send the request again.")
                .with(List.of(new FieldError(field, message)));
    }

    private static String expected(MismatchedInputException mismatch) {
        Class<?> type = mismatch.getTargetType();
        if (type == String.class) {
            return "a text";
        }
        if (type == Integer.class || type == Long.class) {
            return "a whole number";
        }
        if (type == Boolean.class) {
            return "true or false";
        }
        return type != null && Iterable.class.isAssignableFrom(type) ? "a list" : "an object";
    }

    private static String path(JacksonException e) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference reference : e.getPath()) {
            @Nullable String name = reference.getPropertyName();
            if (name == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(name);
            }
        }
        return path.toString();
    }
}
