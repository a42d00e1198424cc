package io.assent.protocol.paxoscommit;

/** What the instance of one participant may choose. */
public enum BranchValue {
    /** The participant is prepared. */
    PREPARED(1),
    /** It is not, or nobody waited for it; the transaction aborts. Never proposed at ballot 0 (Q5). */
    ABORTED(2);

    private final int code;

    BranchValue(int code) {
        this.code = code;
    }

    /** The stable number that records carry. */
    int code() {
        return code;
    }

    /**
     * The value with this code.
     *
     * @throws IllegalArgumentException when no value has it
     */
    static BranchValue ofCode(int code) {
        return switch (code) {
            case 1 -> PREPARED;
            case 2 -> ABORTED;
            default -> throw new IllegalArgumentException("No value of a branch has the code " + code);
        };
    }
}
