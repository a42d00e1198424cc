package io.assent.coordinator.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clients that the documentation prints work as they stand there. */
class DocumentedClientsIT {

    private static final Path EXAMPLES =
            Path.of("..", "docs", "examples").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    private Processes processes;
    private String coordinator;
    private String stock;
    private List<String> participant;

    @BeforeEach
    void startOneCoordinatorAndTheParticipant() throws IOException {
        assumeTrue(isInstalled("python3"), "skipped: needs the Debian package python3");
        assumeTrue(isInstalled("curl"), "skipped: needs the Debian package curl");
        processes = new Processes(directory);
        List<Integer> ports = Processes.freePorts(2);
        coordinator = "http://127.0.0.1:" + ports.get(0);
        stock = "http://127.0.0.1:" + ports.get(1);
        participant = List.of(
                "python3",
                EXAMPLES.resolve("participant.py").toString(),
                ports.get(1).toString(),
                coordinator,
                directory.resolve("stock.db").toString());
        processes.startCoordinator("coordinator", List.of("--server.port=" + ports.get(0)));
        processes.start("participant", participant);
        processes.awaitReady(coordinator);
        processes.await("participant", () -> processes.status(stock) == 200);
    }

    @AfterEach
    void endThem() {
        if (processes != null) {
            processes.close();
        }
    }

    @Test
    void curlAloneCommits() throws Exception {
        String output = order("commit");

        assertThat(output.lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("\"COMMITTED\""));
        assertThat(processes.get(stock).body()).isEqualTo("{\"free\": 97, \"sold\": 3}");
    }

    @Test
    void curlAloneAborts() throws Exception {
        String output = order("abort");

        assertThat(output).contains("\"outcome\":\"ABORTED\"").contains("changed my mind");
        processes.await("the stock is free again", () -> free() == 100);
    }

    @Test
    void aParticipantThatWasKilledWhilePreparedAsksForItsOutcome() throws Exception {
        String begun = processes.post(coordinator + "/v1/transactions", "{}").body();
        String id = begun.replaceAll(".*\"id\":\"([^\"]*)\".*", "$1");
        processes.post(stock + "/reserve", "{\"item\":\"bolt\",\"quantity\":5}", "Assent-Transaction", id);
        String prepare = "{\"messages\":[{\"transaction\":\"" + id + "\",\"branch\":\"stock\",\"type\":\"PREPARE\","
                + "\"protocol\":\"TWO_PHASE\",\"term\":1,\"calls\":1,\"participants\":[{\"participant\":\"stock\"}]}]}";
        assertThat(processes.post(stock + "/assent", prepare).body()).contains("YES");
        processes.post(coordinator + "/v1/transactions/" + id + "/abort", "{}");

        Process again = processes.restart("participant", participant);

        processes.await("the stock is free again", () -> free() == 100);
        assertThat(again.isAlive()).isTrue();
    }

    private int free() {
        try {
            String answer = processes.get(stock).body();
            return Integer.parseInt(answer.replaceAll(".*\"free\": (\\d+).*", "$1"));
        } catch (IOException e) {
            return -1;
        }
    }

    private String order(String ending) throws IOException, InterruptedException {
        return processes.run(List.of(EXAMPLES.resolve("order.sh").toString(), coordinator, stock, ending));
    }

    private static boolean isInstalled(String command) {
        String path = new ProcessBuilder().environment().getOrDefault("PATH", "");
        return Stream.of(path.split(":")).anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    }
}
