package io.assent.protocol;

/** A participant's answer to PREPARE. */
public enum Vote {
    /** Prepared: the branch can be committed whatever happens to the participant, and it will not decide alone. */
    YES(0),
    /** The branch is rolled back and can never commit. */
    NO(1),
    /** The branch changed nothing, has ended, and wants no second phase (TWO_PHASE only). */
    READ_ONLY(2);

    private final int code;

    Vote(int code) {
        this.code = code;
    }

    /** The stable number that log records carry. */
    public int code() {
        return code;
    }

    /**
     * The vote with this code.
     *
     * @throws IllegalArgumentException when no vote has it
     */
    public static Vote ofCode(int code) {
        return switch (code) {
            case 0 -> YES;
            case 1 -> NO;
            case 2 -> READ_ONLY;
            default -> throw new IllegalArgumentException("No vote has the code " + code);
        };
    }
}
