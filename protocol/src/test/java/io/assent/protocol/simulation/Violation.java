package io.assent.protocol.simulation;

/** An invariant does not hold. */
final class Violation extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String invariant;

    Violation(String invariant, String message) {
        super(invariant + ": " + message);
        this.invariant = invariant;
    }

    /** Its id, as in the list of invariants. */
    String invariant() {
        return invariant;
    }
}
