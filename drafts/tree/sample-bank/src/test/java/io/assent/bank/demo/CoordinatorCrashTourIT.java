package io.assent.bank.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * The leading coordinator dies before and after every durable step and every message, one point after the other, while
 * both banks transfer money. Every transaction ends everywhere the same, and no row stays locked.
 */
class CoordinatorCrashTourIT {

    private static final BigDecimal OPENING = new BigDecimal("100.00");
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration HIT = Duration.ofMinutes(1);

    /** Every point that a coordinator of two-phase commit passes. */
    private static final List<String> POINTS = Stream.concat(
                    points(
                            List.of("before-append", "after-append", "applied"),
                            List.of("enrolled", "decided", "acknowledged", "aborted")),
                    points(List.of("before-send", "after-send", "replied"), List.of("prepare", "commit", "abort")))
            .toList();

    @TempDir
    Path directory;

    private final Questions questions = Questions.patient(Duration.ofSeconds(5));
    private final RestClient http = Questions.client(Duration.ofSeconds(10)).build();
    private Town town;

    private static Stream<String> points(List<String> times, List<String> steps) {
        return steps.stream().flatMap(step -> times.stream().map(time -> time + "-" + step));
    }

    @BeforeEach
    void startTheTown() throws IOException {
        Path coordinators = Path.of("..", "coordinator", "target");
        Path crashing = directory.resolve("crashing-coordinator.jar");
        CrashingJar.write(
                coordinators.resolve("assent-coordinator.jar"),
                coordinators.resolve("assent-coordinator-crash-points.jar"),
                crashing);
        town = new Town(crashing, Path.of("target", "assent-bank.jar"), directory);
        for (Server coordinator : town.coordinators()) {
            Files.createDirectories(pointsOf(coordinator));
        }
        town.all().forEach(Server::start);
        town.all().forEach(this::awaitReady);
        for (Server bank : town.banks()) {
            for (int number = 0; number < Traffic.ACCOUNTS; number++) {
                http.put()
                        .uri(bank.url() + "/accounts/" + Traffic.account(number))
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(Map.of("balance", OPENING))
                        .retrieve()
                        .toBodilessEntity();
            }
        }
    }

    @AfterEach
    void stopTheTown() {
        if (town != null) {
            town.stop();
        }
    }

    @Test
    void everyTransactionEndsEverywhereTheSameWhereverTheLeaderDies() throws Exception {
        Traffic traffic = new Traffic(town);
        AtomicBoolean over = new AtomicBoolean();
        Thread refused = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                commitWhatIsToBeRefused();
            }
        });
        traffic.start();
        List<String> hit = new ArrayList<>();
        for (String point : POINTS) {
            int before = traffic.committed();
            Patience.until("a transfer commits before " + point, HIT, () -> traffic.committed() > before);
            dieAt(point);
            hit.add(point);
        }
        int last = traffic.committed();
        Patience.until("transfers commit after the tour", HIT, () -> traffic.committed() > last);
        over.set(true);
        refused.join();
        traffic.stop();

        assertThat(hit).isEqualTo(POINTS);
        Patience.until(
                "no bank is in doubt",
                HIT,
                () -> town.banks().stream()
                        .allMatch(bank -> questions.prepared(bank).isEmpty()));
        Patience.until("no coordinator owes anything", HIT, () -> questions.owedBranches(town.coordinators()) == 0);
        town.banks().forEach(bank -> bank.stop(30));
        Books books = Books.read(town.databases());
        BigDecimal total = OPENING.multiply(BigDecimal.valueOf(2L * Traffic.ACCOUNTS));
        assertThat(books.faultsAgainst(total, traffic.attempts())).isEmpty();
    }

    /** Arms the point at the leader, waits for its death, and brings it back. */
    private void dieAt(String point) throws IOException {
        Server leader = leader();
        Path armed = Files.createFile(pointsOf(leader).resolve(point));
        Patience.until(leader.name() + " dies at " + point, HIT, () -> !leader.isAlive());
        assertThat(armed).as("the process died at this point").doesNotExist();
        leader.start();
        awaitReady(leader);
    }

    private Server leader() {
        String[] name = new String[1];
        Patience.until("somebody leads", HIT, () -> {
            name[0] = town.coordinators().stream()
                    .flatMap(coordinator -> questions.leader(coordinator).stream())
                    .findFirst()
                    .orElse(null);
            return name[0] != null;
        });
        return town.coordinator(name[0]);
    }

    /** A branch whose call count is wrong is voted down after PREPARE: an abort that needs a record (L8). */
    private void commitWhatIsToBeRefused() {
        Server bank = town.bankA();
        String coordinator = leader().url().toString();
        try {
            Map<?, ?> begun =
                    http.post().uri(coordinator + "/v1/transactions").retrieve().body(Map.class);
            String id = String.valueOf(begun == null ? null : begun.get("id"));
            http.post()
                    .uri(bank.url() + "/accounts/" + Traffic.account(0) + "/credit")
                    .header("Assent-Transaction", id)
                    .header("Assent-Protocol", "TWO_PHASE")
                    .header("Assent-Coordinator", coordinator)
                    .header("Assent-Timeout", "PT20S")
                    .header("Call-Id", UUID.randomUUID().toString())
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(Map.of("amount", "1.00"))
                    .retrieve()
                    .toBodilessEntity();
            Map<String, Object> wrong =
                    Map.of("participant", "bank-a", "endpoint", bank.url() + "/assent/v1/branches", "calls", 99);
            Map<String, Object> other = Map.of(
                    "participant", "bank-b", "endpoint", town.bankB().url() + "/assent/v1/branches", "calls", 99);
            http.post()
                    .uri(coordinator + "/v1/transactions/" + id + "/commit")
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(Map.of("branches", List.of(wrong, other)))
                    .retrieve()
                    .toBodilessEntity();
        } catch (RestClientException e) {
            // Refused, as it must be; or the leader died, which is what the tour is about.
        }
    }

    private Path pointsOf(Server coordinator) {
        return directory.resolve(coordinator.name() + "-crash-points");
    }

    private void awaitReady(Server server) {
        Patience.until(server.name() + " is ready", START, () -> {
            if (!server.isAlive()) {
                throw new DemoException(server.lastWords());
            }
            return questions.isReady(server);
        });
    }
}
