package io.assent.protocol.participant;

/**
 * What the resource holds durably about a branch. The reader looks for the prepared branch (F1) first and for the rows
 * of {@code assent_known} (F4) and {@code assent_branch} (F2, F3) afterwards: in the other order a branch that commits
 * in between would look as if there had never been one.
 */
public enum Facts {
    /** None of them, and nothing that this instance told the resource about the branch can still take effect. */
    NONE,
    /** None of them, and the transaction is at or below the horizon that the resource keeps: they may be deleted. */
    FORGOTTEN,
    /** F1: the resource lists the branch as prepared. */
    PREPARED,
    /** F1 and F4: the resource lists the branch as prepared, and that the decision is commit is written down. */
    PRE_COMMITTED,
    /** F2: the branch committed. */
    COMMITTED,
    /** F3, the tombstone: the branch is aborted and can never be prepared. */
    ABORTED,
    /** They could not be read, or something told before may still take effect: nothing may be concluded. */
    UNREADABLE
}
