package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.assent.protocol.api.ProblemType;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three real nodes in one process: any of them answers any request, and says what it can when it is alone. */
class ThreeNodesIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String[] BEARER = {"Authorization", "Bearer " + SECRET};

    @TempDir
    private Path directory;

    private ThreeNodes nodes;

    private Api node(int number) {
        return nodes.api(number);
    }

    private void awaitReady(int number) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(300))
                .until(() -> node(number).get("/actuator/health/readiness").status() == 200);
    }

    @BeforeEach
    void startAll() {
        nodes = new ThreeNodes(directory, "--assent.cluster.groups=2", "--assent.security.secret=" + SECRET);
        nodes.startAll();
        for (int i = 1; i <= 3; i++) {
            awaitReady(i);
        }
    }

    @AfterEach
    void stopAll() {
        nodes.close();
    }

    @Test
    void anyNodeAnswersAnyRequestAndSaysWhoLeads() {
        for (int i = 1; i <= 3; i++) {
            String key = "key-" + i;
            Api.Reply begun = node(i).post("/v1/transactions", "", with("Idempotency-Key", key))
                    .expect(201);
            String id = begun.text("/id");
            for (int other = 1; other <= 3; other++) {
                Api.Reply again = node(other).post("/v1/transactions", "", with("Idempotency-Key", key));
                assertThat(again.expect(200).text("/id")).isEqualTo(id);
                Api.Reply read =
                        node(other).get("/v1/transactions/" + id, BEARER).expect(200);
                assertThat(read.text("/state")).isEqualTo("ACTIVE");
                assertThat(read.header("Assent-Leader")).isEqualTo(begun.header("Assent-Leader"));
            }
            Api.Reply committed = node(i % 3 + 1)
                    .post("/v1/transactions/" + id + "/commit", "{'branches':[]}", BEARER)
                    .expect(200);
            String index = committed.header("Assent-Index").orElseThrow();
            for (int other = 1; other <= 3; other++) {
                Api.Reply local =
                        node(other).get("/v1/transactions/" + id + "?consistency=local&minIndex=" + index, BEARER);
                assertThat(local.expect(200).text("/outcome")).isEqualTo("COMMITTED");
            }
        }
    }

    private static String[] with(String name, String value) {
        return new String[] {BEARER[0], BEARER[1], name, value};
    }

    @Test
    void theClusterIsShownWhole() {
        Api.Reply cluster = node(2).get("/v1/cluster", BEARER).expect(200);

        for (int i = 0; i < 3; i++) {
            assertThat(cluster.text("/nodes/" + i + "/state")).isEqualTo("UP");
        }
        for (int group = 0; group < 2; group++) {
            assertThat(cluster.text("/groups/" + group + "/leader")).startsWith("n");
            assertThat(cluster.text("/groups/" + group + "/incarnation")).hasSize(16);
            assertThat(cluster.body().at("/groups/" + group + "/replicas")).hasSize(3);
        }
        assertThat(node(1).get("/v1/cluster/slots", BEARER).expect(200).body().at("/slots"))
                .hasSize(2);
    }

    @Test
    void aNodeThatStopsHandsOverAndOneThatIsLeftAloneSaysSo() {
        String id = node(1).post("/v1/transactions", "", BEARER).expect(201).text("/id");
        node(1).post("/v1/transactions/" + id + "/commit", "{'branches':[]}", BEARER)
                .expect(200);
        await().atMost(PATIENCE)
                .until(() -> node(3).get("/v1/transactions/" + id + "?consistency=local", BEARER)
                                .status()
                        == 200);
        nodes.stop(1);

        node(2).post("/v1/transactions", "", with("Idempotency-Key", "k")).expect(201);

        nodes.stop(2);
        await().atMost(PATIENCE)
                .until(() -> node(3).post("/v1/transactions", "", BEARER).status() == 503);
        node(3).post("/v1/transactions", "", BEARER).expect(ProblemType.NO_QUORUM);
        node(3).get("/v1/transactions/" + id, BEARER).expect(200);
        node(3).post("/v1/transactions/" + id + "/commit", "", BEARER).expect(200);
        node(3).get("/actuator/health/readiness").expect(200);
        node(3).get("/actuator/health/cluster", BEARER).expect(503);
        assertThat(node(3).get("/v1/cluster", BEARER).expect(200).text("/nodes/0/state"))
                .isEqualTo("DOWN");
        node(3).post("/v1/transactions", "").expect(ProblemType.UNAUTHENTICATED);
    }
}
