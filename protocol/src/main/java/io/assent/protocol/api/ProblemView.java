package io.assent.protocol.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error as {@code application/problem+json} (RFC 9457).
 *
 * @param type URN of a {@link ProblemType}, or {@code about:blank} for what the HTTP status alone tells
 * @param title the same for every problem of the type
 * @param status the HTTP status
 * @param detail what happened and what to do next
 * @param instance path of the request
 * @param transaction id of the transaction concerned; absent when there is none
 * @param reason why the transaction aborted; absent otherwise
 * @param errors the fields that are wrong; absent otherwise
 * @param current the decided transaction (branch-mismatch); absent otherwise
 * @param instanceUrl base URL of the instance that holds the branch (branch-elsewhere); absent otherwise
 */
public record ProblemView(
        String type,
        String title,
        int status,
        @Nullable String detail,
        @Nullable String instance,
        @Nullable String transaction,
        @Nullable ReasonView reason,
        @Nullable List<FieldError> errors,
        @Nullable TransactionView current,
        @Nullable String instanceUrl) {

    /**
     * A field that is wrong.
     *
     * @param field its path in the request, as {@code branches[0].endpoint}
     * @param message what is wrong with it
     */
    public record FieldError(String field, String message) {}
}
