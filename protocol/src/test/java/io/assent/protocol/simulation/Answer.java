package io.assent.protocol.simulation;

/** What a request about a transaction comes to. */
enum Answer {
    DONE,
    COMMITTED,
    ABORTED,
    REFUSED,
    EXPIRED,
    /** Not here, or not now: ask again, perhaps elsewhere. */
    AGAIN
}
