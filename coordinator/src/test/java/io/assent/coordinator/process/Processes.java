package io.assent.coordinator.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** Child processes of a test, each ended by its pid, and what is needed to talk to them. */
final class Processes implements AutoCloseable {

    /** A busy machine starts a coordinator in half a minute. */
    private static final Duration START = Duration.ofMinutes(2);

    private static final Duration POLL = Duration.ofMillis(300);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final List<Process> processes = new ArrayList<>();
    private final Map<String, Process> named = new HashMap<>();
    private final Path directory;

    Processes(Path directory) {
        this.directory = directory;
    }

    /** Ports that nobody uses now; all different. */
    static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                sockets.add(socket);
                ports.add(socket.getLocalPort());
            }
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ports;
    }

    /** Starts a command; its output goes to a file of this name. */
    Process start(String name, List<String> command) throws IOException {
        Path log = directory.resolve(name + ".log");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        processes.add(process);
        named.put(name, process);
        return process;
    }

    /** Kills the last process that was started under this name, and starts the command in its place. */
    Process restart(String name, List<String> command) throws IOException, InterruptedException {
        Process old = named.get(name);
        if (old != null) {
            kill(old);
        }
        return start(name, command);
    }

    /** Ends a process as kill -9 does, and waits until it is gone. */
    static void kill(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }

    /** Starts a coordinator with these properties, so that it is ready soon rather than fast for long. */
    Process startCoordinator(String name, List<String> properties) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                Path.of("target", "assent-coordinator.jar").toAbsolutePath().toString()));
        command.addAll(properties);
        return start(name, command);
    }

    /** Runs a command to its end and returns what it printed. */
    String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        processes.add(process);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError(command + " failed: " + output);
        }
        return output;
    }

    /** Waits until the node says that it is ready. */
    void awaitReady(String url) {
        await("ready: " + url, () -> status(url + "/actuator/health/readiness") == 200);
    }

    void await(String what, BooleanSupplier condition) {
        try {
            Awaitility.await(what).atMost(START).pollInterval(POLL).until(condition::getAsBoolean);
        } catch (RuntimeException e) {
            throw new AssertionError(what + "; logs: " + logs(), e);
        }
    }

    /** The status of a GET, or 0 when nobody answers. */
    int status(String url) {
        try {
            return get(url).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    HttpResponse<String> get(String url) throws IOException {
        return send(HttpRequest.newBuilder(URI.create(url)).GET());
    }

    HttpResponse<String> post(String url, String json, String... headers) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return client.send(request.timeout(Duration.ofSeconds(70)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private String logs() {
        StringBuilder logs = new StringBuilder();
        try (var files = Files.list(directory)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".log")).toList()) {
                List<String> lines = Files.readAllLines(file);
                logs.append('\n')
                        .append(file.getFileName())
                        .append(":\n")
                        .append(String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size())));
            }
        } catch (IOException e) {
            logs.append(e);
        }
        return logs.toString();
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
        client.shutdownNow();
    }
}
