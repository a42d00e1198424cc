package io.assent.coordinator.consultation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.coordinator.acceptor.AcceptorRefusedException;
import io.assent.coordinator.acceptor.AcceptorStoreSettings;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Births;
import io.assent.protocol.Protocol;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.Ballot;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rule Q1: which storage a node serves, and when it must not. */
class OwnAcceptorTest {

    private static final AcceptorId OTHER = new AcceptorId("n1", 0xab);

    @TempDir
    private Path data;

    private final ScriptedLog log = new ScriptedLog();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<String> ends = new ArrayList<>();
    private OwnAcceptor acceptor;

    private OwnAcceptor fresh() {
        return new OwnAcceptor(
                log,
                AcceptorStoreSettings.of(directory(), "n1", Births.GROUP),
                (reason, cause) -> ends.add(reason),
                new AcceptorMetrics(meters));
    }

    private Path directory() {
        return data.resolve("acceptors");
    }

    @BeforeEach
    void placeIt() {
        acceptor = fresh();
    }

    @AfterEach
    void close() {
        acceptor.close();
    }

    private void logNames(AcceptorId id) {
        log.apply(new LogRecord.Acceptors(new AcceptorList(List.of(new AcceptorList.Entry(id, "http://n1")))));
    }

    private AcceptorId founded() {
        log.isCaughtUp();
        acceptor.start();
        acceptor.watch();
        AcceptorId self = acceptor.self();
        assertThat(self).isNotNull();
        return self;
    }

    private void restart() {
        acceptor.close();
        acceptor = fresh();
    }

    @Test
    void aStorageIsFoundedOnlyWhenTheLogIsReadToItsEnd() {
        acceptor.start();
        acceptor.watch();
        assertThat(acceptor.self()).isNull();
        assertThat(directory()).doesNotExist();

        log.isCaughtUp();
        acceptor.watch();

        assertThat(acceptor.self()).isNotNull();
    }

    @Test
    void aWipedStorageThatTheLogNamesIsNotFoundedAnew() {
        acceptor.start();
        logNames(OTHER);
        log.isCaughtUp();

        acceptor.watch();

        assertThat(acceptor.self()).isNull();
        assertThat(ends).singleElement().asString().contains(OTHER.toString()).contains("assent.cluster.join");
    }

    @Test
    void aWipedStorageThatAnotherNodeKnowsRefusesTheStart() {
        assertThatThrownBy(() -> acceptor.refuse(OTHER))
                .isInstanceOf(AcceptorRefusedException.class)
                .hasMessageContaining(OTHER.toString());
    }

    @Test
    void aStorageIsOpenedWithTheNodeAndStaysTheSame() {
        AcceptorId self = founded();
        logNames(self);
        restart();

        acceptor.start();

        assertThat(acceptor.self()).isEqualTo(self);
        assertThat(ends).isEmpty();
    }

    @Test
    void anotherStorageThanTheLogNamesRefusesTheStart() {
        founded();
        logNames(OTHER);
        restart();

        assertThatThrownBy(() -> acceptor.start())
                .isInstanceOf(AcceptorRefusedException.class)
                .hasMessageContaining(OTHER.toString());
    }

    @Test
    void theProcessEndsWhenTheLogComesToNameAnotherStorage() {
        AcceptorId self = founded();
        acceptor.watch();
        assertThat(ends).isEmpty();
        logNames(OTHER);

        acceptor.watch();

        assertThat(ends).singleElement().asString().contains(OTHER.toString()).contains(self.toString());
    }

    @Test
    void aGroupWithoutAcceptorsIsNotHarmedByAStorageThatCannotBeOpened() throws IOException {
        founded();
        Files.writeString(directory().resolve("acceptor"), "nonsense");
        restart();

        acceptor.start();
        acceptor.watch();

        assertThat(acceptor.self()).isNull();
        assertThat(ends).isEmpty();
    }

    @Test
    void aGroupWithAcceptorsNeedsItsStorage() throws IOException {
        logNames(founded());
        Files.writeString(directory().resolve("acceptor"), "nonsense");
        restart();

        assertThatThrownBy(() -> acceptor.start()).isInstanceOf(AcceptorRefusedException.class);
    }

    @Test
    void whatIsAskedBeforeItIsOpenOrAfterItIsClosedIsRefused() {
        AcceptorRequest request = new AcceptorRequest.Phase1a(Births.born(5, 1, Protocol.PAXOS_COMMIT), new Ballot(3));

        assertRefused(request);
        founded();
        assertThat(acceptor.submit(request)).succeedsWithin(Duration.ofSeconds(30));
        acceptor.close();
        assertRefused(request);
        assertThat(meters.get("assent.acceptor.requests")
                        .tags("kind", "promise", "result", "done")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    private void assertRefused(AcceptorRequest request) {
        assertThatThrownBy(() -> acceptor.submit(request).get())
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(OwnAcceptor.NotOpenException.class);
    }
}
