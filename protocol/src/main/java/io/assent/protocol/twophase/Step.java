package io.assent.protocol.twophase;

import io.assent.protocol.group.LogRecord;
import io.assent.protocol.message.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an event leads to.
 *
 * @param next the state from now on
 * @param append records to hand to the log, in this order; their facts come back as events
 * @param send messages that are owed newly, each to the member that its branch names
 * @param refusal why the request that was the event is refused, or null; a refused request changes nothing
 */
public record Step(
        TwoPhaseCoordinator next,
        List<LogRecord.OfTransaction> append,
        List<Message> send,
        @Nullable Refusal refusal) {

    /** Why a request is refused. */
    public enum Refusal {
        /** The log has not yet confirmed that this leader owns the transaction: ask again when it has. */
        ADOPTING,
        /** Commit or abort was asked for already. */
        NOT_ACTIVE,
        /** The participant is enlisted with another endpoint, or as another live branch. */
        BRANCH_CONFLICT,
        /** The participant does not speak the transaction's protocol. */
        UNSUPPORTED_PROTOCOL,
        /** Commit without naming branches, and nothing is enlisted. */
        NO_BRANCHES,
        /** Commit repeated with other participants than the decided ones. */
        BRANCH_MISMATCH,
        /** Abort asked, and the outcome is commit. */
        ALREADY_COMMITTED
    }
}
