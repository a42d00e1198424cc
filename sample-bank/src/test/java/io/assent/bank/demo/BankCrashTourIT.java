package io.assent.bank.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bank dies before and after every durable step of its branches, every message, every call and every question to the
 * coordinators, one point after the other, while both banks transfer money; each bank goes through half of the points.
 * Every transaction ends everywhere the same, and no row stays locked.
 */
class BankCrashTourIT {

    private static final Path CRASH_POINTS = Path.of("target", "assent-bank-crash-points.jar");

    /** Every point that a participant of the protocols under way passes. */
    private static final List<String> POINTS = Stream.of(
                    points(
                            List.of("received", "answering", "answered"),
                            List.of("call", "prepare", "pre-commit", "commit")),
                    points(List.of("received", "answering", "answered"), List.of("commit-one-phase", "abort")),
                    points(
                            List.of("before", "after"),
                            List.of("begin", "prepare", "known", "commit", "commit-one-phase")),
                    points(List.of("before", "after"), List.of("roll-back-live", "roll-back", "tombstone", "learn")),
                    points(List.of("before-asking", "after-asking"), List.of("begin", "commit", "abort", "lookup")),
                    points(
                            List.of("before", "after"),
                            BusyTown.PROTOCOLS.contains(Protocol.PAXOS_COMMIT) ? List.of("direct-vote") : List.of()))
            .flatMap(points -> points)
            .toList();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private Town town;
    private BusyTown busy;

    private static Stream<String> points(List<String> times, List<String> steps) {
        return steps.stream().flatMap(step -> times.stream().map(time -> time + "-" + step));
    }

    @BeforeEach
    void startTheTown() throws IOException {
        town = new Town(
                Server.program(QuickJar.SHIPPED_COORDINATOR), QuickJar.bank().programWith(CRASH_POINTS), directory);
        for (Server bank : town.banks()) {
            Files.createDirectories(pointsOf(bank));
        }
        town.all().forEach(Server::start);
        busy = new BusyTown(town, BusyTown.PROTOCOLS);
        town.all().forEach(busy::awaitReady);
        busy.open();
    }

    @AfterEach
    void stopTheTown() {
        if (town != null) {
            town.stop();
        }
    }

    @Test
    void everyTransactionEndsEverywhereTheSameWhereverABankDies() throws Exception {
        List<String> hit = new ArrayList<>();
        busy.whileBusy(() -> {
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<List<String>>> tours = new ArrayList<>();
                for (int half = 0; half < 2; half++) {
                    Server bank = town.banks().get(half);
                    int first = half;
                    tours.add(threads.submit(() -> tour(bank, first)));
                }
                for (Future<List<String>> tour : tours) {
                    hit.addAll(tour.get());
                }
            }
        });
        assertThat(hit).containsExactlyInAnyOrderElementsOf(POINTS);
        busy.checkWhatIsLeft();
    }

    /** Lets the bank die at every second point. */
    private List<String> tour(Server bank, int first) throws IOException {
        List<String> hit = new ArrayList<>();
        for (int i = first; i < POINTS.size(); i += 2) {
            String point = POINTS.get(i);
            Path armed = Files.createFile(pointsOf(bank).resolve(point));
            Patience.until(bank.name() + " dies at " + point, BusyTown.HIT, () -> !bank.isAlive());
            assertThat(armed).as("%s died at this point", bank.name()).doesNotExist();
            hit.add(point);
            bank.start();
            busy.awaitReady(bank);
        }
        return hit;
    }

    private Path pointsOf(Server bank) {
        return directory.resolve(bank.name() + "-crash-points");
    }
}
