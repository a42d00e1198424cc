package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.assent.protocol.api.ProblemType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Three real nodes in one process: any of them answers any request, and says what it can when it is alone. */
class ThreeNodesIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String[] BEARER = {"Authorization", "Bearer " + SECRET};

    @TempDir
    private Path directory;

    private final Map<String, ConfigurableApplicationContext> nodes = new TreeMap<>();
    private final List<Integer> ports = freePorts(6);

    private static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<Integer> free =
                    sockets.stream().map(ServerSocket::getLocalPort).toList();
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            return free;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void start(int number) {
        List<String> settings = new ArrayList<>(List.of(
                "--server.port=" + ports.get(number - 1),
                "--assent.node.id=n" + number,
                "--assent.node.data-dir=" + directory.resolve("n" + number),
                "--assent.cluster.groups=2",
                "--assent.security.secret=" + SECRET));
        for (int i = 0; i < 3; i++) {
            String node = "--assent.cluster.nodes[" + i + "].";
            settings.add(node + "id=n" + (i + 1));
            settings.add(node + "url=http://127.0.0.1:" + ports.get(i));
            settings.add(node + "raft=127.0.0.1:" + ports.get(i + 3));
        }
        nodes.put(
                "n" + number,
                new SpringApplicationBuilder(CoordinatorApplication.class).run(settings.toArray(String[]::new)));
    }

    private Api node(int number) {
        return new Api(ports.get(number - 1));
    }

    private void awaitReady(int number) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(300))
                .until(() -> node(number).get("/actuator/health/readiness").status() == 200);
    }

    @BeforeEach
    void startAll() {
        for (int i = 1; i <= 3; i++) {
            start(i);
        }
        for (int i = 1; i <= 3; i++) {
            awaitReady(i);
        }
    }

    @AfterEach
    void stopAll() {
        nodes.values().forEach(ConfigurableApplicationContext::close);
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
        nodes.remove("n1").close();

        node(2).post("/v1/transactions", "", with("Idempotency-Key", "k")).expect(201);

        nodes.remove("n2").close();
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
