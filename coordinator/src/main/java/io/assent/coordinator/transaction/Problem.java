package io.assent.coordinator.transaction;

import io.assent.protocol.TransactionId;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.ProblemView;
import io.assent.protocol.api.ReasonView;
import io.assent.protocol.api.TransactionView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error to tell the caller.
 *
 * @param type what kind it is
 * @param detail what happened and what to do next
 * @param transaction the transaction concerned, or null
 * @param reason why the transaction aborted, or null
 * @param errors the wrong fields; empty when none is
 * @param current the decided transaction, or null
 */
record Problem(
        ProblemType type,
        String detail,
        @Nullable String transaction,
        @Nullable ReasonView reason,
        List<ProblemView.FieldError> errors,
        @Nullable TransactionView current) {

    Problem {
        errors = List.copyOf(errors);
    }

    /** A problem of no transaction in particular. */
    static Problem of(ProblemType type, String detail) {
        return new Problem(type, detail, null, null, List.of(), null);
    }

    /** A problem of a transaction. */
    static Problem of(ProblemType type, String detail, TransactionId transaction) {
        return new Problem(type, detail, transaction.toString(), null, List.of(), null);
    }

    /** The same problem of this transaction. */
    Problem about(TransactionId id) {
        return new Problem(type, detail, id.toString(), reason, errors, current);
    }

    /** The same problem with the reason of an abort. */
    Problem because(@Nullable ReasonView why) {
        return new Problem(type, detail, transaction, why, errors, current);
    }

    /** The same problem with wrong fields. */
    Problem with(List<ProblemView.FieldError> fields) {
        return new Problem(type, detail, transaction, reason, fields, current);
    }

    /** The same problem with the transaction as it stands. */
    Problem with(TransactionView standing) {
        return new Problem(type, detail, transaction, reason, errors, standing);
    }

    /** The form in which it is sent; {@code instance} is the path of the request. */
    ProblemView toView(String instance) {
        return new ProblemView(
                type.urn(),
                type.title(),
                type.status(),
                detail,
                instance,
                transaction,
                reason,
                errors.isEmpty() ? null : errors,
                current,
                null);
    }
}
