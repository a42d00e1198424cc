package io.assent.participant.initiator;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static io.assent.participant.initiator.StubService.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.assent.participant.TransactionAbortedException;
import io.assent.participant.TransactionContext;
import io.assent.participant.TransactionContextAccessor;
import io.assent.protocol.AbortReason;
import io.assent.protocol.Protocol;
import io.micrometer.context.ContextSnapshotFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;

/** The headers of api.md section 3 as the initiator writes and reads them. */
class PropagationTest extends InitiatorFixture {

    @Test
    void callCarriesTheTransactionItsProtocolTheCoordinatorsAndTheTimeLeft() {
        bankA.answersWithBranches(A + ";token=\"t\";calls=1");

        template().execute(transaction -> call(bankA));

        LoggedRequest call = bankA.calls().getFirst();
        assertThat(call.getHeader("Assent-Transaction")).isEqualTo(StubCoordinator.TRANSACTION.toString());
        assertThat(call.getHeader("Assent-Protocol")).isEqualTo("TWO_PHASE");
        assertThat(call.getHeader("Assent-Coordinator"))
                .isEqualTo(coordinator.url().toString());
        assertThat(Duration.parse(call.getHeader("Assent-Timeout")))
                .isPositive()
                .isLessThanOrEqualTo(TIMEOUT);
        assertThat(call.containsHeader("Assent-Branches")).isFalse();
        assertThat(call.containsHeader("Assent-Prepare")).isFalse();
        assertThat(call.getBodyAsString()).isEqualTo("5.00");
    }

    @Test
    void callOutsideATransactionCarriesNothing() {
        bankA.answersNothing();

        call(bankA);

        assertThat(bankA.calls().getFirst().getAllHeaderKeys())
                .noneMatch(name -> name.regionMatches(true, 0, "assent-", 0, 7));
        assertThat(coordinator.asked()).isEmpty();
    }

    @Test
    void secondCallToAHostNamesTheTokensThatItsAnswersCarried() {
        bankA.answersWithBranches(
                "\"bank-a.files\";endpoint=\"http://127.0.0.1:1/f\";token=\"f1\";calls=1, " + A
                        + ";token=\"k3\";calls=1",
                A + ";token=\"k3\";calls=2");
        bankB.answersWithBranches(B + ";token=\"other\";calls=1");

        template().execute(transaction -> call(bankB) + call(bankA) + call(bankA));

        assertThat(bankA.calls().get(0).containsHeader("Assent-Branches")).isFalse();
        assertThat(bankA.calls().get(1).getHeader("Assent-Branches"))
                .isEqualTo("\"bank-a\";token=\"k3\", \"bank-a.files\";token=\"f1\"");
    }

    @Test
    void tokensBeyondFourKilobytesAreLeftOut() {
        StringBuilder members = new StringBuilder(A + ";token=\"k3\";calls=1");
        for (int i = 0; i < 80; i++) {
            members.append(", \"bank-").append(i).append("\";endpoint=\"http://127.0.0.1:1/\";token=\"");
            members.append("x".repeat(50)).append("\";calls=1");
        }
        bankA.answersWithBranches(members.toString());

        template().execute(transaction -> call(bankA) + call(bankA));

        assertThat(bankA.calls().get(1).containsHeader("Assent-Branches")).isFalse();
    }

    @Test
    void prepareNowTravelsInTwoPhaseOnly() {
        bankA.answersWithBranches(A + ";calls=1;vote=yes");

        template().execute(transaction -> lastCall());
        template().withProtocol(Protocol.THREE_PHASE).execute(transaction -> lastCall());

        assertThat(bankA.calls().get(0).getHeader("Assent-Prepare")).isEqualTo("now");
        assertThat(bankA.calls().get(1).containsHeader("Assent-Prepare")).isFalse();
    }

    private String lastCall() {
        return http.post()
                .uri(bankA.url())
                .header("Assent-Prepare", "now")
                .retrieve()
                .body(String.class);
    }

    @Test
    void contextTravelsToOtherThreadsWithMicrometer() throws Exception {
        bankA.answersWithBranches(A + ";calls=1");
        assertThat(TransactionContextAccessor.KEY).isNotEmpty();
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            template()
                    .execute(transaction -> CompletableFuture.supplyAsync(
                                    () -> call(bankA),
                                    ContextSnapshotFactory.builder()
                                            .build()
                                            .captureAll()
                                            .wrapExecutor(other))
                            .join());
            assertThat(CompletableFuture.supplyAsync(() -> TransactionContext.current() == null, other)
                            .join())
                    .isTrue();
        }

        assertThat(coordinator.commitBody().path("branches")).hasSize(1);
    }

    @Test
    void callAfterTheEndIsRefusedBeforeItIsSent() {
        TransactionContext[] ended = new TransactionContext[1];
        bankA.answersWithBranches(A + ";calls=1");
        template().execute(transaction -> {
            ended[0] = transaction;
            return call(bankA);
        });

        TransactionContext.Scope bound = ended[0].bind();
        try {
            assertThatThrownBy(() -> call(bankA)).hasMessageContaining("has ended");
        } finally {
            bound.close();
        }
        assertThat(bankA.calls()).hasSize(1);
    }

    @Test
    void callAfterTheDeadlineIsNotSent() {
        bankA.answers(ok(A + ";calls=1").withFixedDelay(600));

        assertThatThrownBy(() -> template().withTimeout(Duration.ofMillis(500)).execute(transaction -> {
                    call(bankA);
                    return call(bankA);
                }))
                .hasMessageContaining("is over");
        assertThat(bankA.calls()).hasSize(1);
        assertThat(coordinator.asked()).contains("abort").doesNotContain("commit");
    }

    @Nested
    class Branches {

        @Test
        void severalLinesAndJoinedLinesMeanTheSame() {
            bankA.answers(ok(A + ";calls=1", B + ";calls=1"));
            template().execute(transaction -> call(bankA));
            JsonNode lines = coordinator.commitBody().path("branches");
            coordinator.server().resetRequests();

            bankA.answers(ok(A + ";calls=1," + B + ";calls=1"));
            template().execute(transaction -> call(bankA));

            assertThat(coordinator.commitBody().path("branches")).isEqualTo(lines);
            assertThat(lines).hasSize(2);
        }

        @Test
        void allParametersAreHandedOver() {
            bankA.answersWithBranches(A + ";fallback=\"http://127.0.0.1:2/a\";protocols=\"TWO_PHASE THREE_PHASE\""
                    + ";token=\"k3\";calls=1;one-phase;later=?0");

            template().execute(transaction -> call(bankA));

            JsonNode branch = coordinator.commitBody().path("branches").path(0);
            assertThat(branch).isEqualTo(StubCoordinator.JSON.readTree("""
                    {"participant":"bank-a","endpoint":"http://127.0.0.1:1/a",
                     "fallbackEndpoint":"http://127.0.0.1:2/a","protocols":["TWO_PHASE","THREE_PHASE"],
                     "onePhase":true,"token":"k3","calls":1}"""));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "bank-a;endpoint=\"http://127.0.0.1:1/a\"",
                    "\"bank-a\"",
                    "\"bank-a\";endpoint=7",
                    "\"bank a\";endpoint=\"http://127.0.0.1:1/a\"",
                    "\"bank-a\";endpoint=\"http://127.0.0.1:1/a\";vote=maybe",
                    "\"bank-a\";endpoint=\"http://127.0.0.1:1/a\";calls=-1",
                    "\"bank-a\";endpoint=\"http://127.0.0.1:1/a\";seen=0",
                    "\"bank-a\";endpoint=\"http://127.0.0.1:1/a",
                    "(\"bank-a\")"
                })
        void aFieldThatCannotBeUnderstoodAborts(String field) {
            bankA.answersWithBranches(field);

            assertThatThrownBy(() -> template().execute(transaction -> call(bankA)))
                    .isInstanceOf(TransactionAbortedException.class)
                    .hasMessageContaining("cannot be understood");
            assertThat(coordinator.asked()).containsExactly("begin", "abort");
        }

        @Test
        void twoEndpointsOfOneParticipantAbort() {
            bankA.answersWithBranches(A + ";calls=1", "\"bank-a\";endpoint=\"http://127.0.0.1:1/other\";calls=2");

            assertAborts(AbortReason.Code.BRANCH_MISMATCH);
        }

        @Test
        void twoTokensOfOneParticipantAbort_L8() {
            bankA.answersWithBranches(A + ";token=\"k3\";calls=1", A + ";token=\"k4\";calls=1");

            assertAborts(AbortReason.Code.BRANCH_MISMATCH);
        }

        @Test
        void voteNoAborts() {
            bankA.answersWithBranches(A + ";calls=1", A + ";calls=2;vote=no");

            assertAborts(AbortReason.Code.VOTE_NO);
        }

        private void assertAborts(AbortReason.Code code) {
            assertThatThrownBy(() -> template().execute(transaction -> call(bankA) + call(bankA)))
                    .isInstanceOfSatisfying(TransactionAbortedException.class, aborted -> {
                        assertThat(aborted.reason().code()).isEqualTo(code);
                        assertThat(aborted.branch()).isEqualTo("bank-a");
                        assertThat(aborted.transaction()).isEqualTo(StubCoordinator.TRANSACTION);
                    });
            assertThat(coordinator.asked()).containsExactly("begin", "abort");
        }

        @Test
        void callsAreTheSumOfTheAnswersSeen_L8() {
            bankA.answersWithBranches(A + ";token=\"k3\";calls=1", A + ";token=\"k3\";calls=2");
            bankB.answersWithBranches(B + ";token=\"b\";calls=1, " + A + ";token=\"k3\";calls=5;seen=3");

            template().execute(transaction -> call(bankA) + call(bankB) + call(bankA));

            JsonNode branches = coordinator.commitBody().path("branches");
            assertThat(branches.path(0).path("participant").asString()).isEqualTo("bank-a");
            assertThat(branches.path(0).path("calls").asInt()).isEqualTo(5);
            assertThat(branches.path(1).path("calls").asInt()).isEqualTo(1);
        }

        @Test
        void voteIsHandedOverIfItsCallsAreTheAnswersSeen_L8() {
            bankA.answersWithBranches(A + ";calls=1", A + ";calls=2;vote=yes");
            bankB.answersWithBranches(B + ";calls=1;vote=read-only");

            template().execute(transaction -> call(bankA) + call(bankA) + call(bankB));

            JsonNode branches = coordinator.commitBody().path("branches");
            assertThat(branches.path(0).path("vote").asString()).isEqualTo("YES");
            assertThat(branches.path(1).path("vote").asString()).isEqualTo("READ_ONLY");
        }

        @Test
        void voteIsLeftOutIfAnAnswerOfItsBranchWasNeverSeen_L8() {
            bankA.answersWithBranches(A + ";calls=2;vote=yes");

            template().execute(transaction -> call(bankA));

            JsonNode branch = coordinator.commitBody().path("branches").path(0);
            assertThat(branch.has("vote")).isFalse();
            assertThat(branch.path("calls").asInt()).isEqualTo(1);
        }

        @Test
        void errorAnswersNameTheirBranchesToo() {
            bankA.answers(aResponse().withStatus(422).withHeader("Assent-Branch", A + ";calls=1"));

            template().execute(transaction -> {
                assertThatThrownBy(() -> call(bankA)).isInstanceOf(HttpClientErrorException.class);
                return "went on";
            });

            assertThat(coordinator.commitBody().path("branches")).hasSize(1);
        }
    }

    @Nested
    class LostAnswers {

        @ParameterizedTest
        @EnumSource(
                value = Fault.class,
                names = {"EMPTY_RESPONSE", "CONNECTION_RESET_BY_PEER"})
        void callThatEndedWithoutAnAnswerMakesTheTransactionRollbackOnly(Fault fault) {
            bankA.answers(aResponse().withFault(fault));

            assertThatThrownBy(() -> template().execute(transaction -> {
                        assertThatThrownBy(() -> call(bankA)).isInstanceOf(ResourceAccessException.class);
                        return "swallowed";
                    }))
                    .isInstanceOf(TransactionAbortedException.class)
                    .hasMessageContaining("without an answer");
            assertThat(coordinator.asked()).containsExactly("begin", "abort");
        }

        @Test
        void timeOutMakesTheTransactionRollbackOnlyWhoeverRepeatsTheCall() {
            bankA.answers(ok(A + ";calls=1").withFixedDelay(8_000), ok(A + ";calls=2"));
            RestClient retrying = http.mutate()
                    .requestInterceptors(all -> all.addFirst((request, body, execution) -> {
                        try {
                            return execution.execute(request, body);
                        } catch (IOException e) {
                            return execution.execute(request, body);
                        }
                    }))
                    .build();

            assertThatThrownBy(() -> template()
                            .execute(transaction ->
                                    retrying.post().uri(bankA.url()).retrieve().body(String.class)))
                    .isInstanceOf(TransactionAbortedException.class)
                    .hasMessageContaining("without an answer");
        }

        @Test
        void repeatableCallsLiftTheRule() {
            bankA.answers(aResponse().withFault(Fault.EMPTY_RESPONSE), ok(A + ";calls=1"));

            template().withRepeatableCalls().execute(transaction -> {
                assertThatThrownBy(() -> call(bankA)).isInstanceOf(ResourceAccessException.class);
                return call(bankA);
            });

            assertThat(coordinator.asked()).containsExactly("begin", "commit");
        }

        @Test
        void refusedConnectionDoesNotCount() {
            bankB.answersWithBranches(B + ";calls=1");
            StubService gone = new StubService();
            gone.close();

            template().execute(transaction -> {
                assertThatThrownBy(() -> call(gone)).isInstanceOf(ResourceAccessException.class);
                return call(bankB);
            });

            assertThat(coordinator.asked()).containsExactly("begin", "commit");
        }

        @Test
        void businessCallsAreNeverRepeated() {
            bankA.answers(aResponse().withStatus(503).withHeader("Retry-After", "0"));

            assertThatThrownBy(() -> template().execute(transaction -> call(bankA)))
                    .isInstanceOf(HttpServerErrorException.class);

            assertThat(bankA.calls()).hasSize(1);
        }
    }

    @Nested
    class Elsewhere {

        @Test
        void callRefusedBecauseTheBranchIsElsewhereIsRepeatedOnceThere() {
            bankA.answers(elsewhere(bankB.url() + "/"));
            bankB.answersWithBranches(A + ";token=\"k3\";calls=2");

            template().execute(transaction -> call(bankA));

            assertThat(bankB.calls().getFirst().getUrl()).isEqualTo("/accounts/1/debit?dry=no");
            assertThat(bankB.calls().getFirst().getBodyAsString()).isEqualTo("5.00");
            assertThat(bankB.calls().getFirst().getHeader("Assent-Transaction"))
                    .isEqualTo(StubCoordinator.TRANSACTION.toString());
            assertThat(coordinator
                            .commitBody()
                            .path("branches")
                            .path(0)
                            .path("calls")
                            .asInt())
                    .isEqualTo(1);
        }

        @Test
        void secondRefusalIsTheAnswer() {
            bankA.answers(elsewhere(bankB.url()));
            bankB.answers(elsewhere(bankA.url()));

            assertThatThrownBy(() -> template().execute(transaction -> call(bankA)))
                    .isInstanceOfSatisfying(
                            HttpClientErrorException.class,
                            refused -> assertThat(refused.getResponseBodyAsString())
                                    .contains("branch-elsewhere"));

            assertThat(bankA.calls()).hasSize(1);
            assertThat(bankB.calls()).hasSize(1);
        }

        @Test
        void answerThatTheBranchIsLostMakesTheTransactionRollbackOnlyEvenWhenItIsSwallowed_L8() {
            bankA.answers(ok(A + ";token=\"k3\";calls=1"), problem("branch-lost", ""));

            assertThatThrownBy(() -> template().execute(transaction -> {
                        call(bankA);
                        assertThatThrownBy(() -> call(bankA))
                                .isInstanceOfSatisfying(
                                        HttpClientErrorException.class,
                                        refused -> assertThat(refused.getResponseBodyAsString())
                                                .contains("branch-lost"));
                        return "swallowed";
                    }))
                    .isInstanceOf(TransactionAbortedException.class)
                    .hasMessageContaining("has lost the branch");

            assertThat(coordinator.asked()).containsExactly("begin", "abort");
        }

        @Test
        void instanceThatWasNamedAsTheHolderMayHaveLostTheBranchToo_L8() {
            bankA.answers(elsewhere(bankB.url()));
            bankB.answers(problem("branch-lost", ""));

            assertThatThrownBy(() -> template().execute(transaction -> {
                        assertThatThrownBy(() -> call(bankA)).isInstanceOf(HttpClientErrorException.class);
                        return "swallowed";
                    }))
                    .isInstanceOf(TransactionAbortedException.class);
        }

        @Test
        void otherConflictsAreTheApplicationsOwn() {
            bankA.answers(ok(A + ";calls=1"), problem("transaction-over", ""));

            template().execute(transaction -> {
                call(bankA);
                assertThatThrownBy(() -> call(bankA)).isInstanceOf(HttpClientErrorException.class);
                return "swallowed";
            });

            assertThat(coordinator.asked()).containsExactly("begin", "commit");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"", "not a url", "ftp://127.0.0.1/", "http://user@127.0.0.1:1/", "http://127.0.0.1:1/?a"})
        void hintThatIsNoBaseUrlIsNotFollowed(String url) {
            bankA.answers(elsewhere(url));

            assertThatThrownBy(() -> template().execute(transaction -> call(bankA)))
                    .isInstanceOfSatisfying(HttpClientErrorException.class, refused -> {
                        assertThat(refused.getStatusCode()).isEqualTo(HttpStatus.CONFLICT);
                        assertThat(refused.getResponseBodyAsString()).contains("branch-elsewhere");
                    });
        }

        private ResponseDefinitionBuilder elsewhere(String holder) {
            return problem("branch-elsewhere", ",\"instanceUrl\":\"" + holder + "\"");
        }

        private ResponseDefinitionBuilder problem(String type, String more) {
            return aResponse()
                    .withStatus(409)
                    .withHeader("Content-Type", "application/problem+json")
                    .withBody("{\"type\":\"urn:assent:problem:" + type + "\",\"status\":409" + more + "}");
        }
    }
}
