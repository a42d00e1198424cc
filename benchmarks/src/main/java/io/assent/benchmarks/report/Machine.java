package io.assent.benchmarks.report;

import io.assent.benchmarks.process.Command;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Where, when and of what a measurement was made. */
public final class Machine {

    private static final int FORCED_APPENDS = 1_000;
    private static final int BLOCK = 4 * 1024;

    private Machine() {}

    /**
     * The lines that every report begins with.
     *
     * @param data directory in which the processes keep their data
     */
    public static Table describe(Path data) throws IOException {
        Table table = new Table("conditions", "");
        table.row("date", Instant.now().truncatedTo(ChronoUnit.SECONDS));
        table.row("commit", commit());
        table.row(
                "processor",
                field("/proc/cpuinfo", "model name") + ", "
                        + Runtime.getRuntime().availableProcessors() + " cores");
        table.row("memory", field("/proc/meminfo", "MemTotal"));
        table.row("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        table.row("JDK", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        table.row("data on", store(data));
        table.row("write and fsync of 4 KiB, one after the other", fsync(data));
        table.row("load average before", loadAverage());
        return table;
    }

    /** The load averages of the last 1, 5 and 15 minutes. */
    public static String loadAverage() {
        try {
            String[] words = Files.readString(Path.of("/proc/loadavg")).split(" ", -1);
            return String.join(", ", List.of(words).subList(0, 3));
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String commit() {
        String head = Command.tryRun(List.of("git", "rev-parse", "--short=12", "HEAD"))
                .map(String::trim)
                .orElse("unknown");
        boolean changed = Command.tryRun(List.of("git", "status", "--porcelain", "--untracked-files=no"))
                .filter(text -> !text.isBlank())
                .isPresent();
        return head + (changed ? " and changes that are not committed" : "");
    }

    private static String field(String file, String name) {
        try (var lines = Files.lines(Path.of(file))) {
            Optional<String> line = lines.filter(text -> text.startsWith(name)).findFirst();
            return line.map(text -> text.substring(text.indexOf(':') + 1).trim())
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String store(Path data) {
        try {
            FileStore store = Files.getFileStore(data);
            return store.name() + " (" + store.type() + "), fsync on (it cannot be switched off)";
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** Appends as the log makes them, one after the other, each forced to the disk. */
    private static String fsync(Path data) throws IOException {
        Path file = Files.createTempFile(data, "fsync", ".tmp");
        long[] nanos = new long[FORCED_APPENDS];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int i = 0; i < FORCED_APPENDS; i++) {
                long begin = System.nanoTime();
                channel.write(ByteBuffer.allocate(BLOCK));
                channel.force(false);
                nanos[i] = System.nanoTime() - begin;
            }
        } finally {
            Files.delete(file);
        }
        Arrays.sort(nanos);
        return String.format(
                Locale.ROOT,
                "p50 %.2f ms, p99 %.2f ms",
                nanos[FORCED_APPENDS / 2] / 1e6,
                nanos[FORCED_APPENDS * 99 / 100] / 1e6);
    }
}
