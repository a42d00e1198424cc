package io.assent.protocol.paxoscommit;

import io.assent.protocol.Outcome;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the checker knows of a run: what was accepted anywhere, and what anybody told. */
final class Truth {

    private final Map<String, Object> values = new TreeMap<>();
    private @Nullable Outcome outcome;
    private boolean forgottenUnlearned;

    /** An invariant does not hold. */
    static final class Broken extends RuntimeException {
        private final String invariant;

        Broken(String invariant, String message) {
            super(invariant + ": " + message);
            this.invariant = invariant;
        }

        String invariant() {
            return invariant;
        }
    }

    /** I17: one value for each instance and ballot, over all acceptors. */
    void accepted(String instance, Ballot ballot, Object value) {
        Object before = values.putIfAbsent(instance + "@" + ballot, value);
        if (before != null && !before.equals(value)) {
            throw new Broken("I17", instance + " in ballot " + ballot + ": " + before + " and " + value);
        }
    }

    /** I2: nobody tells another outcome than anybody before. */
    void told(Outcome told) {
        if (outcome != null && outcome != told) {
            throw new Broken("I2", outcome + " was told, now " + told);
        }
        if (forgottenUnlearned && told == Outcome.COMMITTED) {
            throw new Broken("I13", "COMMITTED, and FORGET did not know of it");
        }
        outcome = told;
    }

    @Nullable
    Outcome outcome() {
        return outcome;
    }

    /** The group forgets the transaction; what it does not know as LEARNED must never have committed. */
    void forgotten(boolean learned) {
        if (!learned && outcome == Outcome.COMMITTED) {
            throw new Broken("I13", "FORGET does not know of a COMMITTED");
        }
        forgottenUnlearned = !learned;
    }
}
