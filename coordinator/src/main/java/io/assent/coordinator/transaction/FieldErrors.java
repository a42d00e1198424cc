package io.assent.coordinator.transaction;

import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.ProblemView.FieldError;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a request, so that the caller is told of all its wrong fields at once. */
final class FieldErrors {

    private final List<FieldError> errors = new ArrayList<>();
    private ProblemType type = ProblemType.ENDPOINT_NOT_ALLOWED;

    /** Notes a wrong field; the message follows the field's name, as "must not be negative". */
    void add(String field, String message) {
        type = ProblemType.INVALID_REQUEST;
        errors.add(new FieldError(field, message));
    }

    /** Notes a wrong field unless the condition holds. */
    void require(boolean holds, String field, String message) {
        if (!holds) {
            add(field, message);
        }
    }

    /** Notes a text that is longer than allowed. */
    void requireLength(@Nullable String text, int longest, String field) {
        int length = text == null ? 0 : text.codePointCount(0, text.length());
        require(length <= longest, field, "has " + length + " characters and may have " + longest);
    }

    /** Notes a URL that may not be called. */
    void requireAllowed(@Nullable String url, EndpointPolicy endpoints, String field) {
        if (url == null) {
            return;
        }
        endpoints.refuses(url).ifPresent(refused -> {
            if (refused.malformed()) {
                add(field, refused.sentence());
            } else {
                errors.add(new FieldError(field, refused.sentence()));
            }
        });
    }

    /**
     * Reads an ISO-8601 duration.
     *
     * @return the duration, or {@code fallback} when the text is null or wrong; a wrong one is noted
     */
    Duration duration(@Nullable String text, Duration fallback, String field) {
        if (text == null) {
            return fallback;
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeException e) {
            add(field, "must be an ISO-8601 duration such as PT30S");
            return fallback;
        }
    }

    /**
     * Reads the name of a constant.
     *
     * @return the constant, or null when the text is null or no name of one; the latter is noted
     */
    <E extends Enum<E>> @Nullable E constant(@Nullable String text, Class<E> names, List<E> allowed, String field) {
        if (text == null) {
            return null;
        }
        for (E constant : names.getEnumConstants()) {
            if (constant.name().equals(text) && allowed.contains(constant)) {
                return constant;
            }
        }
        add(
                field,
                "must be one of "
                        + String.join(", ", allowed.stream().map(Enum::name).toList()));
        return null;
    }

    /**
     * Ends the request if anything was noted.
     *
     * @throws ProblemException when a field is wrong
     */
    void throwIfAny() {
        if (errors.isEmpty()) {
            return;
        }
        FieldError first = errors.getFirst();
        String others = errors.size() == 1 ? "" : " (and " + (errors.size() - 1) + " more, see errors)";
        throw new ProblemException(Problem.of(
                        type,
                        "The field " + first.field() + " " + first.message() + others + ". Correct the request"
                                + " and send it again.")
                .with(errors));
    }
}
