package io.assent.benchmarks.load;

import java.util.Map;
import java.util.TreeMap;

/**
 * What one window of load showed.
 *
 * @param tally what was counted
 * @param seconds how long the window was
 * @param change by how much each figure of the probe grew in it
 */
public record Measured(Tally tally, double seconds, Map<String, Double> change) {

    public Measured {
        change = Map.copyOf(change);
    }

    static Measured between(Tally tally, long nanos, Map<String, Double> before, Map<String, Double> after) {
        Map<String, Double> change = new TreeMap<>();
        after.forEach((name, value) -> change.put(name, value - before.getOrDefault(name, 0.0)));
        return new Measured(tally, nanos / 1e9, change);
    }

    /** Committed transactions per second. */
    public double rate() {
        return tally.committed() / seconds;
    }

    /** By how much the figure grew; zero when it is not known. */
    public double change(String name) {
        return change.getOrDefault(name, 0.0);
    }

    /** By how much the figures grew whose names begin so, together. */
    public double changeOfAll(String prefix) {
        return change.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    /** By how much the figure grew for each committed transaction; zero when there was none. */
    public double perTransaction(String name) {
        return perTransaction(change(name));
    }

    /** The amount for each committed transaction; zero when there was none. */
    public double perTransaction(double amount) {
        long count = tally.committed();
        return count == 0 ? 0 : amount / count;
    }
}
