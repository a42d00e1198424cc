package io.assent.benchmarks.load;

import org.HdrHistogram.Histogram;

/** A distribution of durations, in milliseconds; all zero when there was none. */
public record Latency(double p50, double p99, double p999, double max) {

    private static final double NANOS_IN_A_MILLI = 1e6;

    static Latency of(Histogram nanos) {
        return nanos.getTotalCount() == 0
                ? new Latency(0, 0, 0, 0)
                : new Latency(at(nanos, 50), at(nanos, 99), at(nanos, 99.9), nanos.getMaxValue() / NANOS_IN_A_MILLI);
    }

    private static double at(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / NANOS_IN_A_MILLI;
    }
}
