package io.assent.protocol.states;

import java.util.Comparator;

/**
 * A transition of a role, in the words of its page.
 *
 * @param from the state before, {@link #START} for none
 * @param event what happened
 * @param detail what tells this transition from others of the same event, or nothing
 * @param to the state after
 */
record Arrow(String from, String event, String detail, String to) implements Comparable<Arrow> {

    /** Where a role begins. */
    static final String START = "[*]";

    private static final Comparator<Arrow> ORDER = Comparator.comparing(Arrow::from)
            .thenComparing(Arrow::to)
            .thenComparing(Arrow::event)
            .thenComparing(Arrow::detail);

    boolean changes() {
        return !from.equals(to);
    }

    @Override
    public int compareTo(Arrow other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return from + " -- " + event + (detail.isEmpty() ? "" : " (" + detail + ")") + " --> " + to;
    }
}
