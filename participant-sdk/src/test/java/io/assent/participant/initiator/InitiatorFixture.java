package io.assent.participant.initiator;

import io.assent.participant.LocalBranches;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** An initiator put together by hand, one stub coordinator and two stub services. */
abstract class InitiatorFixture {

    static final Duration TIMEOUT = Duration.ofSeconds(20);
    static final String A = "\"bank-a\";endpoint=\"http://127.0.0.1:1/a\"";
    static final String B = "\"bank-b\";endpoint=\"http://127.0.0.1:1/b\"";

    final StubCoordinator coordinator = StubCoordinator.willing();
    final StubService bankA = new StubService();
    final StubService bankB = new StubService();
    final RestCoordinatorClient client = client(List.of(coordinator.url()));
    final RestClient http = http(client);

    @AfterEach
    void stopServers() {
        coordinator.close();
        bankA.close();
        bankB.close();
    }

    static RestCoordinatorClient client(List<URI> coordinators) {
        return new RestCoordinatorClient(coordinators, null, Duration.ofSeconds(2), Duration.ofSeconds(10));
    }

    static RestClient http(RestCoordinatorClient client) {
        JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build());
        requests.setReadTimeout(Duration.ofSeconds(5));
        return RestClient.builder()
                .requestFactory(requests)
                .requestInterceptor(new PropagationInterceptor(client.coordinators(), client::votesAreTaken))
                .build();
    }

    DistributedTransactionTemplate template() {
        return template(LocalBranches.NONE);
    }

    DistributedTransactionTemplate template(LocalBranches local) {
        return new DistributedTransactionTemplate(new DistributedTransactions(client, local, TIMEOUT, "shop"));
    }

    String call(StubService service) {
        return http.post()
                .uri(service.url() + "/accounts/1/debit?dry=no")
                .body("5.00")
                .retrieve()
                .body(String.class);
    }
}
