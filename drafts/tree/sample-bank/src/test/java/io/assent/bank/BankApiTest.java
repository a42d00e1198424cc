package io.assent.bank;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.client.RestClient;

/** The API of one bank, which no coordinator is reachable for: its own work needs none. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class BankApiTest {

    private static final AtomicInteger TRANSACTIONS = new AtomicInteger();

    @TempDir
    static Path directory;

    @LocalServerPort
    private int port;

    private RestClient bank;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("assent.participant.id", () -> "bank-a");
        registry.add("assent.coordinators", () -> "http://127.0.0.1:1");
        registry.add("bank.data-dir", () -> directory.toString());
    }

    @BeforeEach
    void connect() {
        bank = RestClient.builder()
                .baseUrl("http://127.0.0.1:" + port)
                .defaultStatusHandler(status -> true, (request, response) -> {})
                .build();
    }

    private ResponseEntity<String> send(HttpMethod method, String path, String body, String... headers) {
        RestClient.RequestBodySpec request = bank.method(method).uri(path).contentType(MediaType.APPLICATION_JSON);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request.body(body).retrieve().toEntity(String.class);
    }

    private ResponseEntity<String> get(String path) {
        return bank.get().uri(path).retrieve().toEntity(String.class);
    }

    private static String transaction() {
        TransactionId.Birth birth = new TransactionId.Birth(0, 7, 1, TRANSACTIONS.incrementAndGet());
        IncarnationKey key = new IncarnationKey(new byte[IncarnationKey.LENGTH]);
        return TransactionId.issue(birth, Protocol.TWO_PHASE, 0, key).toString();
    }

    @Test
    void accountIsOpenedOnce() {
        assertThat(send(HttpMethod.PUT, "/accounts/once", "{\"balance\":12.50}").getStatusCode().value())
                .isEqualTo(201);
        ResponseEntity<String> again = send(HttpMethod.PUT, "/accounts/once", "{\"balance\":12.5}");
        ResponseEntity<String> other = send(HttpMethod.PUT, "/accounts/once", "{\"balance\":13}");

        assertThat(again.getStatusCode().value()).isEqualTo(200);
        assertThat(other.getStatusCode().value()).isEqualTo(409);
        assertThat(other.getBody()).contains("urn:assent:bank:account-exists");
        assertThat(get("/accounts/once").getBody()).isEqualTo("{\"id\":\"once\",\"balance\":12.50}");
        assertThat(get("/accounts").getBody()).contains("{\"id\":\"once\",\"balance\":12.50}");
    }

    @Test
    void unknownAccountIsAProblem() {
        ResponseEntity<String> answer = get("/accounts/nobody");

        assertThat(answer.getStatusCode().value()).isEqualTo(404);
        assertThat(answer.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
        assertThat(answer.getBody()).contains("urn:assent:bank:unknown-account", "PUT /accounts/nobody");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT  | /accounts/a b        | {\"balance\":1}      | id",
                "PUT  | /accounts/wrong      | {}                   | balance",
                "PUT  | /accounts/wrong      | {\"balance\":-1}     | balance",
                "PUT  | /accounts/wrong      | {\"balance\":1.001}  | balance",
                "POST | /accounts/a/debit    | {\"amount\":0}       | amount",
                "POST | /accounts/a/credit   | {\"amount\":-5}      | amount",
                "POST | /accounts/a/credit   | {\"amount\":0.001}   | amount",
                "POST | /transfers           | {\"amount\":1}       | from",
                "POST | /transfers           | {\"amount\":1,\"from\":{\"bank\":\"http://127.0.0.1\"}} | from.account"
            })
    void badInputIsAProblemThatNamesTheField(String method, String path, String body, String field) {
        ResponseEntity<String> answer = send(HttpMethod.valueOf(method), path, body);

        assertThat(answer.getStatusCode().value()).isEqualTo(400);
        assertThat(answer.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
        assertThat(answer.getBody()).contains("urn:assent:bank:invalid-request", "\"field\":\"" + field + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"not json", "{\"amount\":\"much\"}", "{\"amount\":1,\"protocol\":\"FOUR_PHASE\"}", ""})
    void unreadableBodyIsAProblemWithoutAStackTrace(String body) {
        ResponseEntity<String> answer = send(HttpMethod.POST, "/transfers", body);

        assertThat(answer.getStatusCode().value()).isEqualTo(400);
        assertThat(answer.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
        assertThat(answer.getBody()).doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://example.org", "file:///etc/passwd", "http://user@127.0.0.1", "127.0.0.1:8091"})
    void transferCallsOnlyBanksThatAreAllowed(String url) {
        String place = "{\"bank\":\"" + url + "\",\"account\":\"a\"}";
        ResponseEntity<String> answer = send(
                HttpMethod.POST, "/transfers", "{\"from\":" + place + ",\"to\":" + place + ",\"amount\":1}");

        assertThat(answer.getStatusCode().value()).isEqualTo(400);
        assertThat(answer.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
    }

    @Test
    void moneyMovesInATransactionOnly() {
        ResponseEntity<String> answer = send(HttpMethod.POST, "/accounts/a/debit", "{\"amount\":1}");

        assertThat(answer.getStatusCode().value()).isEqualTo(428);
        assertThat(answer.getBody()).contains("transaction-required");
    }

    @Test
    void movementShowsOnlyInItsBranchUntilTheOutcome() {
        send(HttpMethod.PUT, "/accounts/mover", "{\"balance\":10}");
        String transaction = transaction();

        ResponseEntity<String> debit = send(
                HttpMethod.POST, "/accounts/mover/debit", "{\"amount\":4.25}", "Assent-Transaction", transaction);

        assertThat(debit.getBody()).isEqualTo("{\"id\":\"mover\",\"balance\":5.75}");
        assertThat(debit.getHeaders().getFirst("Assent-Branch")).startsWith("\"bank-a\";endpoint=").contains("calls=1");
        assertThat(get("/accounts/mover").getBody()).contains("10.00");
    }

    @Test
    void balanceNeverFallsBelowZero() {
        send(HttpMethod.PUT, "/accounts/poor", "{\"balance\":1}");

        ResponseEntity<String> debit = send(
                HttpMethod.POST, "/accounts/poor/debit", "{\"amount\":1.01}", "Assent-Transaction", transaction());

        assertThat(debit.getStatusCode().value()).isEqualTo(422);
        assertThat(debit.getBody()).contains("urn:assent:bank:insufficient-funds");
        assertThat(debit.getHeaders().getFirst("Assent-Branch")).contains("vote=no");
    }

    @Test
    void preparedBranchesAreShown() {
        Map<?, ?> prepared = bank.get().uri("/actuator/prepared").retrieve().body(Map.class);

        assertThat(prepared).isEqualTo(Map.of("transactions", List.of()));
    }
}
