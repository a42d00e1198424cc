package io.assent.benchmarks.load;

import java.util.Map;

/** Figures that only grow, read at both ends of a window. */
public interface Probe {

    /** A probe that reads nothing. */
    Probe NONE = beginning -> Map.of();

    /**
     * Reads them all.
     *
     * @param beginning whether the window begins now: then the processor times are read last, else first, so that the
     *     other readings do not count
     */
    Map<String, Double> read(boolean beginning);
}
