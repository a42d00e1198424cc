package io.assent.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a JVM holds at one moment.
 *
 * @param threads threads of the operating system
 * @param files open file handles, sockets included
 * @param liveBytes live objects of its heap, after a full collection
 */
public record Footprint(long threads, long files, long liveBytes) {

    /**
     * Looks at a process; makes it collect its garbage.
     *
     * @throws IllegalStateException where there is no {@code /proc}, or no such process
     */
    public static Footprint of(long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        try (Stream<Path> handles = Files.list(process.resolve("fd"))) {
            long files = handles.count();
            String status = Files.readString(process.resolve("status"));
            return new Footprint(field(status, "Threads"), files, Java.liveBytes(pid));
        } catch (IOException | UncheckedIOException e) {
            throw new IllegalStateException("Nothing is known of process " + pid + " (" + process + ")", e);
        }
    }

    static long field(String status, String name) {
        Matcher line = Pattern.compile("(?m)^" + name + ":\\s+(\\d+)").matcher(status);
        if (!line.find()) {
            throw new IllegalStateException("A status of /proc has no " + name);
        }
        return Long.parseLong(line.group(1));
    }
}
