package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.assent.coordinator.acceptor.AcceptorRefusedException;
import io.assent.coordinator.runtime.Acceptors;
import io.assent.coordinator.runtime.AcceptorsOfGroup;
import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Logs;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.group.LogRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The acceptors of three real nodes: they find each other, and one that lost its storage does not come back (Q1). */
class AcceptorsIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    private final Map<Integer, ConfigurableApplicationContext> nodes = new TreeMap<>();
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
                "--assent.node.data-dir=" + directory.resolve("n" + number)));
        for (int i = 0; i < 3; i++) {
            String node = "--assent.cluster.nodes[" + i + "].";
            settings.add(node + "id=n" + (i + 1));
            settings.add(node + "url=http://127.0.0.1:" + ports.get(i));
            settings.add(node + "raft=127.0.0.1:" + ports.get(i + 3));
        }
        nodes.put(
                number,
                new SpringApplicationBuilder(CoordinatorApplication.class).run(settings.toArray(String[]::new)));
    }

    @BeforeEach
    void startAll() {
        for (int i = 1; i <= 3; i++) {
            start(i);
        }
    }

    @AfterEach
    void stopAll() {
        nodes.values().forEach(ConfigurableApplicationContext::close);
    }

    private ConfigurableApplicationContext node(int number) {
        ConfigurableApplicationContext node = nodes.get(number);
        assertThat(node).isNotNull();
        return node;
    }

    private Acceptors acceptors(int number) {
        return node(number).getBean(AcceptorsOfGroup.class).of(0);
    }

    private AcceptorList discovered(int by) {
        return await().atMost(PATIENCE)
                .until(() -> acceptors(by).discover().join(), Optional::isPresent)
                .orElseThrow();
    }

    private Log log(int number) {
        return node(number).getBean("logs", Logs.class).hosted().getFirst();
    }

    /** Writes what the leader of PAXOS_COMMIT writes first in its term. */
    private void logNames(AcceptorList acceptors) {
        Log leader = await().atMost(PATIENCE)
                .until(
                        () -> nodes.keySet().stream()
                                .map(this::log)
                                .filter(log -> log.leadership().ready())
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        leader.append(
                new Log.BatchId(Long.MAX_VALUE),
                leader.leadership().term(),
                List.of(new LogRecord.Acceptors(acceptors)));
        await().atMost(PATIENCE)
                .until(() -> nodes.keySet().stream()
                        .noneMatch(
                                number -> log(number).state().acceptors().all().isEmpty()));
    }

    @Test
    void everyNodeFindsTheSameAcceptorsAndALostOneIsNotFoundedAnew_Q1() throws IOException {
        AcceptorList found = discovered(1);
        assertThat(found.size()).isEqualTo(3);
        assertThat(discovered(2)).isEqualTo(found);
        assertThat(discovered(3)).isEqualTo(found);
        logNames(found);
        AcceptorId third = acceptors(3).self();

        node(3).close();
        Path storage = directory.resolve("n3").resolve("acceptors").resolve("group-0");
        Path elsewhere = directory.resolve("elsewhere");
        Files.move(storage, elsewhere);
        assertThatThrownBy(() -> start(3))
                .hasRootCauseInstanceOf(AcceptorRefusedException.class)
                .rootCause()
                .hasMessageContaining(String.valueOf(third))
                .hasMessageContaining("no data");

        // What the refused start had opened is closed again: with its storage the node comes back as the same.
        if (Files.exists(storage)) {
            Files.delete(storage.resolve("lock"));
            Files.delete(storage);
        }
        Files.move(elsewhere, storage);
        start(3);
        assertThat(discovered(3)).isEqualTo(found);
    }
}
