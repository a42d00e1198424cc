package io.assent.coordinator.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clients that the documentation prints work as they stand there. */
class DocumentedClientsIT {

    private static final Path EXAMPLES =
            Path.of("..", "docs", "examples").toAbsolutePath().normalize();

    @TempDir
    static Path ofTheCoordinator;

    private static Processes common;
    private static String coordinator;

    @TempDir
    Path directory;

    private Processes processes;
    private String stock;
    private List<String> participant;

    @BeforeAll
    static void startOneCoordinator() throws IOException {
        assumeTrue(isInstalled("python3"), "skipped: needs the Debian package python3");
        assumeTrue(isInstalled("curl"), "skipped: needs the Debian package curl");
        common = new Processes(ofTheCoordinator);
        int port = Processes.freePorts(1).getFirst();
        coordinator = "http://127.0.0.1:" + port;
        common.startCoordinator("coordinator", List.of("--server.port=" + port));
        common.awaitReady(coordinator);
    }

    @AfterAll
    static void endIt() {
        if (common != null) {
            common.close();
        }
    }

    @BeforeEach
    void startTheParticipant() throws IOException {
        processes = new Processes(directory);
        int port = Processes.freePorts(1).getFirst();
        stock = "http://127.0.0.1:" + port;
        participant = List.of(
                "python3",
                EXAMPLES.resolve("participant.py").toString(),
                Integer.toString(port),
                coordinator,
                directory.resolve("stock.db").toString());
        processes.start("participant", participant);
        processes.await("participant", () -> processes.status(stock) == 200);
    }

    @AfterEach
    void endTheParticipant() {
        processes.close();
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
        String id = begin();
        reserve(id);
        assertThat(tell(id, "PREPARE", 1, 1, "stock")).contains("YES");
        processes.post(coordinator + "/v1/transactions/" + id + "/abort", "{}");

        Process again = processes.restart("participant", participant);

        processes.await("the stock is free again", () -> free() == 100);
        assertThat(again.isAlive()).isTrue();
    }

    @Test
    void theParticipantVotesOnlyOnTheWorkThatItsCallerSawAndRepeatsItsVote() throws Exception {
        String seen = begin();
        reserve(seen);
        String unseen = begin();
        reserve(unseen);

        assertThat(tell(seen, "PREPARE", 2, 1, "stock")).contains("YES");
        assertThat(tell(seen, "PREPARE", 2, 1, "stock")).contains("YES");
        assertThat(tell(seen, "PREPARE", 1, 1, "stock"))
                .as("of an older term than seen")
                .contains("\"replies\": []");
        assertThat(tell(unseen, "PREPARE", 2, 2, "stock")).contains("NO");
        assertThat(tell(unseen, "PREPARE", 2, 1, "stock")).as("remembered").contains("NO");
        assertThat(free()).isEqualTo(95);
    }

    @Test
    void theParticipantRemembersAnAbortOfWhatItHasNeverHeardOf() throws Exception {
        String id = begin();

        assertThat(tell(id, "ABORT", 1, 0, "stock")).contains("ACK");

        assertThat(reserve(id).statusCode()).isEqualTo(409);
        assertThat(tell(id, "PREPARE", 1, 0, "stock")).contains("NO");
        assertThat(free()).isEqualTo(100);
    }

    @Test
    void theParticipantRollsBackWhenTheCommitIsNotOfItsBranch() throws Exception {
        String id = begin();
        reserve(id);
        tell(id, "PREPARE", 1, 1, "stock");

        assertThat(tell(id, "COMMIT", 1, 1, "shop")).contains("ACK");

        assertThat(free()).isEqualTo(100);
        assertThat(tell(id, "COMMIT", 1, 1, "stock")).contains("\"replies\": []");
    }

    @Test
    void theParticipantCommitsOnceAndAcknowledgesTwice() throws Exception {
        String id = begin();
        reserve(id);
        tell(id, "PREPARE", 1, 1, "stock");

        assertThat(tell(id, "COMMIT", 1, 1, "stock")).contains("ACK");
        assertThat(tell(id, "COMMIT", 1, 1, "stock")).contains("ACK");
        assertThat(tell(id, "NEWS", 1, 1, "stock")).as("an unknown type").contains("\"replies\": []");

        assertThat(processes.get(stock).body()).isEqualTo("{\"free\": 95, \"sold\": 5}");
    }

    private String begin() throws IOException {
        String begun = processes.post(coordinator + "/v1/transactions", "{}").body();
        return begun.replaceAll(".*\"id\":\"([^\"]*)\".*", "$1");
    }

    private HttpResponse<String> reserve(String id) throws IOException {
        return processes.post(stock + "/reserve", "{\"quantity\":5}", "Assent-Transaction", id);
    }

    /** Sends the participant a message, as the coordinator of this term would, and returns the body of its answer. */
    private String tell(String id, String type, int term, int calls, String member) throws IOException {
        String message = """
                {"messages":[{"transaction":"%s","branch":"stock","type":"%s","protocol":"TWO_PHASE","term":%d,
                "calls":%d,"participants":[{"participant":"%s"}]}]}""".formatted(id, type, term, calls, member);
        return processes.post(stock + "/assent", message).body();
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
