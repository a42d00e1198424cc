package io.assent.bank.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.participant.initiator.RestCoordinatorClient;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * A town in which both banks transfer money and run errands while somebody lets its servers die, and what must be so
 * when that is over. Limits of time are those of a busy machine.
 */
final class BusyTown {

    static final Duration START = Duration.ofMinutes(2);
    static final Duration HIT = Duration.ofMinutes(2);

    /** What the transfers of a tour run, which lets every kind of server die at every point. */
    static final List<Protocol> PROTOCOLS = List.of(Protocol.values());

    private static final BigDecimal OPENING = new BigDecimal("100.00");

    /** How many are asked about at the same time. */
    private static final int QUESTIONS = 8;

    /** How many branches a coordinator can be asked about in one request. */
    private static final int LOOK_UP = 1_000;

    private final Town town;
    private final Questions questions = Questions.patient(Duration.ofSeconds(10));
    private final RestClient http = Questions.client(Duration.ofSeconds(40)).build();
    private final Traffic traffic;
    private final List<Errands> errands;
    private final List<OwnTransfer> own = new ArrayList<>();

    /** What happens while the banks are busy. */
    @FunctionalInterface
    interface Tour {
        void run() throws Exception;
    }

    /** A town whose transfers run one of these protocols each. */
    BusyTown(Town town, List<Protocol> protocols) {
        this.town = town;
        this.traffic = new Traffic(town, protocols);
        this.errands = town.banks().stream()
                .map(bank -> new Errands(bank, town.coordinators()))
                .toList();
    }

    void awaitReady(Server server) {
        Patience.until(server.name() + " is ready", START, () -> {
            if (!server.isAlive()) {
                throw new DemoException(server.lastWords());
            }
            return questions.isReady(server);
        });
    }

    /** The one of these coordinators that all of them take for the leader, once that is so. */
    Server awaitLeader(List<Server> among) {
        Map<String, Server> byName = among.stream().collect(Collectors.toMap(Server::name, server -> server));
        Set<String> named = new TreeSet<>();
        Patience.until("one of " + byName.keySet() + " leads", HIT, () -> {
            named.clear();
            among.forEach(server -> named.add(questions.leader(server).orElse("")));
            return named.size() == 1 && byName.keySet().containsAll(named);
        });
        return byName.get(named.iterator().next());
    }

    /** Waits until this coordinator says that it follows another one. */
    void awaitFollower(Server coordinator) {
        Patience.until(
                coordinator.name() + " follows",
                HIT,
                () -> questions.role(coordinator).equals(Optional.of("FOLLOWER")));
    }

    /** Whether this coordinator's log names an acceptor of that one which came in the place of a lost one. */
    boolean knowsNewAcceptor(Server coordinator, Server of) {
        String known =
                http.get().uri(coordinator.url() + "/v1/acceptor").retrieve().body(String.class);
        return known != null && known.contains("{\"replica\":\"" + of.name() + "~");
    }

    /** Transfers under two-phase commit that go through these coordinators, and are looked at in the end. */
    OwnTransfer transfersThrough(List<Server> coordinators) {
        OwnTransfer transfers = new OwnTransfer(
                new RestCoordinatorClient(
                        coordinators.stream().map(Server::url).toList(),
                        null,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(20)),
                Protocol.TWO_PHASE);
        own.add(transfers);
        return transfers;
    }

    /** The last transfers that somebody has asked for, as many as may be looked up at once. */
    List<String> lastTransfers() {
        List<String> ids = traffic.attempts().stream()
                .map(Traffic.Attempt::transaction)
                .filter(Objects::nonNull)
                .toList();
        return ids.subList(Math.max(0, ids.size() - LOOK_UP), ids.size());
    }

    /** Transactions whose branches are prepared at the bank. */
    Set<String> prepared(Server bank) {
        return Set.copyOf(questions.prepared(bank));
    }

    /** Opens the accounts at both banks, which are running. */
    void open() {
        for (Server bank : town.banks()) {
            for (String account : accounts()) {
                http.put()
                        .uri(bank.url() + "/accounts/" + account)
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(Map.of("balance", OPENING))
                        .retrieve()
                        .toBodilessEntity();
            }
        }
    }

    private static List<String> accounts() {
        return Stream.concat(
                        Stream.concat(
                                IntStream.range(0, Traffic.ACCOUNTS).mapToObj(Traffic::account),
                                IntStream.range(0, Errands.ACCOUNTS).mapToObj(Errands::account)),
                        OwnTransfer.ACCOUNTS.stream())
                .toList();
    }

    /** Runs the tour while both banks are busy; at its end transfers still commit. */
    void whileBusy(Tour tour) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            traffic.start();
            List<Future<?>> running = new ArrayList<>();
            errands.forEach(errand -> running.add(threads.submit(errand)));
            try {
                tour.run();
                awaitTransfer();
            } finally {
                errands.forEach(Errands::end);
                traffic.stop();
            }
            for (Future<?> run : running) {
                run.get();
            }
        }
    }

    /** Waits until one more transfer has committed. */
    void awaitTransfer() {
        int before = traffic.committed();
        Patience.until("another transfer commits", HIT, () -> traffic.committed() > before);
    }

    /** Waits until one more transfer under this protocol has committed. */
    void awaitTransferUnder(Protocol protocol) {
        int before = traffic.attempts().size();
        Patience.until(
                "another transfer commits under " + protocol,
                HIT,
                () -> traffic.attempts().stream()
                        .skip(before)
                        .filter(attempt -> attempt.told() == Traffic.Told.COMMITTED)
                        .flatMap(attempt -> Stream.ofNullable(attempt.transaction()))
                        .anyMatch(id -> TransactionId.parse(id).protocol() == protocol));
    }

    /** Every transaction has ended, and everywhere the same; nothing is locked, in doubt or owed. Stops the banks. */
    void checkWhatIsLeft() throws Exception {
        Patience.until(
                "no bank is in doubt",
                HIT,
                () -> town.banks().stream()
                        .allMatch(bank -> questions.prepared(bank).isEmpty()));
        Patience.until("no coordinator owes anything", HIT, () -> questions.owedBranches(town.coordinators()) == 0);
        checkThatNothingIsLocked();
        Map<String, String> outcomes = outcomes();
        town.banks().forEach(bank -> bank.stop(30));
        Books books = Books.read(town.databases());
        BigDecimal total = OPENING.multiply(BigDecimal.valueOf(2L * accounts().size()));
        assertThat(books.faultsAgainst(total, attempts())).isEmpty();
        outcomes.forEach((id, outcome) -> assertThat(books.committed().contains(id))
                .as("%s is %s, so it is in the books or not", id, outcome)
                .isEqualTo(outcome.equals("COMMITTED")));
    }

    /** Each account is changed once more, which waits for the lock of its row. */
    private void checkThatNothingIsLocked() {
        for (Errands errand : errands) {
            for (int account = 0; account < Errands.ACCOUNTS; account += 2) {
                int free = account;
                Patience.until("account " + account + " is not locked", HIT, () -> errand.commitOn(free));
            }
        }
        for (int number = 0; number < Traffic.ACCOUNTS; number++) {
            String account = Traffic.account(number);
            Patience.until(account + " of bank A is not locked", HIT, () -> pay(town.bankB(), town.bankA(), account));
            Patience.until(account + " of bank B is not locked", HIT, () -> pay(town.bankA(), town.bankB(), account));
        }
    }

    /** Pays a little to an account, from one that is never empty; false when that did not succeed. */
    private boolean pay(Server from, Server to, String account) {
        try {
            http.post()
                    .uri(from.url() + "/transfers")
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(Map.of(
                            "from", Map.of("bank", from.url(), "account", Errands.account(0)),
                            "to", Map.of("bank", to.url(), "account", account),
                            "amount", "0.01"))
                    .retrieve()
                    .toBodilessEntity();
            return true;
        } catch (RestClientException e) {
            return false;
        }
    }

    private List<Traffic.Attempt> attempts() {
        return Stream.of(
                        traffic.attempts().stream(),
                        errands.stream().flatMap(errand -> errand.attempts().stream()),
                        own.stream().flatMap(transfers -> transfers.attempts().stream()))
                .flatMap(attempts -> attempts)
                .toList();
    }

    /** What every transaction came to at last. */
    private Map<String, String> outcomes() throws Exception {
        Set<String> ids = ConcurrentHashMap.newKeySet();
        attempts().stream()
                .map(Traffic.Attempt::transaction)
                .filter(Objects::nonNull)
                .forEach(ids::add);
        Map<String, String> outcomes = new ConcurrentHashMap<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(QUESTIONS)) {
            List<Future<?>> asked = new ArrayList<>();
            ids.forEach(id -> asked.add(threads.submit(() -> outcomes.put(id, outcome(id)))));
            for (Future<?> one : asked) {
                one.get();
            }
        }
        return outcomes;
    }

    /** What a coordinator answers a bank that asks it about its branches of these transactions. */
    Map<String, String> lookUp(Server coordinator, Collection<String> ids, Server bank) {
        return questions.lookUp(coordinator, ids, bank.name());
    }

    /** What a transaction comes to at last. */
    String outcome(String id) {
        String[] outcome = new String[1];
        Patience.until("transaction " + id + " ends", HIT, () -> {
            outcome[0] =
                    questions.outcome(town.coordinators(), id, "linearizable").orElse(null);
            if (outcome[0] == null) {
                // Reading starts no recovery ballot, a look-up does (Q4).
                town.coordinators().stream()
                        .filter(Server::isAlive)
                        .findFirst()
                        .ifPresent(coordinator -> lookUp(coordinator, List.of(id), town.bankA()));
            }
            return outcome[0] != null;
        });
        return outcome[0];
    }
}
