package io.assent.participant.branch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.assent.participant.BranchField;
import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** The service in a process of its own, which can be killed. */
final class BankProcess implements AutoCloseable {

    private static final String READY = "BANK LISTENS ON ";

    private final FakeCoordinator coordinator;
    private final Process process;
    private final String url;

    private BankProcess(FakeCoordinator coordinator, Process process, String url) {
        this.coordinator = coordinator;
        this.process = process;
        this.url = url;
    }

    /** The process: its arguments are properties. */
    public static void main(String[] arguments) {
        ServletWebServerApplicationContext context =
                (ServletWebServerApplicationContext) new SpringApplicationBuilder(BankApplication.class)
                        .web(WebApplicationType.SERVLET)
                        .run(arguments);
        System.out.println(READY + context.getWebServer().getPort());
    }

    static BankProcess start(FakeCoordinator coordinator, Path folder, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx300m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                BankProcess.class.getName()));
        for (Map.Entry<String, Object> setting :
                Bank.settings(Bank.database(folder), coordinator.url(), more).entrySet()) {
            command.add("--" + setting.getKey() + "=" + setting.getValue());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            return new BankProcess(coordinator, process, "http://127.0.0.1:" + awaitPort(process));
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static String awaitPort(Process process) throws IOException {
        BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            if (line.startsWith(READY)) {
                Thread.ofVirtual().start(() -> drain(output));
                return line.substring(READY.length());
            }
        }
        throw new IllegalStateException("The process ended before it listened:\n" + said);
    }

    private static void drain(BufferedReader output) {
        try {
            while (output.readLine() != null) {
                // What it says after its start is of no interest, but must not fill the pipe.
            }
        } catch (IOException e) {
            // The process was killed, and its pipe closed under us.
        }
    }

    String endpoint() {
        return url + "/assent/v1/branches";
    }

    HttpResponse<String> insert(TransactionId transaction, String account, String... headers) {
        List<String> all =
                new ArrayList<>(List.of("Assent-Transaction", transaction.toString(), "Assent-Timeout", "PT60S"));
        all.addAll(List.of(headers));
        return coordinator.exchange(HttpRequest.newBuilder(URI.create(url + "/accounts/" + account))
                .timeout(Duration.ofSeconds(60))
                .headers(all.toArray(String[]::new))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
    }

    static Member member(HttpResponse<String> answer) {
        return BranchField.read(answer.headers().allValues("Assent-Branch"))
                .getFirst()
                .member();
    }

    /** SIGKILL: nothing that is not durable survives. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM. */
    void askToEnd() {
        process.destroy();
    }

    /** Whether it ended in time. */
    boolean awaitEnd() throws InterruptedException {
        return process.waitFor(120, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
