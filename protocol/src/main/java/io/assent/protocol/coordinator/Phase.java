package io.assent.protocol.coordinator;

/** How far a leader is with a transaction. */
public enum Phase {
    /** Found in the log by a new leader, whose claim on it is not applied yet. */
    ADOPTING,
    /** Branches may be enlisted. */
    ACTIVE,
    /** The members are frozen and asked for their votes. */
    PREPARING,
    /** The decision is dispatched: only the log can answer (L4), or under PAXOS_COMMIT the acceptors, by a ballot (Q8). */
    DECIDING,
    /** That the only member decides is dispatched; from here on only the log can answer (L4). */
    DELEGATING,
    /** The only member is told to commit, or asked what it did. */
    DELEGATED,
    /** The only member told the outcome, which is on its way to the log. */
    RECORDING,
    /** The commit stands in the log; the members learn of it, durably, and do not show it yet (THREE_PHASE). */
    PRE_COMMITTING,
    /** The commit stands, in the log or at a majority of acceptors (PAXOS_COMMIT), and is told to the members. */
    COMMITTING,
    /** The abort is dispatched; not a word of it leaves before it is applied. */
    ABORT_DISPATCHED,
    /** It is aborted, and that is told to the members. */
    ABORTING,
    /** Every member that voted YES acknowledged the commit. */
    COMMITTED,
    /** It is aborted, and nothing more is sent. */
    ABORTED,
    /** The log has forgotten it: nothing may be concluded. */
    EXPIRED,
    /** The idempotency key belongs to another transaction; this one was never told to anyone. */
    DROPPED,
    /** Another leader owns it: this one says nothing to anyone about it. */
    DEPOSED
}
