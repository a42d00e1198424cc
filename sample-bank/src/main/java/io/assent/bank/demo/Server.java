package io.assent.bank.demo;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One server as a process of its own, which can be killed and started again. */
final class Server {

    private static final int TAIL = 15;

    private final String name;
    private final URI url;
    private final List<String> command;
    private final Path log;
    private final Path pids;
    private @Nullable Process process;

    /**
     * A server that is not started yet.
     *
     * @param command the whole command line
     * @param directory where its log goes, and the list of all process ids that were ever started
     */
    Server(String name, URI url, List<String> command, Path directory) {
        this.name = name;
        this.url = url;
        this.command = List.copyOf(command);
        this.log = directory.resolve(name + ".log");
        this.pids = directory.resolve("pids");
    }

    /**
     * Command line of a Java server: quick to start, content with little.
     *
     * @param program what Java runs, with more options of Java before it
     */
    static List<String> java(List<String> program, List<String> arguments) {
        String home = System.getProperty("java.home");
        List<String> command = new ArrayList<>(List.of(
                home + File.separator + "bin" + File.separator + "java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx320m",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(program);
        command.addAll(arguments);
        return command;
    }

    /** An executable jar as what Java runs. */
    static List<String> program(Path jar) {
        return List.of("-jar", jar.toString());
    }

    String name() {
        return name;
    }

    URI url() {
        return url;
    }

    Path log() {
        return log;
    }

    /**
     * Starts the process and returns at once.
     *
     * @param more arguments for this start only
     */
    synchronized void start(String... more) {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of(more));
        try {
            Process started = new ProcessBuilder(whole)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            process = started;
            Files.writeString(
                    pids,
                    started.pid() + "\n",
                    StandardCharsets.US_ASCII,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("The process of " + name + " cannot be started", e);
        }
    }

    synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** The id of the process that was started last. */
    synchronized long pid() {
        return started().pid();
    }

    /** With which status that process has ended. */
    synchronized int exitStatus() {
        return started().exitValue();
    }

    private Process started() {
        if (process == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return process;
    }

    /** {@code kill -9}: returns when the process is gone. */
    synchronized void kill() {
        Process victim = process;
        if (victim == null) {
            return;
        }
        victim.destroyForcibly();
        await(victim, 10);
    }

    /** Asks the process to stop, and kills it when it does not within so many seconds. */
    synchronized void stop(long seconds) {
        Process stopping = process;
        if (stopping == null) {
            return;
        }
        stopping.destroy();
        if (!await(stopping, seconds)) {
            stopping.destroyForcibly();
            await(stopping, 10);
        }
    }

    /** Asks the process to stop and returns at once. */
    synchronized void askToStop() {
        if (process != null) {
            process.destroy();
        }
    }

    private static boolean await(Process process, long seconds) {
        try {
            return process.waitFor(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What a person needs when the server ended by itself. */
    String lastWords() {
        try {
            List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
            return name + " has ended, the last lines of " + log + ":\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL), lines.size()));
        } catch (IOException e) {
            return name + " has ended, and its log " + log + " cannot be read: " + e;
        }
    }
}
