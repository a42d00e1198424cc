package io.assent.protocol.group;

import io.assent.protocol.TransactionId;

/**
 * What stands after a record was applied (rule G5). Only {@link Known#ABORTED} and {@link Known#DEAD} mean "aborted";
 * none means "try to abort".
 */
public sealed interface Fact {

    /** Facts without a detail. */
    enum Known implements Fact {
        /** The record took effect, and is not a decision. */
        APPLIED,
        /** The transaction is committed, by this record or an earlier one. */
        COMMITTED,
        /** The transaction is aborted, by this record or an earlier one. */
        ABORTED,
        /** The outcome is left to the only member, by this record or an earlier one. */
        ONE_PHASE,
        /** At or below the horizon, or of another incarnation: nothing is known here. */
        EXPIRED,
        /** Absent, and no record of it can apply any more: its birth term is over. */
        DEAD,
        /** The key's slot belongs to another group; the transaction that was to have it is aborted. */
        SLOT_ELSEWHERE
    }

    /** A record stands, undecided, and another term owns it: who asked says nothing to anyone about it. */
    record OwnedBy(long term) implements Fact {}

    /**
     * The idempotency key belongs to another transaction; the one that was to have it is aborted.
     *
     * @param sameDigest whether that one was begun by the same body
     */
    record KeyOf(TransactionId transaction, boolean sameDigest) implements Fact {}
}
