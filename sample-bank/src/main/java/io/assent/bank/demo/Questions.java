package io.assent.bank.demo;

import io.assent.participant.initiator.PropagationInterceptor;
import io.assent.protocol.api.ClusterView;
import io.assent.protocol.api.LookupAnswer;
import io.assent.protocol.api.LookupRequest;
import io.assent.protocol.api.TransactionView;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** What the servers can be asked over HTTP. A server that does not answer knows nothing. */
final class Questions {

    private static final Pattern OWED = Pattern.compile("(?m)^assent_branches_pending\\{[^}]*} ([0-9.E+]+)$");

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
        double owed = 0;
        for (Server coordinator : coordinators) {
            String metrics = ask(() -> http.get()
                            .uri(coordinator.url() + "/actuator/prometheus")
                            .retrieve()
                            .body(String.class))
                    .orElse("");
            Matcher matcher = OWED.matcher(metrics);
            while (matcher.find()) {
                owed += Double.parseDouble(matcher.group(1));
            }
        }
        return (int) owed;
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

    /** Asks one coordinator for the outcome of a branch: under Paxos Commit that has the acceptors settle what is open. */
    void lookUp(Server coordinator, String id, String participant) {
        Optional<LookupAnswer> unused = ask(() -> http.post()
                .uri(coordinator.url() + "/v1/outcomes/lookup")
                .contentType(MediaType.APPLICATION_JSON)
                .body(new LookupRequest(List.of(new LookupRequest.Item(id, participant))))
                .retrieve()
                .body(LookupAnswer.class));
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
