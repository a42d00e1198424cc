package io.assent.protocol;

/** Why a leader refuses a request about a transaction; a refused request changes nothing. */
public enum RequestRefusal {
    /** The log has not yet confirmed that this leader owns the transaction: ask again when it has. */
    ADOPTING,
    /** Commit or abort was asked for already. */
    NOT_ACTIVE,
    /** The participant is enlisted with another endpoint, or as another live branch. */
    BRANCH_CONFLICT,
    /** The participant does not speak the transaction's protocol. */
    UNSUPPORTED_PROTOCOL,
    /** Commit without naming branches, and nothing is enlisted. */
    NO_BRANCHES,
    /** Commit repeated with other participants than the decided ones. */
    BRANCH_MISMATCH,
    /** Abort asked, and the outcome is commit. */
    ALREADY_COMMITTED
}
