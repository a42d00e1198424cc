package io.assent.benchmarks.stage;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How much of one thing a process held: idle before a load, again and again while it lasted, and idle after it.
 *
 * @param what the thing, with its unit
 * @param slack by how much it may grow without having leaked; if a tenth is more, then by a tenth
 */
record Growth(String what, long before, List<Long> loaded, long after, long slack) {

    private static final int SHARE = 10;

    Growth {
        loaded = List.copyOf(loaded);
    }

    /** Whether it neither grew while the load lasted nor stayed when the load was over. */
    boolean isFlat() {
        return isFlat(loaded.getFirst(), loaded.getLast()) && isFlat(before, after);
    }

    private boolean isFlat(long from, long to) {
        return to <= from + Math.max(slack, from / SHARE);
    }

    /** The cells of a row: what, before, while, after, verdict. */
    Stream<Object> cells() {
        String whileLoaded = loaded.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return Stream.of(what, before, whileLoaded, after, isFlat() ? "yes" : "**no**");
    }
}
