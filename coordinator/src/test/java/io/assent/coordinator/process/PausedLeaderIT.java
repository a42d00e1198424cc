package io.assent.coordinator.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader that stands still without knowing, is replaced, and goes on, tells nothing that is not true any more. */
class PausedLeaderIT {

    private static final int NODES = 3;

    @TempDir
    Path directory;

    private final List<Process> nodes = new ArrayList<>();
    private final List<String> urls = new ArrayList<>();
    private Processes processes;

    @BeforeEach
    void startThree() throws IOException {
        processes = new Processes(directory);
        List<Integer> ports = Processes.freePorts(2 * NODES);
        List<String> cluster = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            urls.add("http://127.0.0.1:" + ports.get(i));
            String node = "--assent.cluster.nodes[" + i + "].";
            cluster.add(node + "id=n" + i);
            cluster.add(node + "url=" + urls.get(i));
            cluster.add(node + "raft=127.0.0.1:" + ports.get(NODES + i));
        }
        for (int i = 0; i < NODES; i++) {
            List<String> properties = new ArrayList<>(cluster);
            properties.add("--server.port=" + ports.get(i));
            properties.add("--assent.node.id=n" + i);
            properties.add("--assent.node.data-dir=" + directory.resolve("data-n" + i));
            nodes.add(processes.startCoordinator("n" + i, properties));
        }
        urls.forEach(processes::awaitReady);
    }

    @AfterEach
    void endThem() {
        processes.close();
    }

    @Test
    void aPausedLeaderIsReplacedAndAnswersNothingStaleWhenItGoesOn() throws Exception {
        int old = awaitLeaderOtherThan(-1, 0);
        String open = begin(urls.get(old));
        signal("-STOP", old);
        int witness = (old + 1) % NODES;
        int next = awaitLeaderOtherThan(old, witness);

        String committed = begin(urls.get(witness));
        assertThat(commit(urls.get(next), committed).statusCode()).isEqualTo(200);
        assertThat(text("code", read(urls.get(witness), open, "linearizable").body()))
                .isEqualTo("COORDINATOR_LOST");

        signal("-CONT", old);
        // Until it has heard of its successor it must say that it does not know; never what it knew.
        for (String level : List.of("linearizable", "bounded")) {
            assertNotStale(read(urls.get(old), open, level), "ABORTED");
            assertNotStale(read(urls.get(old), committed, level), "COMMITTED");
        }
        HttpResponse<String> tooLate = commit(urls.get(old), open);
        assertThat(tooLate.statusCode()).as(tooLate.body()).isIn(202, 409, 503);

        processes.await("the old leader tells the abort", () -> isAborted(old, open));
        processes.await(
                "the old leader has the commit",
                () -> outcome(old, committed, "local").equals("COMMITTED"));
        assertThat(text("code", read(urls.get(next), open, "linearizable").body()))
                .isEqualTo("COORDINATOR_LOST");
    }

    private static void assertNotStale(HttpResponse<String> answer, String truth) {
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 202, 503);
        if (answer.statusCode() == 200) {
            assertThat(text("outcome", answer.body())).isEqualTo(truth);
        }
    }

    private boolean isAborted(int node, String id) {
        try {
            HttpResponse<String> answer = commit(urls.get(node), id);
            return answer.statusCode() == 409
                    && answer.body().contains("transaction-aborted")
                    && outcome(node, id, "linearizable").equals("ABORTED");
        } catch (IOException e) {
            return false;
        }
    }

    private String outcome(int node, String id, String level) {
        try {
            return text("outcome", read(urls.get(node), id, level).body());
        } catch (IOException e) {
            return "";
        }
    }

    /** The leader as the witness sees it, once it is another node than this one. */
    private int awaitLeaderOtherThan(int node, int witness) {
        List<Integer> seen = new ArrayList<>();
        processes.await("another leader", () -> {
            String leader = leader(urls.get(witness));
            if (!leader.matches("n[0-9]") || leader.equals("n" + node)) {
                return false;
            }
            seen.add(Integer.parseInt(leader.substring(1)));
            return true;
        });
        return seen.getLast();
    }

    private String leader(String url) {
        try {
            return text("leader", processes.get(url + "/v1/cluster").body());
        } catch (IOException e) {
            return "";
        }
    }

    private void signal(String signal, int node) throws IOException, InterruptedException {
        processes.run(List.of("kill", signal, Long.toString(nodes.get(node).pid())));
    }

    /** Begins, asking again while an election is under way. */
    private String begin(String url) {
        List<String> ids = new ArrayList<>();
        processes.await("a begin at " + url, () -> {
            try {
                HttpResponse<String> answer = processes.post(url + "/v1/transactions", "{\"timeout\":\"PT10M\"}");
                ids.add(text("id", answer.body()));
                return answer.statusCode() == 201;
            } catch (IOException e) {
                return false;
            }
        });
        return ids.getLast();
    }

    private HttpResponse<String> commit(String url, String id) throws IOException {
        return processes.post(url + "/v1/transactions/" + id + "/commit", "{\"branches\":[],\"wait\":\"PT5S\"}");
    }

    private HttpResponse<String> read(String url, String id, String level) throws IOException {
        return processes.get(url + "/v1/transactions/" + id + "?consistency=" + level);
    }

    /** The value of the first field of this name that is a text, or nothing. */
    private static String text(String field, String json) {
        Matcher matcher = Pattern.compile("\"" + field + "\":\"([^\"]*)\"").matcher(json);
        return matcher.find() ? matcher.group(1) : "";
    }
}
