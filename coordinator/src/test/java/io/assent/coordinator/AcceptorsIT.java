package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.assent.coordinator.acceptor.AcceptorRefusedException;
import io.assent.coordinator.membership.NotAdmittedException;
import io.assent.coordinator.runtime.Acceptors;
import io.assent.coordinator.runtime.AcceptorsOfGroup;
import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Logs;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** The acceptors of three real nodes: they find each other, and one that lost its storage does not come back (Q1). */
class AcceptorsIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    private ThreeNodes nodes;

    @BeforeEach
    void startAll() {
        nodes = new ThreeNodes(directory);
        nodes.startAll();
    }

    @AfterEach
    void stopAll() {
        nodes.close();
    }

    private Acceptors acceptors(int number) {
        return nodes.context(number).getBean(AcceptorsOfGroup.class).of(0);
    }

    private AcceptorList discovered(int by) {
        return await().atMost(PATIENCE)
                .until(() -> acceptors(by).discover().join(), Optional::isPresent)
                .orElseThrow();
    }

    private List<Log> logs() {
        return nodes.contexts().stream()
                .map(node -> node.getBean("logs", Logs.class).hosted().getFirst())
                .toList();
    }

    /** The leader has its log name the acceptors before the first transaction of its term is born (Q2). */
    private void beginUnderPaxosCommit() {
        await().atMost(PATIENCE)
                .until(() -> nodes.api(1)
                                .post("/v1/transactions", "{'protocol':'PAXOS_COMMIT'}")
                                .status()
                        == 201);
        await().atMost(PATIENCE)
                .until(() -> logs().stream()
                        .noneMatch(log -> log.state().acceptors().all().isEmpty()));
    }

    @Test
    void everyNodeFindsTheSameAcceptorsAndALostOneIsNotFoundedAnew_Q1() throws IOException {
        AcceptorList found = discovered(1);
        assertThat(found.size()).isEqualTo(3);
        assertThat(discovered(2)).isEqualTo(found);
        assertThat(discovered(3)).isEqualTo(found);
        beginUnderPaxosCommit();
        assertThat(logs().getFirst().state().acceptors().all().values()).containsOnly(found);
        AcceptorId third = acceptors(3).self();

        nodes.stop(3);
        Path storage = nodes.dataOf(3).resolve("acceptors").resolve("group-0");
        Path elsewhere = directory.resolve("elsewhere");
        Files.move(storage, elsewhere);
        assertThatThrownBy(() -> nodes.start(3))
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
        nodes.start(3);
        assertThat(discovered(3)).isEqualTo(found);
    }

    /** Its log would vote in terms in which it has voted, and acknowledge what it forgets. */
    @Test
    void aNodeThatLostEverythingTakesNoPartInItsGroup_Q1() throws IOException {
        await().atMost(PATIENCE)
                .until(() ->
                        logs().stream().allMatch(log -> log.state().holders().contains("n3")));
        nodes.stop(3);
        Path data = nodes.dataOf(3);
        FileSystemUtils.deleteRecursively(data);

        for (int times = 0; times < 2; times++) {
            assertThatThrownBy(() -> nodes.start(3))
                    .hasRootCauseInstanceOf(NotAdmittedException.class)
                    .rootCause()
                    .hasMessageContaining("replica n3 has had data of group 0");
            assertThat(data.resolve("raft")).doesNotExist();
        }
    }
}
