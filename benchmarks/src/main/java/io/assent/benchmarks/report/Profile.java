package io.assent.benchmarks.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/** What a flight recording says about where the processor time of a JVM goes. */
public final class Profile {

    private static final String CPU_TIME = "jdk.CPUTimeSample";
    private static final String EXECUTION = "jdk.ExecutionSample";

    private final Map<String, Long> layers = new TreeMap<>();
    private final Map<String, Long> methods = new TreeMap<>();
    private long samples;
    private String kind = "";

    private Profile() {}

    /** Reads a recording: samples of processor time where the JDK has them, of running Java code otherwise. */
    public static Profile read(Path recording) throws IOException {
        Profile cpuTime = read(recording, CPU_TIME);
        return cpuTime.samples > 0 ? cpuTime : read(recording, EXECUTION);
    }

    private static Profile read(Path recording, String kind) throws IOException {
        Profile profile = new Profile();
        profile.kind = kind;
        try (RecordingFile file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                RecordedEvent event = file.readEvent();
                if (event.getEventType().getName().equals(kind) && event.getStackTrace() != null) {
                    profile.add(event.getStackTrace().getFrames());
                }
            }
        }
        return profile;
    }

    private void add(List<RecordedFrame> frames) {
        if (frames.isEmpty()) {
            return;
        }
        samples++;
        layers.merge(Layers.of(frames.stream().map(Profile::typeOf).toList()), 1L, Long::sum);
        RecordedMethod top = frames.get(0).getMethod();
        methods.merge(top.getType().getName() + "." + top.getName(), 1L, Long::sum);
    }

    private static String typeOf(RecordedFrame frame) {
        return frame.getMethod().getType().getName();
    }

    /** How many samples there are, and of which kind. */
    public String samples() {
        return samples + " samples (" + kind + ")";
    }

    /** The share of each layer, the largest first. */
    public Table layers() {
        return table("layer (innermost known caller)", layers, layers.size());
    }

    /** The share of the methods that run most often. */
    public Table methods(int count) {
        return table("method on top", methods, count);
    }

    private Table table(String what, Map<String, Long> counts, int limit) {
        Table table = new Table(what, "share");
        counts.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(limit)
                .forEach(entry -> table.row(entry.getKey(), Table.number(100.0 * entry.getValue() / samples) + " %"));
        return table;
    }
}
