package io.assent.protocol.simulation;

import java.util.List;

/** Prints what seeds come to, for another process to compare. */
final class PrintedFingerprints {

    private PrintedFingerprints() {}

    /** The first seed, and how many. */
    public static void main(String[] args) {
        of(Long.parseLong(args[0]), Long.parseLong(args[1])).forEach(System.out::println);
    }

    static List<String> of(long first, long count) {
        return Runs.all(first, count, Seams::new).stream()
                .map(outcome -> outcome.seed() + " " + outcome.events() + " " + Long.toHexString(outcome.fingerprint())
                        + " " + outcome.caughtBy())
                .toList();
    }
}
