package io.assent.protocol.group;

import io.assent.protocol.TransactionId;

/**
 * A point in the order of births of one incarnation: a term and a sequence number in it. As the horizon of a group:
 * everything born at or before it is forgotten.
 *
 * @param term 0 to 2^32 - 1
 * @param sequence 0 to 2^32 - 1
 */
public record Horizon(long term, long sequence) implements Comparable<Horizon> {

    /** Before every birth: terms begin at 1. */
    public static final Horizon NONE = new Horizon(0, 0);

    /** The point at which a transaction was born. */
    public static Horizon of(TransactionId id) {
        return new Horizon(id.birthTerm(), id.sequence());
    }

    /** Whether the transaction was born at or before this point. */
    public boolean covers(TransactionId id) {
        return of(id).compareTo(this) <= 0;
    }

    @Override
    public int compareTo(Horizon other) {
        int order = Long.compare(term, other.term);
        return order != 0 ? order : Long.compare(sequence, other.sequence);
    }
}
