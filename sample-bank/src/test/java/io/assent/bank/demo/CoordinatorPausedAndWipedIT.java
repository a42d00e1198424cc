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
 * promised, and then everything. The others go on, and what they know keeps the wiped one out.
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
    void aPausedLeaderComesBackAsAFollowerAndAWipedFollowerNotAtAll_Q1() throws Exception {
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
        awaitRefusal(victim);
        FileSystemUtils.deleteRecursively(acceptors);
        Files.move(elsewhere, acceptors);
        victim.start();
        busy.awaitReady(victim);
        busy.awaitTransfer();
    }

    /** It never comes back, however often somebody starts it, and takes no part in an election meanwhile. */
    private void loseEverything(Server victim) throws IOException {
        Path data = town.dataOf(victim.name());
        victim.kill();
        FileSystemUtils.deleteRecursively(data);
        for (int times = 0; times < 2; times++) {
            victim.start();
            awaitRefusal(victim);
            assertThat(data.resolve("raft")).doesNotExist();
        }
        busy.awaitTransfer();
    }

    private static void awaitRefusal(Server victim) {
        Patience.until(victim.name() + " has ended", BusyTown.START, () -> !victim.isAlive());
        assertThat(victim.exitStatus()).as("status of %s", victim.name()).isEqualTo(1);
        assertThat(victim.lastWords())
                .contains("The group knows this replica as acceptor " + victim.name())
                .contains("do not start this replica under its old id");
    }
}
