package io.assent.benchmarks.process;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The figures of a Prometheus page, by series. */
public final class Metrics {

    private final Map<String, Double> series;

    private Metrics(Map<String, Double> series) {
        this.series = series;
    }

    /** Reads a page; lines that are no figures are left out. */
    public static Metrics parse(String page) {
        Map<String, Double> series = new TreeMap<>();
        for (String line : page.lines().toList()) {
            int end = line.lastIndexOf(' ');
            if (!line.startsWith("#") && end > 0) {
                series.put(line.substring(0, end), number(line.substring(end + 1)));
            }
        }
        return new Metrics(series);
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** The sum over all series of a metric. */
    public double sum(String metric) {
        return sum(metric, labels -> true);
    }

    /** The sum over the series of a metric that have this text among their labels. */
    public double sum(String metric, String label) {
        return sum(metric, labels -> labels.contains(label));
    }

    private double sum(String metric, Predicate<String> labels) {
        return series.entrySet().stream()
                .filter(entry -> entry.getKey().equals(metric)
                        || entry.getKey().startsWith(metric + "{") && labels.test(entry.getKey()))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }
}
