package io.assent.bank.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/**
 * While two banks move money, the leader stands still for ten seconds and goes on, and then a follower loses what it had
 * promised, and then everything. The others go on, and what they know keeps the wiped one out, until it comes back as a
 * new replica.
 */
class CoordinatorPausedAndWipedIT {

    /** Ten times what an election takes at most. */
    private static final int STANDSTILL_SECONDS = 10;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private Town town;
    private BusyTown busy;

    @AfterEach
    void stopTheTown() {
        if (town != null) {
            town.stop();
        }
    }

    @Test
    void aPausedLeaderComesBackAsAFollowerAndAWipedFollowerAsANewReplicaOnly_Q1() throws Exception {
        town = new Town(QuickJar.coordinator().program(), QuickJar.bank().program(), directory);
        town.all().forEach(Server::start);
        busy = new BusyTown(town, BusyTown.PROTOCOLS);
        town.all().forEach(busy::awaitReady);
        busy.open();
        Testimony testimony = new Testimony(busy, town.banks());

        busy.whileBusy(() -> {
            busy.awaitTransfer();
            pauseTheLeader(testimony);
            busy.awaitTransferUnder(Protocol.PAXOS_COMMIT);
            Server leader = busy.awaitLeader(town.coordinators());
            Server victim = others(leader).getFirst();
            loseItsAcceptors(victim);
            loseEverything(victim);
            comeBackAnew(victim);
        });

        busy.checkWhatIsLeft();
        testimony.check();
    }

    private List<Server> others(Server coordinator) {
        List<Server> others = new ArrayList<>(town.coordinators());
        others.remove(coordinator);
        return others;
    }

    private void pauseTheLeader(Testimony testimony) throws Exception {
        Server old = busy.awaitLeader(town.coordinators());
        signal("-STOP", old);
        CompletableFuture<Void> standstill = CompletableFuture.runAsync(
                () -> {}, CompletableFuture.delayedExecutor(STANDSTILL_SECONDS, TimeUnit.SECONDS));
        try {
            busy.awaitLeader(others(old));
            busy.awaitTransfer();
            standstill.join();
        } finally {
            signal("-CONT", old);
        }
        // It may still think that it leads.
        testimony.hear(old, busy.lastTransfers());
        busy.awaitFollower(old);
        testimony.hear(old, busy.lastTransfers());
        busy.awaitTransfer();
    }

    private static void signal(String signal, Server server) throws Exception {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(server.pid()))
                .inheritIO()
                .start();
        assertThat(kill.waitFor()).as("kill %s", signal).isZero();
    }

    /** It comes back when it has found them again, and not before. */
    private void loseItsAcceptors(Server victim) throws IOException {
        Path acceptors = town.dataOf(victim.name()).resolve("acceptors");
        Path elsewhere = directory.resolve("elsewhere");
        victim.kill();
        Files.move(acceptors, elsewhere);
        victim.start();
        awaitRefusal(victim, "The group knows this replica as acceptor " + victim.name());
        FileSystemUtils.deleteRecursively(acceptors);
        Files.move(elsewhere, acceptors);
        victim.start();
        busy.awaitReady(victim);
        busy.awaitTransfer();
    }

    /** It does not come back under its old name, however often somebody starts it, and takes no part in an election meanwhile. */
    private void loseEverything(Server victim) throws IOException {
        Path data = town.dataOf(victim.name());
        victim.kill();
        FileSystemUtils.deleteRecursively(data);
        for (int times = 0; times < 2; times++) {
            victim.start();
            awaitRefusal(victim, "replica " + victim.name() + " has had data of group 0");
            assertThat(data.resolve("raft")).doesNotExist();
        }
        busy.awaitTransfer();
    }

    /** The groups live on it: one more of the old replicas dies, and without the new one there would be no majority. */
    private void comeBackAnew(Server victim) {
        Server leader = busy.awaitLeader(others(victim));
        victim.start("--assent.cluster.join=" + leader.url());
        busy.awaitReady(victim);
        assertThat(town.dataOf(victim.name()).resolve("node")).content().contains("replica=" + victim.name() + "~");
        // Another term, which another node may lead, has the new acceptor; everybody has to say who it is before.
        Patience.until("a leader names the new acceptor", BusyTown.HIT, () -> {
            Server present = busy.awaitLeader(town.coordinators());
            return busy.knowsNewAcceptor(present, victim);
        });
        Server third = others(victim).stream()
                .filter(server -> server != busy.awaitLeader(town.coordinators()))
                .findFirst()
                .orElseThrow();
        third.kill();
        busy.awaitLeader(others(third));
        BusyTown.PROTOCOLS.forEach(busy::awaitTransferUnder);
        third.start();
        busy.awaitReady(third);
        // It keeps its new name without being told again.
        victim.kill();
        victim.start();
        busy.awaitReady(victim);
    }

    private static void awaitRefusal(Server victim, String reason) {
        Patience.until(victim.name() + " has ended", BusyTown.START, () -> !victim.isAlive());
        assertThat(victim.exitStatus()).as("status of %s", victim.name()).isEqualTo(1);
        assertThat(victim.lastWords()).contains(reason).contains("assent.cluster.join");
    }
}
