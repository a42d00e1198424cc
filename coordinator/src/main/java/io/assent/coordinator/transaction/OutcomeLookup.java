package io.assent.coordinator.transaction;

import io.assent.coordinator.cluster.HostedGroups;
import io.assent.coordinator.cluster.IncomingRequest;
import io.assent.coordinator.cluster.LeaderRouting;
import io.assent.coordinator.runtime.Group;
import io.assent.protocol.MalformedTransactionIdException;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.LookupAnswer;
import io.assent.protocol.api.LookupRequest;
import io.assent.protocol.group.OutcomeReader.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Outcomes of many branches at once, for participants that recover. This node answers what it can prove (rules U1 to
 * U5) and asks the leaders for the rest, once; what nobody proves is PENDING.
 */
@Component
final class OutcomeLookup {

    private static final Logger LOG = LoggerFactory.getLogger(OutcomeLookup.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final String PATH = "/v1/outcomes/lookup";

    private final TransactionIds ids;
    private final HostedGroups groups;
    private final LeaderRouting routing;
    private final JsonMapper json = RestJson.strictMapper();

    OutcomeLookup(TransactionIds ids, HostedGroups groups, LeaderRouting routing) {
        this.ids = ids;
        this.groups = groups;
        this.routing = routing;
    }

    /** A branch that was asked about; both texts are as the participant sent them. */
    record Question(String transaction, String branch) {}

    /** The outcomes, in the order asked. */
    LookupAnswer answer(List<Question> questions, IncomingRequest request) {
        List<Status> outcomes = new ArrayList<>(questions.size());
        SortedMap<Integer, List<Integer>> open = new TreeMap<>();
        for (int i = 0; i < questions.size(); i++) {
            outcomes.add(Status.PENDING);
            Optional<TransactionId> id = parse(questions.get(i).transaction());
            if (id.isPresent()) {
                Status known = provenHere(id.get(), questions.get(i).branch());
                outcomes.set(i, known);
                if (known == Status.PENDING) {
                    open.computeIfAbsent(id.get().group(), any -> new ArrayList<>())
                            .add(i);
                }
            }
        }
        SortedSet<String> horizons = new TreeSet<>(groups.horizons());
        open.forEach((group, indexes) -> askLeader(group, indexes, questions, request)
                .ifPresent(told -> {
                    for (int i = 0; i < indexes.size(); i++) {
                        outcomes.set(
                                indexes.get(i),
                                Status.valueOf(told.outcomes().get(i).outcome()));
                    }
                    horizons.addAll(told.horizons());
                }));
        List<LookupAnswer.Item> items = new ArrayList<>(questions.size());
        for (int i = 0; i < questions.size(); i++) {
            Question question = questions.get(i);
            items.add(new LookupAnswer.Item(
                    question.transaction(), question.branch(), outcomes.get(i).name()));
        }
        return new LookupAnswer(items, highest(horizons));
    }

    private static Optional<TransactionId> parse(String text) {
        try {
            return Optional.of(TransactionId.parse(text));
        } catch (MalformedTransactionIdException e) {
            return Optional.empty();
        }
    }

    private Status provenHere(TransactionId id, String branch) {
        if (!ids.isOfThisCluster(id)) {
            return Status.EXPIRED;
        }
        Optional<Group> group = groups.group(id.group());
        if (group.isEmpty() || group.get().state().founded() == null) {
            return Status.PENDING;
        }
        if (ids.isForged(id)) {
            return Status.ABORTED; // It was never issued, so it never commits.
        }
        Status status = group.get().outcome(id).forBranch(branch);
        if (status == Status.PENDING && id.protocol() == Protocol.PAXOS_COMMIT) {
            group.get().settle(id);
        }
        return status;
    }

    /** What the leader of a group says of these questions; nothing when it is here, unknown or silent. */
    private Optional<LookupAnswer> askLeader(
            int group, List<Integer> indexes, List<Question> questions, IncomingRequest request) {
        List<LookupRequest.Item> items = new ArrayList<>(indexes.size());
        for (int index : indexes) {
            Question question = questions.get(index);
            items.add(new LookupRequest.Item(question.transaction(), question.branch()));
        }
        IncomingRequest rest =
                request.withBody("POST", PATH, json.writeValueAsBytes(new LookupRequest(List.copyOf(items))));
        return routing.askLeader(group, rest, PATIENCE)
                .filter(answer -> answer.getStatusCode().isSameCodeAs(HttpStatus.OK))
                .flatMap(this::parse)
                .filter(told -> isAnswerTo(told, items));
    }

    private Optional<LookupAnswer> parse(ResponseEntity<byte[]> answer) {
        try {
            return Optional.ofNullable(answer.getBody()).map(body -> json.readValue(body, LookupAnswer.class));
        } catch (JacksonException e) {
            LOG.warn("A node answered a look-up in a way that this node does not understand: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static boolean isAnswerTo(LookupAnswer told, List<LookupRequest.Item> items) {
        if (told.outcomes().size() != items.size()) {
            return false;
        }
        for (int i = 0; i < items.size(); i++) {
            LookupAnswer.Item outcome = told.outcomes().get(i);
            boolean same = outcome.transaction().equals(items.get(i).transaction())
                    && outcome.branch().equals(items.get(i).branch());
            if (!same || !ANSWERS.containsKey(outcome.outcome())) {
                return false;
            }
        }
        return true;
    }

    private static final Map<String, Status> ANSWERS = Map.of(
            "COMMITTED", Status.COMMITTED,
            "ABORTED", Status.ABORTED,
            "PENDING", Status.PENDING,
            "EXPIRED", Status.EXPIRED);

    /** One horizon for each incarnation, the highest; the texts sort as the ids do. */
    private static List<String> highest(SortedSet<String> horizons) {
        SortedMap<String, String> byIncarnation = new TreeMap<>();
        for (String horizon : horizons) {
            byIncarnation.put(horizon.substring(0, TransactionId.INCARNATION_TEXT_LENGTH), horizon);
        }
        return List.copyOf(byIncarnation.values());
    }
}
