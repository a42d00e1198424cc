package io.assent.bank.demo;

import io.assent.participant.Deadline;
import io.assent.participant.TransactionAbortedException;
import io.assent.participant.initiator.RestCoordinatorClient;
import io.assent.protocol.Protocol;
import io.assent.protocol.api.LookupAnswer;
import io.assent.protocol.api.LookupRequest;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/** What happens in the demonstration, in its order. */
final class Story {

    private static final BigDecimal OPENING = new BigDecimal("100.00");
    private static final Duration START = Duration.ofMinutes(2);
    private static final int LOOKUP = 1_000;

    private final Town town;
    private final Protocol protocol;
    private final Narrator narrator;
    private final Questions questions = Questions.patient(Duration.ofSeconds(5));
    private final RestClient http = Questions.client(Duration.ofSeconds(15)).build();
    private final RestCoordinatorClient coordinators;
    private final OwnTransfer own;
    private final List<InFlight> kills = new ArrayList<>();

    Story(Town town, Protocol protocol, Narrator narrator) {
        this.town = town;
        this.protocol = protocol;
        this.narrator = narrator;
        List<URI> urls = town.coordinators().stream().map(Server::url).toList();
        this.coordinators = new RestCoordinatorClient(urls, null, Duration.ofSeconds(2), Duration.ofSeconds(10));
        this.own = new OwnTransfer(coordinators, protocol);
    }

    /**
     * Tells it.
     *
     * @param stayUp whether the servers are to be up at the end
     * @return whether everything came out as it must
     */
    boolean tell(boolean stayUp) {
        start();
        Traffic traffic = new Traffic(town, List.of(protocol));
        traffic.start();
        Patience.until("the first 50 transfers", Duration.ofSeconds(60), () -> traffic.committed() >= 50);
        narrator.say(traffic.committed() + " transfers are committed, 8 clients go on in both directions");
        killLeader(traffic);
        if (protocol == Protocol.TWO_PHASE) {
            killBankBetweenVoteAndOutcome();
        } else {
            killBankInTheMiddle(traffic);
        }
        if (protocol == Protocol.THREE_PHASE) {
            killAllCoordinators(traffic);
        }
        killBankBetweenTwoCalls();
        traffic.stop();
        settle();
        boolean fine = check(traffic);
        if (stayUp) {
            town.banks().forEach(Server::start);
            awaitReady(town.banks());
            showAround();
        }
        return fine;
    }

    private void start() {
        narrator.chapter("Three coordinators and two banks start, side by side");
        town.all().forEach(Server::start);
        awaitReady(town.all());
        for (Server bank : town.banks()) {
            accounts()
                    .forEach(account -> http.put()
                            .uri(bank.url() + "/accounts/" + account)
                            .contentType(MediaType.APPLICATION_JSON)
                            .body(Map.of("balance", OPENING))
                            .retrieve()
                            .toBodilessEntity());
        }
        narrator.say("each bank has " + accounts().size() + " accounts with " + OPENING + ", in all " + total());
    }

    private static List<String> accounts() {
        List<String> accounts = new ArrayList<>(OwnTransfer.ACCOUNTS);
        for (int number = 0; number < Traffic.ACCOUNTS; number++) {
            accounts.add(Traffic.account(number));
        }
        return accounts;
    }

    private BigDecimal total() {
        return OPENING.multiply(
                BigDecimal.valueOf((long) town.banks().size() * accounts().size()));
    }

    private void awaitReady(List<Server> servers) {
        for (Server server : servers) {
            Patience.until(server.name() + " is ready", START, () -> {
                if (!server.isAlive()) {
                    throw new DemoException(server.lastWords());
                }
                return questions.isReady(server);
            });
            narrator.say(server.name() + " is ready at " + server.url());
        }
    }

    private Server leader() {
        List<Server> found = new ArrayList<>();
        Patience.until("a coordinator leads", Duration.ofSeconds(30), () -> {
            town.coordinators().stream()
                    .filter(Server::isAlive)
                    .flatMap(server -> questions.leader(server).stream())
                    .map(town::coordinator)
                    .filter(Server::isAlive)
                    .findFirst()
                    .ifPresent(found::add);
            return !found.isEmpty();
        });
        return found.getLast();
    }

    private void killLeader(Traffic traffic) {
        narrator.chapter("kill -9 of the leading coordinator, in the middle of commits");
        Server leader = leader();
        leader.kill();
        met("the leader " + leader.name() + " is killed", InFlight.atSurvivors(questions, town, List.of()));
        long killed = System.nanoTime();
        int before = traffic.committed();
        Patience.until("transfers commit again", Duration.ofSeconds(60), () -> traffic.committed() > before + 8);
        narrator.say("transfers commit again, "
                + Duration.ofNanos(System.nanoTime() - killed).toMillis() + " ms after the kill; " + leader().name()
                + " leads now");
        leader.start();
        awaitReady(List.of(leader));
    }

    private void killBankBetweenVoteAndOutcome() {
        narrator.chapter("kill -9 of a bank after its vote, before it learns the outcome");
        Server victim = town.bankA();
        String transaction =
                own.make(List.of(own.debit(victim, "5.00", true), own.credit(town.bankB(), "5.00", true), id -> {
                    victim.kill();
                    met(
                            victim.name() + " is killed, its vote YES is given",
                            InFlight.atSurvivors(questions, town, List.of(id)));
                    victim.start();
                }));
        narrator.say(
                "transaction " + transaction + " is committed all the same; " + victim.name() + " is on its way up");
        awaitReady(List.of(victim));
        Patience.until(
                victim.name() + " has learned the outcome",
                Duration.ofSeconds(60),
                () -> questions
                        .transaction(leader(), transaction, "linearizable")
                        .filter(view -> "COMMITTED".equals(view.state()))
                        .isPresent());
        narrator.say(victim.name() + " found its prepared branch again and committed it");
    }

    /** A vote before PREPARE does not count in this protocol, so the bank is killed where the traffic has brought it to. */
    private void killBankInTheMiddle(Traffic traffic) {
        narrator.chapter("kill -9 of a bank in the middle of votes and outcomes");
        Server victim = town.bankA();
        Patience.until(
                victim.name() + " has voted somewhere",
                Duration.ofSeconds(60),
                () -> !questions.prepared(victim).isEmpty());
        victim.kill();
        met(victim.name() + " is killed", InFlight.atSurvivors(questions, town, List.of()));
        int before = traffic.committed();
        victim.start();
        awaitReady(List.of(victim));
        Patience.until("transfers commit again", Duration.ofSeconds(60), () -> traffic.committed() > before + 8);
        narrator.say(victim.name() + " has found its prepared branches again, transfers commit");
    }

    /** Who knows the decision finishes, who does not waits: then there is nobody left who could have decided otherwise. */
    private void killAllCoordinators(Traffic traffic) {
        narrator.chapter("kill -9 of all three coordinators at once");
        Patience.until(
                "both banks have voted somewhere",
                Duration.ofSeconds(60),
                () -> town.banks().stream()
                        .noneMatch(bank -> questions.prepared(bank).isEmpty()));
        town.coordinators().forEach(Server::kill);
        Set<String> inDoubt = inDoubt();
        narrator.say("nobody coordinates any more; " + inDoubt.size() + " transactions are in doubt at the banks");
        Set<String> left = new TreeSet<>(inDoubt);
        Duration enough = Duration.ofSeconds(20);
        boolean all = Patience.within(enough, () -> {
            left.retainAll(inDoubt());
            return left.isEmpty();
        });
        narrator.say((inDoubt.size() - left.size()) + " of them the banks have finished by themselves, because one of"
                + " them knew the decision or had not voted; "
                + (all ? "none waits" : left.size() + " wait") + " for a coordinator");
        int before = traffic.committed();
        town.coordinators().forEach(Server::start);
        awaitReady(town.coordinators());
        Patience.until("transfers commit again", Duration.ofSeconds(60), () -> traffic.committed() > before + 8);
        narrator.say("transfers commit again, " + leader().name() + " leads now");
    }

    private Set<String> inDoubt() {
        Set<String> ids = new TreeSet<>();
        town.banks().forEach(bank -> ids.addAll(questions.prepared(bank)));
        return ids;
    }

    private void killBankBetweenTwoCalls() {
        narrator.chapter("kill -9 of a bank between two calls of one transaction");
        Server victim = town.bankB();
        try {
            own.make(List.of(
                    own.debit(victim, "7.00", false),
                    id -> {
                        victim.kill();
                        met(
                                victim.name() + " is killed, it has done the first of two calls",
                                InFlight.atSurvivors(questions, town, List.of(id)));
                        victim.start();
                        awaitReady(List.of(victim));
                    },
                    own.credit(victim, "7.00", false)));
            throw new DemoException("The first call's work was lost, and its transaction committed all the same");
        } catch (HttpClientErrorException e) {
            if (e.getStatusCode().value() != HttpStatus.CONFLICT.value()) {
                throw new DemoException("The second call was refused for another reason: " + e.getMessage(), e);
            }
            narrator.say("the second call is refused, 409 branch-lost; the whole transaction is aborted");
        } catch (TransactionAbortedException e) {
            narrator.say("the whole transaction is aborted: " + e.reason().code());
        }
    }

    private void met(String kill, InFlight found) {
        kills.add(found);
        narrator.say(kill + "; " + found);
    }

    private void settle() {
        narrator.chapter("The clients stop, everything in flight comes to its end");
        Patience.until(
                "no branch is prepared and no outcome is owed",
                Duration.ofSeconds(60),
                () -> town.banks().stream()
                                .allMatch(bank -> questions.prepared(bank).isEmpty())
                        && questions.owedBranches(town.coordinators()) == 0);
        narrator.say("no bank is in doubt, no coordinator owes anything");
    }

    private boolean check(Traffic traffic) {
        narrator.chapter("Both banks stop, and their databases are read by SQL");
        town.banks().forEach(Server::askToStop);
        town.banks().forEach(bank -> bank.stop(30));
        Books books = Books.read(town.databases());
        List<Traffic.Attempt> attempts = Stream.concat(traffic.attempts().stream(), own.attempts().stream())
                .toList();
        List<String> faults = new ArrayList<>(books.faultsAgainst(total(), attempts));
        faults.addAll(contradictions(books, attempts));
        if (kills.stream().allMatch(InFlight::isNothing)) {
            faults.add("Nothing was in flight at any kill: this run shows nothing");
        }
        report(books, attempts);
        faults.forEach(fault -> narrator.say("WRONG: " + fault));
        narrator.say(
                faults.isEmpty()
                        ? "OK: every transfer finished or undid itself, the total is unchanged: " + books.total()
                        : "FAILED: " + faults.size() + " things are wrong");
        return faults.isEmpty();
    }

    private void report(Books books, List<Traffic.Attempt> attempts) {
        Map<Traffic.Told, Long> told = new EnumMap<>(Traffic.Told.class);
        attempts.forEach(attempt -> told.merge(attempt.told(), 1L, Long::sum));
        long notAsked = told.getOrDefault(Traffic.Told.NOT_ASKED, 0L);
        narrator.say((attempts.size() - notAsked) + " transfers were asked for: "
                + told.getOrDefault(Traffic.Told.COMMITTED, 0L) + " were told to be committed, "
                + told.getOrDefault(Traffic.Told.ABORTED, 0L) + " to be aborted, "
                + told.getOrDefault(Traffic.Told.NOTHING, 0L) + " were told nothing; " + notAsked
                + " met a dead bank. The databases hold " + books.committed().size());
    }

    /** Where the coordinators' word and the databases differ. */
    private List<String> contradictions(Books books, List<Traffic.Attempt> attempts) {
        Set<String> known = new TreeSet<>(books.committed());
        attempts.stream()
                .map(Traffic.Attempt::transaction)
                .filter(Objects::nonNull)
                .forEach(known::add);
        List<LookupRequest.Item> items = known.stream()
                .flatMap(id -> town.banks().stream().map(bank -> new LookupRequest.Item(id, bank.name())))
                .toList();
        List<String> found = new ArrayList<>();
        for (int from = 0; from < items.size(); from += LOOKUP) {
            List<LookupRequest.Item> page = items.subList(from, Math.min(items.size(), from + LOOKUP));
            for (LookupAnswer.Item answer : outcomes(page)) {
                String expected = books.committed().contains(answer.transaction()) ? "COMMITTED" : "ABORTED";
                if (!answer.outcome().equals(expected)) {
                    found.add("The coordinators call " + answer.transaction() + " at " + answer.branch() + " "
                            + answer.outcome() + ", in the databases it is " + expected);
                }
            }
        }
        return found;
    }

    /** Under Paxos Commit a look-up may find nobody who knows; then it makes the acceptors settle it, which takes a moment. */
    private List<LookupAnswer.Item> outcomes(List<LookupRequest.Item> items) {
        List<LookupAnswer.Item> answers = new ArrayList<>();
        Patience.until("every outcome is known", Duration.ofSeconds(60), () -> {
            answers.clear();
            answers.addAll(coordinators
                    .lookup(items, Deadline.in(Duration.ofSeconds(30)))
                    .outcomes());
            return answers.stream().noneMatch(answer -> "PENDING".equals(answer.outcome()));
        });
        return answers;
    }

    private void showAround() {
        String bank = town.bankA().url().toString();
        narrator.line("");
        narrator.line("Everything stays up until Ctrl-C:");
        town.all()
                .forEach(server -> narrator.line("  " + server.name() + "  " + server.url() + "  log " + server.log()));
        narrator.line("Three lines to try:");
        narrator.line("  curl -s " + bank + "/accounts/" + Traffic.account(0));
        narrator.line(
                "  curl -s -H 'Content-Type: application/json' " + bank + "/transfers -d '{\"from\":{\"bank\":\"" + bank
                        + "\",\"account\":\"" + Traffic.account(0) + "\"},\"to\":{\"bank\":\""
                        + town.bankB().url()
                        + "\",\"account\":\"" + Traffic.account(1) + "\"},\"amount\":1.50}'");
        narrator.line("  curl -s " + town.coordinators().getFirst().url() + "/v1/cluster");
    }
}
