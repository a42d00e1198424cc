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
        try {
            String status = Files.readString(directory(pid).resolve("status"));
            return new Footprint(field(status, "Threads"), openFiles(pid), Java.liveBytes(pid));
        } catch (IOException e) {
            throw unknown(pid, e);
        }
    }

    /**
     * How many file handles a process has open.
     *
     * @throws IllegalStateException where there is no {@code /proc}, or no such process
     */
    public static long openFiles(long pid) {
        try (Stream<Path> handles = Files.list(directory(pid).resolve("fd"))) {
            return handles.count();
        } catch (IOException | UncheckedIOException e) {
            throw unknown(pid, e);
        }
    }

    private static Path directory(long pid) {
        return Path.of("/proc", Long.toString(pid));
    }

    private static IllegalStateException unknown(long pid, Exception e) {
        return new IllegalStateException("Nothing is known of process " + pid + " (" + directory(pid) + ")", e);
    }

    static long field(String status, String name) {
        Matcher line = Pattern.compile("(?m)^" + name + ":\\s+(\\d+)").matcher(status);
        if (!line.find()) {
            throw new IllegalStateException("A status of /proc has no " + name);
        }
        return Long.parseLong(line.group(1));
    }
}
