package io.assent.protocol.coordinator;

/**
 * From when on the log knows a transaction before it is decided ({@code assent.log.intent}). Under PAXOS_COMMIT it never
 * does, whatever is set: the votes are at the acceptors.
 */
public enum IntentLog {
    /** Never: one entry for each transaction; a change of leader aborts what is undecided. */
    OFF,
    /** When PREPARE goes out: a new leader finishes what was being prepared. */
    PREPARE,
    /** Already at begin: transactions still at work survive a change of leader. */
    BEGIN
}
