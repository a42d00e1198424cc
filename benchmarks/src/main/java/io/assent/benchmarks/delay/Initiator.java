package io.assent.benchmarks.delay;

import io.assent.benchmarks.load.Attempt;
import io.assent.benchmarks.load.HttpCalls;
import io.assent.benchmarks.load.ProtocolVariant;
import io.assent.benchmarks.load.TwoBranchTransaction;
import io.assent.benchmarks.load.Workload;
import io.assent.benchmarks.participant.NoOpParticipant;
import io.assent.benchmarks.participant.Participants.Participant;
import io.assent.benchmarks.process.Control;
import io.assent.benchmarks.process.Until;
import io.assent.protocol.api.ClusterView;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * The process of the initiator, on the leader's host, so that no time passes between its request and the leader. It
 * runs one transaction at a time, with a pause after each in which all that follows from it can end.
 *
 * <p>Each line of its input is a question and gets one line of answer: {@code leader <url of a coordinator>...}, which
 * is answered by the one that leads when all are ready; {@code trial <url of the leader> <variant> <transactions before
 * it counts> <transactions> <microseconds of pause> <url of a participant>...}, which is answered by a {@link Trial} as
 * JSON. It ends when its input does.
 */
public final class Initiator {

    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration AFTERWARDS = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Control control = new Control();
    private final HttpCalls http = new HttpCalls(4);
    private final JsonMapper json = JsonMapper.builder().build();

    private Initiator() {}

    /** Runs it. */
    public static void main(String[] arguments) throws IOException {
        Initiator initiator = new Initiator();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null) {
                System.out.println(initiator.answer(List.of(line.split(" ", -1))));
                line = lines.readLine();
            }
        }
        System.exit(0);
    }

    private String answer(List<String> words) {
        if (words.getFirst().equals("leader")) {
            return leader(words.stream().skip(1).map(URI::create).toList()).toString();
        }
        return json.writeValueAsString(trial(Order.parse(words)));
    }

    private URI leader(List<URI> nodes) {
        return Until.present(
                "A leader of ready coordinators",
                START,
                PAUSE,
                () -> nodes.stream().allMatch(this::isReady)
                        ? nodes.stream().filter(this::leads).findFirst()
                        : Optional.empty());
    }

    private boolean isReady(URI node) {
        return control.get(node.resolve("/actuator/health/readiness")).isPresent();
    }

    /** Whether the node takes itself for the leader of the group. */
    private boolean leads(URI node) {
        return control.get(node.resolve("/v1/cluster"), ClusterView.class).stream()
                .anyMatch(view -> view.nodes().stream()
                        .filter(each -> node.toString().equals(each.url()))
                        .anyMatch(each ->
                                each.id().equals(view.groups().getFirst().leader())));
    }

    /** What one trial is to be. */
    record Order(URI leader, ProtocolVariant variant, int before, int count, Duration pause, List<URI> participants) {

        static Order parse(List<String> words) {
            return new Order(
                    URI.create(words.get(1)),
                    ProtocolVariant.valueOf(words.get(2)),
                    Integer.parseInt(words.get(3)),
                    Integer.parseInt(words.get(4)),
                    Duration.ofNanos(1_000 * Long.parseLong(words.get(5))),
                    words.stream().skip(6).map(URI::create).toList());
        }

        String line() {
            List<String> words = new ArrayList<>(List.of(
                    "trial",
                    leader.toString(),
                    variant.name(),
                    Integer.toString(before),
                    Integer.toString(count),
                    Long.toString(pause.toNanos() / 1_000)));
            participants.forEach(participant -> words.add(participant.toString()));
            return String.join(" ", words);
        }

        /** Transactions over these participants; the initiator is answered when the outcome is known. */
        Workload transactions(HttpCalls http) {
            List<Participant> named = new ArrayList<>();
            for (URI base : participants) {
                named.add(Participant.at(base, "bank-" + named.size(), variant.votesDirectly()));
            }
            return new TwoBranchTransaction(
                    http, List.of(leader), named, new TwoBranchTransaction.Terms(variant, "DECISION", Duration.ZERO));
        }
    }

    private Trial trial(Order order) {
        Workload transactions = order.transactions(http);
        Map<String, Integer> failures = new TreeMap<>();
        Map<String, Long> requested = new LinkedHashMap<>();
        List<Long> answers = new ArrayList<>();
        for (int n = 0; n < order.before() + order.count(); n++) {
            Attempt attempt = transactions.attempt(n);
            long told = System.nanoTime();
            String id = attempt.transaction();
            if (!attempt.isCommitted() || id == null) {
                if (n == 0 && id == null) {
                    return Trial.refused(attempt.ending());
                }
                failures.merge(attempt.ending(), 1, Integer::sum);
            } else if (n >= order.before()) {
                answers.add(attempt.lastStepNanos());
                requested.put(id, told - attempt.lastStepNanos());
            }
            Until.passed(order.pause());
        }
        Map<String, Long> commits = commits(order.participants(), requested);
        return new Trial(
                null,
                failures,
                answers,
                requested.entrySet().stream()
                        .map(entry -> commits.getOrDefault(entry.getKey(), 0L) - entry.getValue())
                        .toList());
    }

    /** When COMMIT had come to all participants, of each of these transactions. */
    private Map<String, Long> commits(List<URI> participants, Map<String, Long> requested) {
        Map<String, Long> latest = new HashMap<>();
        for (URI participant : participants) {
            Map<String, Long> here = new HashMap<>();
            Until.present("Every COMMIT at " + participant, AFTERWARDS, PAUSE, () -> {
                control.get(participant.resolve(NoOpParticipant.COMMITS), Commits.class)
                        .ifPresent(here::putAll);
                return here.keySet().containsAll(requested.keySet()) ? Optional.of(here) : Optional.empty();
            });
            here.forEach((transaction, nanos) -> latest.merge(transaction, nanos, Math::max));
        }
        return latest;
    }

    /** Nanoseconds by transaction, as a participant tells them. */
    static final class Commits extends HashMap<String, Long> {
        private static final long serialVersionUID = 1L;
    }
}
