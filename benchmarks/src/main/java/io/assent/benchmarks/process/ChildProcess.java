package io.assent.benchmarks.process;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A process that this one started, and ends: by its own id, and at the latest when this one ends. */
public final class ChildProcess implements AutoCloseable {

    private static final int TAIL_LINES = 20;
    private static final long STOP_SECONDS = 30;

    private final String name;
    private final Path log;
    private final Process process;
    private final BufferedReader output;
    private final BufferedWriter input;
    private final Thread lastResort;

    /**
     * Starts a process.
     *
     * @param name what it is called in messages
     * @param log file for what it writes to its error stream
     * @param linesWanted whether {@link #readLine} is called; if not, its output goes to the log too
     */
    public ChildProcess(String name, List<String> command, Path log, boolean linesWanted) {
        this.name = name;
        this.log = log;
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        if (!linesWanted) {
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        }
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + name + " (" + String.join(" ", command) + ")", e);
        }
        output = process.inputReader(StandardCharsets.UTF_8);
        input = process.outputWriter(StandardCharsets.UTF_8);
        lastResort = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** User and system time that it has used, over all its threads; zero once it has ended. */
    public Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * The next line of its output.
     *
     * @throws IllegalStateException when it ended instead; with the end of its log
     */
    public String readLine() {
        try {
            String line = output.readLine();
            if (line == null) {
                throw ended();
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes a line to its input.
     *
     * @throws IllegalStateException when it has ended; with the end of its log
     */
    public void writeLine(String line) {
        try {
            input.write(line);
            input.newLine();
            input.flush();
        } catch (IOException e) {
            IllegalStateException ended = ended();
            ended.addSuppressed(e);
            throw ended;
        }
    }

    /** What to throw when it ended before its time. */
    public IllegalStateException ended() {
        return new IllegalStateException(name + " ended before its time; the end of " + log + ":\n" + tail());
    }

    private String tail() {
        try (Stream<String> lines = Files.lines(log)) {
            List<String> all = lines.toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - TAIL_LINES), all.size()));
        } catch (IOException e) {
            return "(cannot be read: " + e.getMessage() + ")";
        }
    }

    /** Ends it without a word, as {@code kill -9} does, and returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd(null);
        forgetLastResort();
    }

    /** Ends it in order, and by force when that takes too long. */
    @Override
    public void close() {
        process.destroy();
        awaitEnd(STOP_SECONDS);
        if (process.isAlive()) {
            process.destroyForcibly();
            awaitEnd(null);
        }
        forgetLastResort();
    }

    private void awaitEnd(@Nullable Long seconds) {
        try {
            if (seconds == null) {
                process.waitFor();
            } else if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void forgetLastResort() {
        try {
            Runtime.getRuntime().removeShutdownHook(lastResort);
        } catch (IllegalStateException e) {
            // This process is ending already, and the hook is about to run: it does nothing to what is gone.
            process.destroyForcibly();
        }
    }
}
