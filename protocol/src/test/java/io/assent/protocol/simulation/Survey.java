package io.assent.protocol.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What many runs came to. */
final class Survey {

    private final Map<String, Integer> moments = new TreeMap<>();
    private final List<Runs.Outcome> failures = new ArrayList<>();
    private long seeds;
    private long events;

    void add(List<Runs.Outcome> outcomes) {
        for (Runs.Outcome outcome : outcomes) {
            seeds++;
            events += outcome.events();
            outcome.moments().forEach((moment, times) -> moments.merge(moment, times, Integer::sum));
            if (outcome.failure() != null) {
                failures.add(outcome);
            }
        }
    }

    long seeds() {
        return seeds;
    }

    List<Runs.Outcome> failures() {
        return failures;
    }

    /** How often a moment was reached. */
    int times(String moment) {
        return moments.getOrDefault(moment, 0);
    }

    /** In how many of the runs each invariant did not hold. */
    Map<String, Integer> caughtBy() {
        Map<String, Integer> by = new TreeMap<>();
        failures.forEach(outcome -> by.merge(outcome.caughtBy(), 1, Integer::sum));
        return by;
    }

    @Override
    public String toString() {
        return seeds + " seeds, " + events + " events: " + moments;
    }
}
