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
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

/**
 * A bank dies before and after every durable step of its branches, every message, every call and every question to the
 * coordinators, one point after the other, while both banks transfer money; each bank goes through half of the points.
 * Every transaction ends everywhere the same, and no row stays locked.
 *
 * <p>Run on demand only, with {@code -Dassent.test.bank-crash-tour=true}, because it fails by now: all points are hit and
 * no row stays locked, but of some thousand transactions a few are torn, with no fact at the bank that lost its branch.
 * H2 alone, killed while twelve connections prepared and committed, lost one of 10,778 branches for which prepare had
 * returned; whether that is the whole cause is not known.
 */
@EnabledIfSystemProperty(named = "assent.test.bank-crash-tour", matches = "true")
class BankCrashTourIT {

    private static final BigDecimal OPENING = new BigDecimal("100.00");
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration HIT = Duration.ofMinutes(1);

    /** Every point that a participant of two-phase commit passes. */
    private static final List<String> POINTS = Stream.of(
                    points(List.of("received", "answering", "answered"), List.of("call", "prepare", "commit")),
                    points(List.of("received", "answering", "answered"), List.of("commit-one-phase", "abort")),
                    points(List.of("before", "after"), List.of("begin", "prepare", "commit", "commit-one-phase")),
                    points(List.of("before", "after"), List.of("roll-back-live", "roll-back", "tombstone", "learn")),
                    points(List.of("before-asking", "after-asking"), List.of("begin", "commit", "abort", "lookup")))
            .flatMap(points -> points)
            .toList();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private final Questions questions = Questions.patient(Duration.ofSeconds(5));
    private final RestClient http = Questions.client(Duration.ofSeconds(10)).build();
    private Town town;

    private static Stream<String> points(List<String> times, List<String> steps) {
        return steps.stream().flatMap(step -> times.stream().map(time -> time + "-" + step));
    }

    @BeforeEach
    void startTheTown() throws IOException {
        Path crashing = directory.resolve("crashing-bank.jar");
        CrashingJar.write(
                Path.of("target", "assent-bank.jar"), Path.of("target", "assent-bank-crash-points.jar"), crashing);
        town = new Town(Path.of("..", "coordinator", "target", "assent-coordinator.jar"), crashing, directory);
        for (Server bank : town.banks()) {
            Files.createDirectories(pointsOf(bank));
        }
        town.all().forEach(Server::start);
        town.all().forEach(this::awaitReady);
        for (Server bank : town.banks()) {
            for (String account : accounts()) {
                open(bank, account);
            }
        }
    }

    private static List<String> accounts() {
        List<String> accounts = new ArrayList<>();
        for (int number = 0; number < Traffic.ACCOUNTS; number++) {
            accounts.add(Traffic.account(number));
        }
        for (int number = 0; number < Errands.ACCOUNTS; number++) {
            accounts.add(Errands.account(number));
        }
        return accounts;
    }

    private void open(Server bank, String account) {
        http.put()
                .uri(bank.url() + "/accounts/" + account)
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of("balance", OPENING))
                .retrieve()
                .toBodilessEntity();
    }

    @AfterEach
    void stopTheTown() {
        if (town != null) {
            town.stop();
        }
    }

    @Test
    void everyTransactionEndsEverywhereTheSameWhereverABankDies() throws Exception {
        Traffic traffic = new Traffic(town);
        List<Errands> errands = town.banks().stream()
                .map(bank -> new Errands(bank, town.coordinators().getFirst()))
                .toList();
        traffic.start();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> errandsRun = new ArrayList<>();
            errands.forEach(errand -> errandsRun.add(threads.submit(errand)));
            List<Future<List<String>>> tours = new ArrayList<>();
            for (int half = 0; half < 2; half++) {
                Server bank = town.banks().get(half);
                int first = half;
                tours.add(threads.submit(() -> tour(bank, first)));
            }
            try {
                List<String> hit = new ArrayList<>();
                for (Future<List<String>> tour : tours) {
                    hit.addAll(tour.get());
                }
                assertThat(hit).containsExactlyInAnyOrderElementsOf(POINTS);
                int last = traffic.committed();
                Patience.until("transfers commit after the tour", HIT, () -> traffic.committed() > last);
            } finally {
                errands.forEach(Errands::end);
                traffic.stop();
            }
            for (Future<?> run : errandsRun) {
                run.get();
            }
        }
        checkThatNothingIsLockedOrOwed(errands);
        checkTheBooks(traffic, errands);
    }

    /** Lets the bank die at every second point. */
    private List<String> tour(Server bank, int first) throws IOException {
        List<String> hit = new ArrayList<>();
        for (int i = first; i < POINTS.size(); i += 2) {
            String point = POINTS.get(i);
            Path armed = Files.createFile(pointsOf(bank).resolve(point));
            Patience.until(bank.name() + " dies at " + point, HIT, () -> !bank.isAlive());
            assertThat(armed).as("%s died at this point", bank.name()).doesNotExist();
            hit.add(point);
            bank.start();
            awaitReady(bank);
        }
        return hit;
    }

    private void checkThatNothingIsLockedOrOwed(List<Errands> errands) {
        Patience.until(
                "no bank is in doubt",
                HIT,
                () -> town.banks().stream()
                        .allMatch(bank -> questions.prepared(bank).isEmpty()));
        Patience.until("no coordinator owes anything", HIT, () -> questions.owedBranches(town.coordinators()) == 0);
        for (Errands errand : errands) {
            for (int account = 0; account < Errands.ACCOUNTS; account += 2) {
                int free = account;
                Patience.until("account " + account + " is not locked", HIT, () -> errand.commitOn(free));
            }
        }
    }

    private void checkTheBooks(Traffic traffic, List<Errands> errands) {
        List<Traffic.Attempt> attempts = new ArrayList<>(traffic.attempts());
        errands.forEach(errand -> attempts.addAll(errand.attempts()));
        Set<String> committed = errands.stream()
                .flatMap(errand -> errand.attempts().stream())
                .map(Traffic.Attempt::transaction)
                .filter(id -> id != null && outcome(id).equals("COMMITTED"))
                .collect(Collectors.toSet());
        town.banks().forEach(bank -> bank.stop(30));
        Books books = Books.read(town.databases());
        BigDecimal total = OPENING.multiply(BigDecimal.valueOf(2L * accounts().size()));
        assertThat(books.faultsAgainst(total, attempts)).isEmpty();
        assertThat(books.committed()).containsAll(committed);
    }

    /** What every transaction comes to at last. */
    private String outcome(String id) {
        String[] outcome = new String[1];
        Patience.until("transaction " + id + " ends", HIT, () -> {
            outcome[0] =
                    questions.outcome(town.coordinators(), id, "linearizable").orElse(null);
            return outcome[0] != null;
        });
        return outcome[0];
    }

    private Path pointsOf(Server bank) {
        return directory.resolve(bank.name() + "-crash-points");
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
