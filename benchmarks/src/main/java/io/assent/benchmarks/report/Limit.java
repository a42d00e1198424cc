package io.assent.benchmarks.report;

/**
 * A bound that a figure is to keep.
 *
 * @param value the bound, which itself is allowed
 * @param most whether the figure may be at most this; otherwise it must be at least this
 * @param unit what follows the number, with a space before it if one is wanted
 */
public record Limit(double value, boolean most, String unit) {

    /** At most this. */
    public static Limit atMost(double value, String unit) {
        return new Limit(value, true, unit);
    }

    /** At least this. */
    public static Limit atLeast(double value, String unit) {
        return new Limit(value, false, unit);
    }

    /** Whether the figure keeps it; one that is not a number does not. */
    boolean isMetBy(double figure) {
        return most ? figure <= value : figure >= value;
    }

    @Override
    public String toString() {
        return (most ? "<= " : ">= ") + Table.number(value) + unit;
    }
}
