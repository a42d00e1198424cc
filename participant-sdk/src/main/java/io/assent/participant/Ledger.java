package io.assent.participant;

import io.assent.protocol.TransactionId;

/**
 * What a participant knows durably apart from its branches: the incarnations of groups that its own coordinators spoke
 * for, and the horizons below which transactions are forgotten. Safe for use by several threads.
 */
public interface Ledger {

    /** Whether the participant learned from its own coordinators of the incarnation in which this was begun. */
    boolean knows(TransactionId transaction);

    /**
     * Notes, durably, an incarnation that one of the participant's own coordinators spoke for.
     *
     * @param incarnation the first 16 characters of its ids
     * @return whether it is known now; false when it could not be written
     */
    boolean learn(String incarnation);

    /** Whether the transaction is at or below a horizon: finished everywhere, and forgotten. */
    boolean isForgotten(TransactionId transaction);

    /**
     * Notes a horizon, durably, if it is one and higher than the one before.
     *
     * @param horizon upper bound of forgotten ids, 40 characters
     * @return whether it was higher
     */
    boolean advance(String horizon);
}
