package io.assent.protocol;

/** What a transaction, or a branch of it, came to. It never changes once it is known. */
public enum Outcome {
    COMMITTED(1),
    ABORTED(2);

    private final int code;

    Outcome(int code) {
        this.code = code;
    }

    /** The stable number that log records carry; fits two bits and is never 0. */
    public int code() {
        return code;
    }

    /**
     * The outcome with this code.
     *
     * @throws IllegalArgumentException when no outcome has it
     */
    public static Outcome ofCode(int code) {
        return switch (code) {
            case 1 -> COMMITTED;
            case 2 -> ABORTED;
            default -> throw new IllegalArgumentException("No outcome has the code " + code);
        };
    }
}
