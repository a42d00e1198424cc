package io.assent.protocol.message;

/** What a participant answers to INQUIRE about its branch. */
public enum BranchState {
    NOT_VOTED,
    PREPARED,
    PRE_COMMITTED,
    COMMITTED,
    ABORTED,
    /** It cannot read its facts now. */
    UNKNOWN
}
