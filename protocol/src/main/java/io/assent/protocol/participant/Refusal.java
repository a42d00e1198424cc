package io.assent.protocol.participant;

/** Why work is refused; the caller of the business method gets the problem of the same name. */
public enum Refusal {
    /** {@code branch-prepared}: the branch has voted, it takes no more work. */
    BRANCH_PREPARED,
    /** {@code transaction-over}: committed, aborted, rolling back, out of time, or at or below a horizon. */
    TRANSACTION_OVER,
    /** {@code branch-elsewhere}: another instance on the same database holds the branch. */
    BRANCH_ELSEWHERE,
    /** {@code branch-lost}: the live branch that the caller knows by its token is gone. */
    BRANCH_LOST,
    /** The resource could not begin the work now. */
    UNAVAILABLE
}
