package io.assent.participant.initiator;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static io.assent.participant.initiator.StubCoordinator.TRANSACTION;
import static io.assent.participant.initiator.StubCoordinator.json;
import static io.assent.participant.initiator.StubCoordinator.problem;
import static io.assent.participant.initiator.StubCoordinator.view;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.assent.participant.CoordinatorRefusedException;
import io.assent.participant.CoordinatorUnavailableException;
import io.assent.participant.Deadline;
import io.assent.participant.OutcomeUnknownException;
import io.assent.participant.TransactionAbortedException;
import io.assent.protocol.AbortReason;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.api.BeginRequest;
import io.assent.protocol.api.ClusterView;
import io.assent.protocol.api.HeuristicView;
import io.assent.protocol.api.LookupAnswer;
import io.assent.protocol.api.LookupRequest;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.ReasonView;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.HeuristicCompletionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.UnexpectedRollbackException;
import tools.jackson.databind.JsonNode;

/** What the answers of the coordinators mean, and how persistently they are asked. */
class OutcomeTest extends InitiatorFixture {

    private static final BeginRequest BEGIN = new BeginRequest("TWO_PHASE", "PT20S", "test", null, null);
    private static final List<Member> NOBODY = List.of();

    private final StubCoordinator second = StubCoordinator.willing();
    private final RestCoordinatorClient both = client(List.of(coordinator.url(), second.url()));

    @AfterEach
    void stopSecond() {
        second.close();
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofMillis(700));
    }

    private static Deadline later() {
        return Deadline.in(Duration.ofSeconds(30));
    }

    @Nested
    class Begin {

        @Test
        void isRepeatedAtAllCoordinatorsUntilOneAnswers() {
            coordinator.close();
            second.server()
                    .stubFor(post("/v1/transactions")
                            .inScenario("begin")
                            .whenScenarioStateIs(Scenario.STARTED)
                            .willSetStateTo("ready")
                            .willReturn(problem(ProblemType.NO_QUORUM)));
            second.server()
                    .stubFor(post("/v1/transactions")
                            .inScenario("begin")
                            .whenScenarioStateIs("ready")
                            .willReturn(json(201, view("ACTIVE", null))));

            assertThat(both.begin(BEGIN, later())).isEqualTo(TRANSACTION);

            assertThat(second.asked()).containsExactly("begin", "begin");
        }

        @Test
        void bearsNoKey() {
            client.begin(BEGIN, later());

            assertThat(coordinator
                            .server()
                            .getAllServeEvents()
                            .getFirst()
                            .getRequest()
                            .containsHeader("Idempotency-Key"))
                    .isFalse();
            assertThat(coordinator.beginBody()).isEqualTo(StubCoordinator.JSON.readTree("""
                    {"protocol":"TWO_PHASE","timeout":"PT20S","name":"test"}"""));
        }

        @Test
        void isUnavailableWhenNobodyAnswers() {
            coordinator.close();
            second.onAnything(problem(ProblemType.NOT_READY));

            assertThatThrownBy(() -> both.begin(BEGIN, soon()))
                    .isInstanceOf(CoordinatorUnavailableException.class)
                    .isInstanceOf(CannotCreateTransactionException.class)
                    .hasMessageContaining("begin");
        }

        @Test
        void isRefusedWhenTheRequestIsWrong() {
            coordinator.onBegin(problem(ProblemType.UNAUTHENTICATED));

            assertThatThrownBy(() -> client.begin(BEGIN, later()))
                    .isInstanceOfSatisfying(CoordinatorRefusedException.class, refused -> {
                        assertThat(refused.status()).isEqualTo(401);
                        assertThat(refused.type()).contains(ProblemType.UNAUTHENTICATED);
                        assertThat(refused).hasMessageContaining("do this next");
                    });
        }

        @ParameterizedTest
        @ValueSource(ints = {404, 405, 302, 500, 502})
        void errorThatIsNotOneOfAssentsIsNoAnswer(int status) {
            coordinator.onBegin(aResponse().withStatus(status).withBody("<html>"));

            assertThat(both.begin(BEGIN, later())).isEqualTo(TRANSACTION);
            assertThat(both.begin(BEGIN, later())).isEqualTo(TRANSACTION);
        }

        @Test
        void sendsTheSecretAsBearerToken() {
            String secret = "0123456789abcdef0123456789abcdef";
            RestCoordinatorClient secured = new RestCoordinatorClient(
                    List.of(coordinator.url()), secret, Duration.ofSeconds(2), Duration.ofSeconds(10));

            secured.begin(BEGIN, later());

            assertThat(coordinator
                            .server()
                            .getAllServeEvents()
                            .getFirst()
                            .getRequest()
                            .getHeader("Authorization"))
                    .isEqualTo("Bearer " + secret);
        }
    }

    @Nested
    class Commit {

        @Test
        void isRepeatedWhenTheAnswerWasLost() {
            coordinator.onCommit(aResponse().withFault(Fault.EMPTY_RESPONSE));
            second.onCommit(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
            second.server()
                    .stubFor(post(urlPathMatching(".*/commit"))
                            .inScenario("commit")
                            .whenScenarioStateIs(Scenario.STARTED)
                            .willSetStateTo("again")
                            .willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE)));
            second.server()
                    .stubFor(post(urlPathMatching(".*/commit"))
                            .inScenario("commit")
                            .whenScenarioStateIs("again")
                            .willReturn(json(200, view("COMMITTED", "COMMITTED"))));

            assertThat(both.commit(TRANSACTION, NOBODY, later()).outcome()).isEqualTo("COMMITTED");
            assertThat(coordinator.asked()).isNotEmpty().containsOnly("commit");
        }

        @Test
        void isRepeatedWhileTheOutcomeIsNotKnown() {
            coordinator
                    .server()
                    .stubFor(post(urlPathMatching(".*/commit"))
                            .inScenario("commit")
                            .whenScenarioStateIs(Scenario.STARTED)
                            .willSetStateTo("decided")
                            .willReturn(json(202, view("PREPARING", null))));
            coordinator
                    .server()
                    .stubFor(post(urlPathMatching(".*/commit"))
                            .inScenario("commit")
                            .whenScenarioStateIs("decided")
                            .willReturn(json(200, view("COMMITTING", "COMMITTED"))));

            assertThat(client.commit(TRANSACTION, NOBODY, later()).state()).isEqualTo("COMMITTING");
            assertThat(coordinator.asked()).containsExactly("commit", "commit");
        }

        @Test
        void ofNothingNamesAnEmptySet() {
            client.commit(TRANSACTION, NOBODY, later());

            assertThat(coordinator.commitBody().path("branches").isArray()).isTrue();
            assertThat(Duration.parse(coordinator.commitBody().path("wait").asString()))
                    .isPositive()
                    .isLessThanOrEqualTo(Duration.ofSeconds(10));
        }

        @Test
        void followsTheLeaderThatIsNamed() {
            coordinator.onCommit(json(200, view("COMMITTED", "COMMITTED")).withHeader("Assent-Leader", url(second)));
            second.onCommit(json(200, view("COMMITTED", "COMMITTED")).withHeader("Assent-Leader", url(second)));

            for (int i = 0; i < 6; i++) {
                both.commit(TRANSACTION, NOBODY, later());
            }

            assertThat(coordinator.asked()).hasSizeLessThanOrEqualTo(1);
            assertThat(second.asked()).hasSizeGreaterThanOrEqualTo(5);
        }

        @Test
        void followsALeaderOutsideTheConfigurationOnlyIfTheClusterNamesIt() {
            coordinator.onCommit(json(200, view("COMMITTED", "COMMITTED")).withHeader("Assent-Leader", url(second)));
            client.commit(TRANSACTION, NOBODY, later());
            client.commit(TRANSACTION, NOBODY, later());
            assertThat(second.asked()).as("a stranger's word").isEmpty();

            ClusterView.Node node = new ClusterView.Node("n2", url(second), "UP", null);
            coordinator.onAnything(json(200, new ClusterView(List.of(node), List.of(), "accept")));
            client.cluster(later());
            coordinator.server().resetMappings();
            coordinator.onCommit(json(200, view("COMMITTED", "COMMITTED")).withHeader("Assent-Leader", url(second)));
            client.commit(TRANSACTION, NOBODY, later());
            client.commit(TRANSACTION, NOBODY, later());

            assertThat(second.asked()).containsExactly("commit");
        }

        private static String url(StubCoordinator coordinator) {
            return coordinator.url() + "/";
        }

        @Test
        void isAbortedWithTheReason() {
            coordinator.onCommit(problem(
                    ProblemType.TRANSACTION_ABORTED, new ReasonView("VOTE_NO", "bank-b", "no such account"), null));

            assertThatThrownBy(() -> client.commit(TRANSACTION, NOBODY, later()))
                    .isInstanceOf(UnexpectedRollbackException.class)
                    .isInstanceOfSatisfying(TransactionAbortedException.class, aborted -> {
                        assertThat(aborted.reason().code()).isEqualTo(AbortReason.Code.VOTE_NO);
                        assertThat(aborted.branch()).isEqualTo("bank-b");
                        assertThat(aborted).hasMessageContaining("no such account");
                    });
        }

        @Test
        void isAbortedAlsoForAReasonOfALaterVersion() {
            coordinator.onCommit(
                    problem(ProblemType.TRANSACTION_ABORTED, new ReasonView("SUNSPOTS", null, null), null));

            assertThatThrownBy(() -> client.commit(TRANSACTION, NOBODY, later()))
                    .isInstanceOf(TransactionAbortedException.class)
                    .hasMessageContaining("SUNSPOTS");
        }

        @Test
        void outcomeIsUnknownWhenNobodyTellsItInTime() {
            coordinator.onCommit(aResponse().withFault(Fault.EMPTY_RESPONSE));

            assertThatThrownBy(() -> client.commit(TRANSACTION, NOBODY, soon()))
                    .isInstanceOf(TransactionSystemException.class)
                    .isInstanceOfSatisfying(OutcomeUnknownException.class, unknown -> {
                        assertThat(unknown.transaction()).isEqualTo(TRANSACTION);
                        assertThat(unknown.howToAsk())
                                .containsExactly(URI.create(coordinator.url() + "/v1/transactions/" + TRANSACTION));
                        assertThat(unknown).hasMessageContaining(TRANSACTION.toString());
                    });
        }

        @Test
        void outcomeIsUnknownWhenItHasBeenForgotten() {
            coordinator.onCommit(problem(ProblemType.EXPIRED));

            assertThatThrownBy(() -> client.commit(TRANSACTION, NOBODY, later()))
                    .isInstanceOf(OutcomeUnknownException.class)
                    .hasMessageContaining("operator");
        }

        @Test
        void mismatchAfterAnAbortIsAnAbort() {
            coordinator.onCommit(problem(ProblemType.BRANCH_MISMATCH, null, view("ABORTED", "ABORTED")));

            assertThatThrownBy(() -> client.commit(TRANSACTION, NOBODY, later()))
                    .isInstanceOf(TransactionAbortedException.class);
        }
    }

    @Nested
    class Abort {

        @Test
        void tellsWhenCommitHadBeenDecided() {
            coordinator.onAbort(problem(ProblemType.ALREADY_COMMITTED));

            assertThat(client.abort(TRANSACTION, "no", later())).isEqualTo(Outcome.COMMITTED);
        }

        @Test
        void carriesTheReason() {
            assertThat(client.abort(TRANSACTION, "changed my mind", later())).isEqualTo(Outcome.ABORTED);

            assertThat(coordinator.abortBody().path("message").asString()).isEqualTo("changed my mind");
        }
    }

    @Nested
    class OfATemplate {

        @Test
        void refusedCommitIsAbortedSoThatItDoesNotLinger() {
            coordinator.onCommit(problem(ProblemType.UNSUPPORTED_PROTOCOL));
            bankA.answersWithBranches(A + ";calls=1");

            assertThatThrownBy(() -> template().execute(transaction -> call(bankA)))
                    .isInstanceOf(CoordinatorRefusedException.class);

            assertThat(coordinator.asked()).containsExactly("begin", "commit", "abort");
        }

        @Test
        void refusedRepetitionOfACommitThatWasObeyedIsACommit() {
            coordinator.onCommit(problem(ProblemType.UNAUTHENTICATED));
            coordinator.onAbort(problem(ProblemType.ALREADY_COMMITTED));
            bankA.answersWithBranches(A + ";calls=1");

            assertThat(template().<String>execute(transaction -> call(bankA))).isEqualTo("done");
        }

        @Test
        void heuristicsAreReported() {
            coordinator.onCommit(
                    json(200, view("COMMITTING", "COMMITTED", new HeuristicView("bank-a", "ROLLBACK", null))));
            bankA.answersWithBranches(A + ";calls=1");

            assertThatThrownBy(() -> template().execute(transaction -> call(bankA)))
                    .isInstanceOfSatisfying(HeuristicCompletionException.class, heuristic -> {
                        assertThat(heuristic.getOutcomeState()).isEqualTo(HeuristicCompletionException.STATE_MIXED);
                        assertThat(heuristic).hasStackTraceContaining("bank-a");
                    });
        }
    }

    @Test
    void lookupAsksForManyBranchesAtOnce() {
        coordinator.onAnything(json(
                200,
                new LookupAnswer(
                        List.of(new LookupAnswer.Item(TRANSACTION.toString(), "bank-a", "PENDING")), List.of())));

        LookupAnswer answer = client.lookup(List.of(new LookupRequest.Item(TRANSACTION.toString(), "bank-a")), later());

        assertThat(answer.outcomes().getFirst().outcome()).isEqualTo("PENDING");
        JsonNode asked = StubCoordinator.JSON.readTree(
                coordinator.server().getAllServeEvents().getFirst().getRequest().getBody());
        assertThat(asked.path("branches").path(0).path("branch").asString()).isEqualTo("bank-a");
    }

    @Test
    void clusterTellsWhetherVotesAreTaken() {
        coordinator.onAnything(json(200, new ClusterView(List.of(), List.of(), "ignore")));
        assertThat(client.votesAreTaken()).isTrue();

        client.cluster(later());

        assertThat(client.votesAreTaken()).isFalse();
    }

    @Test
    void interruptedThreadStopsAsking() {
        coordinator.onAnything(problem(ProblemType.NO_QUORUM));
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> client.begin(BEGIN, later())).isInstanceOf(CoordinatorUnavailableException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
