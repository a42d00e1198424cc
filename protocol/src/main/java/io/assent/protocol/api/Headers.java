package io.assent.protocol.api;

/** Names of the HTTP header fields that Assent defines or relies on. */
public final class Headers {

    /** Key of a begin: the same key gives the same transaction; 1 to 128 visible ASCII characters. */
    public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    /** On a request that one node passed on to another; it is never passed on again. */
    public static final String FORWARDED = "Assent-Forwarded";

    /** On an answer about a transaction: base URL of the node that leads its group. */
    public static final String LEADER = "Assent-Leader";

    /** On the answer of a read: the level at which it was served. */
    public static final String CONSISTENCY = "Assent-Consistency";

    /** On an answer about a transaction: Raft term of the state that gave it. */
    public static final String TERM = "Assent-Term";

    /** On an answer about a transaction: log index of the state that gave it. */
    public static final String INDEX = "Assent-Index";

    /** On the answer of a read: how old the state may be, an ISO-8601 duration. */
    public static final String STALENESS = "Assent-Staleness";

    /** On a business call: the transaction id. */
    public static final String TRANSACTION = "Assent-Transaction";

    /** On a business call: the transaction's protocol. */
    public static final String PROTOCOL = "Assent-Protocol";

    /** On a business call: base URLs of the coordinators, a hint. */
    public static final String COORDINATOR = "Assent-Coordinator";

    /** On a business call: the time that was left when it was sent, an ISO-8601 duration. */
    public static final String TIMEOUT = "Assent-Timeout";

    /** On a business call: {@code now} when it is the last one to this participant in this transaction. */
    public static final String PREPARE = "Assent-Prepare";

    /** On a business call: the members that answers of the called host have carried so far. */
    public static final String BRANCHES = "Assent-Branches";

    /** On the answer of a business call: the members that it touched. */
    public static final String BRANCH = "Assent-Branch";

    private Headers() {}
}
