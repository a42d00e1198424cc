package io.assent.bank.demo;

import io.assent.participant.initiator.PropagationInterceptor;
import io.assent.protocol.api.ClusterView;
import io.assent.protocol.api.LookupAnswer;
import io.assent.protocol.api.LookupRequest;
import io.assent.protocol.api.TransactionView;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** What the servers can be asked over HTTP. A server that does not answer knows nothing. */
final class Questions {

    private static final Pattern OWED = Pattern.compile("(?m)^assent_branches_pending\\{[^}]*} ([0-9.E+]+)$");
    private static final Pattern LOOK_UPS = Pattern.compile(
            "(?m)^http_server_requests_seconds_count\\{[^}]*status=\"200\",uri=\"/v1/outcomes/lookup\"[^}]*} ([0-9.E+]+)$");

    private final RestClient http;

    private Questions(RestClient http) {
        this.http = http;
    }

    /** Questions that wait so long for an answer. */
    static Questions patient(Duration timeout) {
        return new Questions(client(timeout).build());
    }

    /** A client of HTTP with time limits, outside of Spring's application. */
    static RestClient.Builder client(Duration timeout) {
        JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build());
        requests.setReadTimeout(timeout);
        return RestClient.builder().requestFactory(requests);
    }

    /** The same, for calls in a transaction. */
    static RestClient propagating(Duration timeout, List<URI> coordinators) {
        return client(timeout)
                .requestInterceptor(new PropagationInterceptor(coordinators, () -> true))
                .build();
    }

    boolean isReady(Server server) {
        return ask(() -> http.get()
                        .uri(server.url() + "/actuator/health/readiness")
                        .<Boolean>exchangeForRequiredValue(
                                (request, response) -> response.getStatusCode().is2xxSuccessful()))
                .orElse(false);
    }

    /** The node that leads the first group, as this coordinator sees it. */
    Optional<String> leader(Server coordinator) {
        return ask(() -> http.get()
                        .uri(coordinator.url() + "/v1/cluster")
                        .retrieve()
                        .body(ClusterView.class))
                .flatMap(cluster -> cluster.groups().stream().findFirst())
                .map(ClusterView.Group::leader);
    }

    /** What this coordinator is in the first group, by its own words. */
    Optional<String> role(Server coordinator) {
        return ask(() -> http.get()
                        .uri(coordinator.url() + "/v1/cluster")
                        .retrieve()
                        .body(ClusterView.class))
                .flatMap(cluster -> cluster.groups().stream().findFirst())
                .flatMap(group -> group.replicas().stream()
                        .filter(replica -> replica.node().equals(coordinator.name()))
                        .findFirst())
                .map(ClusterView.Replica::role);
    }

    /** Transactions whose branches are prepared in the bank's database. */
    List<String> prepared(Server bank) {
        return ask(() -> http.get()
                        .uri(bank.url() + "/actuator/prepared")
                        .retrieve()
                        .body(Prepared.class))
                .map(Prepared::transactions)
                .orElse(List.of());
    }

    private record Prepared(List<String> transactions) {}

    /** How many branches a leader among these coordinators still owes the commit. */
    int owedBranches(List<Server> coordinators) {
        return (int) coordinators.stream()
                .mapToDouble(coordinator -> sum(coordinator, OWED))
                .sum();
    }

    /** The sum of a metric; 0 when the server does not tell. */
    private double sum(Server server, Pattern metric) {
        String metrics = ask(() -> http.get()
                        .uri(server.url() + "/actuator/prometheus")
                        .retrieve()
                        .body(String.class))
                .orElse("");
        double sum = 0;
        Matcher matcher = metric.matcher(metrics);
        while (matcher.find()) {
            sum += Double.parseDouble(matcher.group(1));
        }
        return sum;
    }

    /**
     * What one coordinator says about a transaction.
     *
     * @param consistency local or linearizable
     * @return empty when it does not answer; a view without outcome while it cannot tell
     */
    Optional<TransactionView> transaction(Server coordinator, String id, String consistency) {
        return ask(() -> http.get()
                .uri(coordinator.url() + "/v1/transactions/{id}?consistency={level}", id, consistency)
                .exchange((request, response) -> {
                    HttpStatusCode status = response.getStatusCode();
                    return status.is2xxSuccessful() ? response.bodyTo(TransactionView.class) : null;
                }));
    }

    /** The outcome of a transaction, if any of the coordinators knows it. */
    Optional<String> outcome(List<Server> coordinators, String id, String consistency) {
        return coordinators.stream()
                .flatMap(coordinator -> transaction(coordinator, id, consistency).stream())
                .map(TransactionView::outcome)
                .filter(Objects::nonNull)
                .findFirst();
    }

    /**
     * Asks one coordinator for the outcomes of a participant's branches. Under Paxos Commit that has the acceptors settle
     * what is open.
     *
     * @return COMMITTED, ABORTED, PENDING or EXPIRED, by transaction; empty when there is no answer
     */
    Map<String, String> lookUp(Server coordinator, Collection<String> ids, String participant) {
        List<LookupRequest.@Nullable Item> items = new ArrayList<>();
        ids.forEach(id -> items.add(new LookupRequest.Item(id, participant)));
        return ask(() -> http.post()
                        .uri(coordinator.url() + "/v1/outcomes/lookup")
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(new LookupRequest(items))
                        .retrieve()
                        .body(LookupAnswer.class))
                .map(LookupAnswer::outcomes)
                .orElse(List.of())
                .stream()
                .collect(Collectors.toMap(
                        LookupAnswer.Item::transaction, LookupAnswer.Item::outcome, (one, same) -> same, TreeMap::new));
    }

    /** How many look-ups this coordinator has answered since it started. */
    int lookUpsAnswered(Server coordinator) {
        return (int) sum(coordinator, LOOK_UPS);
    }

    private interface Question<T> {
        @Nullable
        T put();
    }

    private static <T> Optional<T> ask(Question<T> question) {
        try {
            return Optional.ofNullable(question.put());
        } catch (RestClientException e) {
            return Optional.empty();
        }
    }
}
