package io.assent.protocol;

/**
 * What a participant did with its branch without, or against, the decision (X/Open XA: XA_HEURCOM, XA_HEURRB,
 * XA_HEURMIX, XA_HEURHAZ).
 */
public enum HeuristicKind {
    COMMIT(0),
    ROLLBACK(1),
    MIXED(2),
    /** Something of the kind may have happened; the participant cannot tell. */
    HAZARD(3);

    private final int code;

    HeuristicKind(int code) {
        this.code = code;
    }

    /** The stable number that log records carry. */
    public int code() {
        return code;
    }

    /**
     * The kind with this code.
     *
     * @throws IllegalArgumentException when no kind has it
     */
    public static HeuristicKind ofCode(int code) {
        return switch (code) {
            case 0 -> COMMIT;
            case 1 -> ROLLBACK;
            case 2 -> MIXED;
            case 3 -> HAZARD;
            default -> throw new IllegalArgumentException("No heuristic kind has the code " + code);
        };
    }
}
