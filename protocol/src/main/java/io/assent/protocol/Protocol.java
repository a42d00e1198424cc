package io.assent.protocol;

/** The atomic commit protocol that a transaction runs; chosen at begin, part of its id, never changed. */
public enum Protocol {
    /** Two-phase commit with presumed abort (Mohan, Lindsay, Obermarck 1986). */
    TWO_PHASE(0),
    /** Three-phase commit over a replicated decision (after Skeen 1981). */
    THREE_PHASE(1),
    /** Paxos Commit (Gray and Lamport 2006). */
    PAXOS_COMMIT(2);

    private final int code;

    Protocol(int code) {
        this.code = code;
    }

    /** The stable number that ids and log records carry, 0 to 3. */
    public int code() {
        return code;
    }

    /**
     * The protocol with this code.
     *
     * @throws IllegalArgumentException when no protocol has it
     */
    public static Protocol ofCode(int code) {
        return switch (code) {
            case 0 -> TWO_PHASE;
            case 1 -> THREE_PHASE;
            case 2 -> PAXOS_COMMIT;
            default -> throw new IllegalArgumentException("No commit protocol has the code " + code);
        };
    }
}
