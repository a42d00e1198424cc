package io.assent.participant.initiator;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static io.assent.participant.initiator.StubCoordinator.TRANSACTION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.github.tomakehurst.wiremock.http.Fault;
import io.assent.participant.BranchField;
import io.assent.participant.BranchMember;
import io.assent.participant.TransactionContext;
import io.assent.protocol.Member;
import io.assent.protocol.Vote;
import io.assent.protocol.api.ProblemType;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.server.ResponseStatusException;

/** A service in the middle: what it answers about the branches that it and the services behind it touched. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class TransactionFilterTest {

    private static final StubCoordinator COORDINATOR = StubCoordinator.willing();
    private static final StubService BEHIND = new StubService();
    private static final String B = "\"bank-b\";endpoint=\"http://127.0.0.1:1/b\"";
    private static final BranchMember OWN =
            BranchMember.of(Member.of("middle", "http://127.0.0.1:1/m").withWork("m1", 1));

    private final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    @Autowired
    private Behaviour behaviour;

    @DynamicPropertySource
    static void coordinators(DynamicPropertyRegistry registry) {
        registry.add("assent.coordinators", COORDINATOR::url);
        registry.add("spring.application.name", () -> "middle");
        registry.add("server.address", () -> "127.0.0.1");
    }

    @AfterAll
    static void stopServers() {
        COORDINATOR.close();
        BEHIND.close();
    }

    @BeforeEach
    void forget() {
        COORDINATOR.server().resetRequests();
        BEHIND.answersWithBranches(B + ";token=\"b\";calls=1");
    }

    /** What the service does with a request; set anew by each test. */
    static final class Behaviour {
        private volatile Consumer<HttpServletResponse> work = response -> {};
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Controller.class)
    static class Application {

        @Bean
        Behaviour behaviour() {
            return new Behaviour();
        }

        @Bean
        SecurityFilterChain open(HttpSecurity security) {
            return security.csrf(csrf -> csrf.disable())
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }
    }

    @RestController
    static class Controller {

        private final Behaviour behaviour;
        private final RestClient client;
        private final RestTemplate template;

        Controller(Behaviour behaviour, RestClient.Builder client, RestTemplateBuilder template) {
            this.behaviour = behaviour;
            this.client = client.build();
            this.template = template.build();
        }

        @PostMapping("/work")
        String work(HttpServletResponse response) {
            behaviour.work.accept(response);
            return "worked";
        }

        @PostMapping("/behind")
        String behind(HttpServletResponse response, @RequestBody(required = false) String kind) {
            behaviour.work.accept(response);
            return "template".equals(kind)
                    ? template.postForObject(BEHIND.url(), "x", String.class)
                    : client.post().uri(BEHIND.url()).body("x").retrieve().body(String.class);
        }
    }

    private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> inTransaction(String path) throws Exception {
        return post(path, "", "Assent-Transaction", TRANSACTION.toString(), "Assent-Timeout", "PT20S");
    }

    private static List<BranchMember> members(HttpResponse<?> answer) {
        return BranchField.read(answer.headers().allValues("Assent-Branch"));
    }

    private static TransactionContext current() {
        return Objects.requireNonNull(TransactionContext.current());
    }

    @Test
    void requestWithoutTransactionHasNoContextAndNoField() throws Exception {
        behaviour.work = response -> assertThat(TransactionContext.current()).isNull();

        HttpResponse<String> answer = post("/work", "");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Assent-Branch")).isEmpty();
    }

    @Test
    void requestThatTouchedNothingHasNoField() throws Exception {
        behaviour.work = response -> {};

        assertThat(inTransaction("/work").headers().firstValue("Assent-Branch")).isEmpty();
        assertThat(COORDINATOR.asked()).doesNotContain("abort");
    }

    @Test
    void headersBecomeTheContext() throws Exception {
        behaviour.work = response -> {
            assertThat(current().id()).isEqualTo(TRANSACTION);
            assertThat(current().timeLeft()).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(20));
            assertThat(current().receivedCall()).hasValueSatisfying(call -> {
                assertThat(call.prepareNow()).isTrue();
                assertThat(call.tokens()).containsOnlyKeys("middle").containsValue("m1");
            });
        };

        HttpResponse<String> answer = post(
                "/work",
                "",
                "Assent-Transaction",
                TRANSACTION.toString(),
                "Assent-Timeout",
                "PT20S",
                "Assent-Prepare",
                "now",
                "Assent-Branches",
                "\"middle\";token=\"m1\"");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void malformedTransactionIsNoId() throws Exception {
        assertRefused(
                post("/work", "", "Assent-Transaction", "nonsense"), ProblemType.MALFORMED_ID, "Assent-Transaction");
    }

    @ParameterizedTest
    @CsvSource({"Assent-Timeout, 20", "Assent-Timeout, -PT1S", "Assent-Timeout, PT25H", "Assent-Branches, ("})
    void malformedHeaderIsABadRequest(String header, String value) throws Exception {
        HttpResponse<String> answer = post("/work", "", "Assent-Transaction", TRANSACTION.toString(), header, value);

        assertRefused(answer, ProblemType.INVALID_REQUEST, header);
    }

    private static void assertRefused(HttpResponse<String> answer, ProblemType type, String header) {
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains(type.urn()).contains(header);
    }

    @ParameterizedTest
    @CsvSource({"client", "template"})
    void membersOfTheServicesBehindArePassedOnWithTheAnswersSeen_L8(String kind) throws Exception {
        BEHIND.answersWithBranches(B + ";token=\"b\";calls=3", B + ";token=\"b\";calls=4;vote=yes");
        behaviour.work = response -> {
            current().answered("http://elsewhere", BranchField.read(List.of(B + ";token=\"b\";calls=2;seen=2")));
            current().reportOwn(OWN);
        };

        HttpResponse<String> answer =
                post("/behind", kind, "Assent-Transaction", TRANSACTION.toString(), "Content-Type", "text/plain");

        assertThat(BEHIND.calls().getLast().getHeader("Assent-Transaction")).isEqualTo(TRANSACTION.toString());
        assertThat(members(answer))
                .extracting(
                        BranchMember::participant,
                        BranchMember::seen,
                        m -> m.member().calls())
                .containsExactlyInAnyOrder(tuple("bank-b", 3, 3), tuple("middle", 1, 1));
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void errorAnswersNameTheBranchesToo(boolean handled) throws Exception {
        behaviour.work = response -> {
            current().reportOwn(OWN);
            if (handled) {
                throw new ResponseStatusException(HttpStatus.UNPROCESSABLE_CONTENT);
            }
            throw new IllegalStateException("a bug");
        };

        HttpResponse<String> answer = inTransaction("/work");

        assertThat(answer.statusCode()).isEqualTo(handled ? 422 : 500);
        assertThat(members(answer)).containsExactly(OWN);
    }

    @Test
    void whatIsToBeDoneBeforeTheAnswerIsDoneOnce() throws Exception {
        int[] times = new int[1];
        behaviour.work = response -> {
            TransactionContext context = current();
            context.reportOwn(OWN);
            context.beforeAnswer(() -> {
                times[0]++;
                context.reportOwn(OWN.withVote(Vote.YES));
            });
        };

        assertThat(members(inTransaction("/work"))).containsExactly(OWN.withVote(Vote.YES));
        assertThat(times[0]).isEqualTo(1);
    }

    @Test
    void lostAnswerBehindMakesTheOwnMemberVoteNo() throws Exception {
        BEHIND.answers(aResponse().withFault(Fault.EMPTY_RESPONSE));
        behaviour.work = response -> current().reportOwn(OWN);

        HttpResponse<String> answer = inTransaction("/behind");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(members(answer)).containsExactly(OWN.withVote(Vote.NO));
    }

    @Test
    void lostAnswerBehindAsksForAbortWhereNoMemberCanTell() throws Exception {
        BEHIND.answers(aResponse().withFault(Fault.EMPTY_RESPONSE));
        behaviour.work = response -> {};

        HttpResponse<String> answer = inTransaction("/behind");

        assertThat(answer.headers().firstValue("Assent-Branch")).isEmpty();
        assertThat(COORDINATOR.asked()).contains("abort");
    }

    @Test
    void listOverSixKilobytesIsA500WithTheOwnMemberVotingNo() throws Exception {
        StringBuilder many = new StringBuilder(B + ";calls=1");
        for (int i = 0; i < 120; i++) {
            many.append(", \"bank-").append(i).append("\";endpoint=\"http://127.0.0.1:1/assent/v1/branches\";calls=1");
        }
        behaviour.work = response -> {
            current().reportOwn(OWN);
            current().answered("http://many", BranchField.read(List.of(many.toString())));
        };

        HttpResponse<String> answer = inTransaction("/work");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(members(answer)).containsExactly(OWN.withVote(Vote.NO));
    }

    @Test
    void workAfterTheAnswerIsUnderWayAborts() throws Exception {
        behaviour.work = response -> {
            try {
                response.getOutputStream().write(new byte[100_000]);
                response.flushBuffer();
            } catch (IOException | UncheckedIOException e) {
                throw new IllegalStateException(e);
            }
            current().reportOwn(OWN);
        };

        HttpResponse<String> answer = inTransaction("/work");

        assertThat(answer.headers().firstValue("Assent-Branch")).isEmpty();
        assertThat(COORDINATOR.asked()).contains("abort");
    }
}
