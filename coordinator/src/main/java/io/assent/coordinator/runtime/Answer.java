package io.assent.coordinator.runtime;

import io.assent.protocol.RequestRefusal;
import io.assent.protocol.TransactionId;

/** What a request to a group's leader came to. A refusal is an answer, not an error. */
public sealed interface Answer {

    /**
     * The transaction as it stands.
     *
     * @param created whether this request began it
     */
    record Shown(Transaction transaction, boolean created) implements Answer {}

    /** The request is refused, and changed nothing. */
    record Refused(RequestRefusal why, Transaction transaction) implements Answer {}

    /** The idempotency key was used before, by a begin with another body. */
    record KeyTaken(TransactionId by) implements Answer {}

    /** A read barrier: everything acknowledged before the request is applied here. */
    record Barrier(long index, long term) implements Answer {}

    /** Answers without a detail. */
    enum Plain implements Answer {
        /** The slot of the idempotency key belongs to another group. */
        SLOT_ELSEWHERE,
        /** At or below the horizon, or of another incarnation. */
        EXPIRED,
        /** The living leader of the id's term never issued it. */
        NEVER_ISSUED,
        /** This node does not lead the group, or does not any more: ask the cluster again. */
        LEADER_CHANGED,
        /** The transaction has as many branches as it may have. */
        TOO_MANY_BRANCHES,
        /** Not every replica of the group was heard of as an acceptor yet. */
        ACCEPTORS_UNKNOWN,
        /** A bounded queue is full: repeat the same request later. */
        OVERLOADED
    }
}
