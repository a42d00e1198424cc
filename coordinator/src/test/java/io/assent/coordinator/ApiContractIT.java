package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.ProblemType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.micrometer.metrics.test.autoconfigure.AutoConfigureMetrics;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestConstructor;

/** Every answer and problem of the description of the wire that one node can give, from a real coordinator. */
@SpringBootTest(
        classes = CoordinatorApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"assent.limits.branches=3", "assent.log.open-transactions=" + ApiContractIT.OPEN})
@TestConstructor(autowireMode = TestConstructor.AutowireMode.ALL)
@DirtiesContext
@AutoConfigureMetrics
class ApiContractIT {

    static final int OPEN = 300;

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private static Path directory;

    private static ScriptedParticipant participant;
    private final Api api;

    ApiContractIT(@LocalServerPort int port) {
        this.api = new Api(port);
    }

    @DynamicPropertySource
    static void dataDirectory(DynamicPropertyRegistry registry) {
        registry.add("assent.node.data-dir", () -> directory.resolve("data").toString());
    }

    @BeforeAll
    static void start() {
        participant = new ScriptedParticipant();
    }

    @BeforeEach
    void awaitReady() {
        await().atMost(PATIENCE)
                .until(() -> api.get("/actuator/health/readiness").status() == 200);
    }

    @AfterAll
    static void stop() {
        participant.close();
    }

    private String begin() {
        return api.post("/v1/transactions", "").expect(201).text("/id");
    }

    private String path(String id, String action) {
        return "/v1/transactions/" + id + "/" + action;
    }

    private String branch(String name) {
        return "{'participant':'" + name + "','endpoint':'" + participant.endpoint() + "'}";
    }

    private String begin(Protocol protocol) {
        return api.post("/v1/transactions", "{'protocol':'" + protocol + "'}")
                .expect(201)
                .text("/id");
    }

    private String branch(String id, Protocol protocol) {
        return branch(id).replace("}", ",'protocols':['" + protocol + "']}");
    }

    private Api.Reply commit(String id, String... branches) {
        return api.post(path(id, "commit"), "{'branches':[" + String.join(",", branches) + "]}");
    }

    @Test
    void beginTellsTheTransactionAndWhereItIs() {
        Api.Reply reply = api.post("/v1/transactions", "{'name':'transfer','labels':{'order':'17'}}")
                .expect(201);

        String id = reply.text("/id");
        assertThat(id).hasSize(40);
        assertThat(reply.header("Location")).contains("/v1/transactions/" + id);
        assertThat(reply.header("Assent-Leader")).contains(api.url());
        assertThat(reply.text("/state")).isEqualTo("ACTIVE");
        assertThat(api.get("/v1/transactions/" + id).expect(200).text("/labels/order"))
                .isEqualTo("17");
    }

    @Test
    void aKeyBeginsOnce() {
        String body = "{'name':'once'}";
        String id = api.post("/v1/transactions", body, "Idempotency-Key", "k1")
                .expect(201)
                .text("/id");

        assertThat(api.post("/v1/transactions", body, "Idempotency-Key", "k1")
                        .expect(200)
                        .text("/id"))
                .isEqualTo(id);
        Api.Reply conflict = api.post("/v1/transactions", "{'name':'other'}", "Idempotency-Key", "k1");
        assertThat(conflict.expect(ProblemType.IDEMPOTENCY_CONFLICT).text("/transaction"))
                .isEqualTo(id);
        commit(id).expect(200);
        assertThat(api.post("/v1/transactions", body, "Idempotency-Key", "k1")
                        .expect(200)
                        .text("/outcome"))
                .isEqualTo("COMMITTED");
    }

    @Test
    void enlistTellsNewFromSame() {
        String id = begin();

        assertThat(api.post(path(id, "branches"), branch("a")).expect(201).text("/state"))
                .isEqualTo("WORKING");
        api.post(path(id, "branches"), branch("a")).expect(200);
        api.post(path(id, "branches"), branch("a").replace("/assent", "/other")).expect(ProblemType.BRANCH_CONFLICT);
        api.post(path(id, "branches"), branch("b").replace("}", ",'protocols':['PAXOS_COMMIT']}"))
                .expect(ProblemType.UNSUPPORTED_PROTOCOL);
        api.post(path(id, "branches"), branch("b").replace("127.0.0.1", "203.0.113.1"))
                .expect(ProblemType.ENDPOINT_NOT_ALLOWED);
        assertThat(api.get("/v1/transactions/" + id).expect(200).text("/state")).isEqualTo("ACTIVE");
        api.post(path(id, "abort"), "").expect(200);
        api.post(path(id, "branches"), branch("c")).expect(ProblemType.NOT_ACTIVE);
    }

    @Test
    void aTransactionHasNoMoreBranchesThanTheLimit() {
        String id = begin();
        for (String name : new String[] {"a", "b", "c"}) {
            api.post(path(id, "branches"), branch(name)).expect(201);
        }

        api.post(path(id, "branches"), branch("d")).expect(ProblemType.TOO_LARGE);
        commit(id, branch("a"), branch("b"), branch("c"), branch("d")).expect(ProblemType.TOO_LARGE);
        api.post(path(id, "commit"), "").expect(200);
    }

    @ParameterizedTest
    @EnumSource
    void commitWaitsForEveryAcknowledgement(Protocol protocol) {
        String id = begin(protocol);

        Api.Reply reply =
                commit(id, branch("a", protocol), branch("b", protocol)).expect(200);

        assertThat(reply.text("/state")).isEqualTo("COMMITTED");
        assertThat(reply.text("/outcome")).isEqualTo("COMMITTED");
        assertThat(reply.text("/branches/1/participant")).isEqualTo("b");
        assertThat(reply.text("/branches/1/vote")).isEqualTo("YES");
        assertThat(reply.text("/branches/1/state")).isEqualTo("COMMITTED");
        assertThat(reply.text("/decidedAt")).endsWith("Z");
        commit(id, branch("b", protocol), branch("a", protocol)).expect(200);
        Api.Reply mismatch = commit(id, branch("a", protocol)).expect(ProblemType.BRANCH_MISMATCH);
        assertThat(mismatch.text("/current/outcome")).isEqualTo("COMMITTED");
        api.post(path(id, "abort"), "").expect(ProblemType.ALREADY_COMMITTED);
    }

    @Test
    void commitAnswersTheDecisionWhenThatIsAskedForOrTheWaitIsOver() {
        participant.isSilent("slow", "COMMIT");
        String id = begin();
        String other = begin();

        Api.Reply decided = api.post(path(id, "commit"), "{'branches':[" + branch("slow") + "],'await':'DECISION'}");
        assertThat(decided.expect(200).text("/state")).isEqualTo("COMMITTING");
        Api.Reply waited = api.post(path(other, "commit"), "{'branches':[" + branch("slow") + "],'wait':'PT1S'}");
        assertThat(waited.expect(200).text("/state")).isEqualTo("COMMITTING");

        participant.recovers("slow", "COMMIT");
        await().atMost(PATIENCE)
                .until(() -> api.get("/v1/transactions/" + id).text("/state").equals("COMMITTED"));
    }

    @Test
    void acceptedMeansUndecided() {
        participant.isSilent("mute", "PREPARE");
        String id = begin();

        Api.Reply reply = api.post(path(id, "commit"), "{'branches':[" + branch("mute") + "],'wait':'PT0.2S'}");

        assertThat(reply.expect(202).body().path("outcome").isNull()).isTrue();
        assertThat(reply.text("/state")).isEqualTo("PREPARING");
        participant.recovers("mute", "PREPARE");
        api.post(path(id, "commit"), "").expect(200);
    }

    @ParameterizedTest
    @EnumSource
    void anAbortSaysWhy(Protocol protocol) {
        participant.replies("poor", "PREPARE", "{'type':'VOTE','vote':'NO','reason':'insufficient funds'}");
        String id = begin(protocol);

        Api.Reply reply =
                commit(id, branch("a", protocol), branch("poor", protocol)).expect(ProblemType.TRANSACTION_ABORTED);

        assertThat(reply.text("/reason/code")).isEqualTo("VOTE_NO");
        assertThat(reply.text("/reason/branch")).isEqualTo("poor");
        assertThat(reply.text("/reason/message")).isEqualTo("insufficient funds");
        assertThat(api.get("/v1/transactions/" + id).expect(200).text("/reason/code"))
                .isEqualTo("VOTE_NO");
        commit(id, branch("a", protocol), branch("poor", protocol)).expect(ProblemType.TRANSACTION_ABORTED);
        api.post(path(id, "abort"), "").expect(200);
    }

    @Test
    void aHandedOverNoAbortsAndAHandedOverYesNeedsNoPrepare() {
        String refused = begin();
        assertThat(commit(refused, branch("a").replace("}", ",'vote':'NO'}"))
                        .expect(ProblemType.TRANSACTION_ABORTED)
                        .text("/reason/code"))
                .isEqualTo("VOTE_NO");

        participant.isSilent("prepared", "PREPARE");
        commit(begin(), branch("prepared").replace("}", ",'vote':'YES'}")).expect(200);
    }

    @Test
    void anotherSetThanTheEnlistedOneAborts() {
        String missing = begin();
        api.post(path(missing, "branches"), branch("a")).expect(201);
        String unknown = begin();

        assertThat(commit(missing, branch("b"))
                        .expect(ProblemType.TRANSACTION_ABORTED)
                        .text("/reason/code"))
                .isEqualTo("BRANCH_MISMATCH");
        assertThat(commit(unknown, "{'participant':'z'}")
                        .expect(ProblemType.TRANSACTION_ABORTED)
                        .text("/reason/code"))
                .isEqualTo("BRANCH_MISMATCH");
    }

    @Test
    void commitOfNothingMustSaySo() {
        String id = begin();

        api.post(path(id, "commit"), "").expect(ProblemType.NO_BRANCHES);
        commit(id).expect(200);
    }

    @Test
    void aTransactionThatIsNotCommittedInTimeAborts() {
        String id =
                api.post("/v1/transactions", "{'timeout':'PT0.1S'}").expect(201).text("/id");

        await().atMost(PATIENCE)
                .until(() -> api.get("/v1/transactions/" + id).text("/outcome").equals("ABORTED"));
        assertThat(commit(id).expect(ProblemType.TRANSACTION_ABORTED).text("/reason/code"))
                .isEqualTo("TIMEOUT");
    }

    @Test
    void aVoteThatIsMissingAtTheDeadlineNamesItsBranch() {
        participant.isSilent("gone", "PREPARE");
        String id =
                api.post("/v1/transactions", "{'timeout':'PT0.5S'}").expect(201).text("/id");

        Api.Reply reply = commit(id, branch("a"), branch("gone")).expect(ProblemType.TRANSACTION_ABORTED);

        assertThat(reply.text("/reason/code")).isEqualTo("UNREACHABLE");
        assertThat(reply.text("/reason/branch")).isEqualTo("gone");
    }

    @Test
    void abortTakesTheInitiatorsWords() {
        String id = begin();

        Api.Reply reply =
                api.post(path(id, "abort"), "{'message':'changed my mind'}").expect(200);

        assertThat(reply.text("/outcome")).isEqualTo("ABORTED");
        assertThat(reply.text("/reason/code")).isEqualTo("INITIATOR");
        assertThat(reply.text("/reason/message")).isEqualTo("changed my mind");
    }

    @Test
    void abortIsAcceptedWhileOnlyTheParticipantKnowsTheOutcome() {
        participant.isSilent("single", "COMMIT_ONE_PHASE");
        participant.isSilent("single", "INQUIRE");
        String id = begin();
        String one = branch("single").replace("}", ",'onePhase':true}");
        api.post(path(id, "commit"), "{'branches':[" + one + "],'wait':'PT0.3S'}")
                .expect(202);

        Api.Reply reply = api.post(path(id, "abort"), "").expect(202);

        assertThat(reply.body().path("outcome").isNull()).isTrue();
        participant.recovers("single", "COMMIT_ONE_PHASE");
        api.post(path(id, "commit"), "").expect(200);
    }

    @Test
    void heuristicsAreShown() {
        participant.replies("rogue", "COMMIT", "{'type':'HEURISTIC','kind':'ROLLBACK'}");
        String id = begin();

        commit(id, branch("rogue"), branch("a")).expect(200);

        await().atMost(PATIENCE)
                .until(() -> api.get("/v1/transactions/" + id)
                        .text("/heuristics/0/kind")
                        .equals("ROLLBACK"));
        assertThat(api.get("/v1/transactions/" + id).text("/heuristics/0/branch"))
                .isEqualTo("rogue");
    }

    @Test
    void readsAreLabelled() {
        String id = begin();

        for (String level : new String[] {"linearizable", "bounded", "local"}) {
            Api.Reply reply =
                    api.get("/v1/transactions/" + id + "?consistency=" + level).expect(200);
            assertThat(reply.header("Assent-Consistency")).contains(level);
            assertThat(reply.header("Assent-Term")).isPresent();
            assertThat(reply.header("Assent-Index")).isPresent();
            assertThat(reply.header("Assent-Staleness").orElseThrow()).startsWith("PT");
        }
        String index = commit(begin()).expect(200).header("Assent-Index").orElseThrow();
        api.get("/v1/transactions/" + id + "?minIndex=" + index).expect(200);
        api.get("/v1/transactions/" + id + "?minIndex=99999999").expect(ProblemType.NOT_READY);
    }

    @Test
    void idsOfOthersAreToldApart() {
        TransactionId known = TransactionId.parse(begin());
        TransactionId.Birth later =
                new TransactionId.Birth(0, known.incarnation(), known.birthTerm(), known.sequence() + 1);
        IncarnationKey otherKey = new IncarnationKey(new byte[IncarnationKey.LENGTH]);
        TransactionId forged = TransactionId.issue(later, Protocol.TWO_PHASE, 1, otherKey);
        TransactionId restored = TransactionId.issue(
                new TransactionId.Birth(0, known.incarnation() + 1, 1, 0), Protocol.TWO_PHASE, 1, otherKey);

        api.get("/v1/transactions/x").expect(ProblemType.MALFORMED_ID);
        api.get("/v1/transactions/" + forged).expect(ProblemType.MALFORMED_ID);
        api.get("/v1/transactions/" + restored).expect(ProblemType.EXPIRED);
        api.post(path(restored.toString(), "commit"), "").expect(ProblemType.EXPIRED);

        Api.Reply reply = api.post(
                        "/v1/outcomes/lookup",
                        "{'branches':[" + asked("x") + "," + asked(forged) + "," + asked(restored) + "," + asked(known)
                                + "]}")
                .expect(200);
        assertThat(IntStream.range(0, 4)
                        .mapToObj(i -> reply.text("/outcomes/" + i + "/outcome"))
                        .collect(Collectors.joining(" ")))
                .isEqualTo("PENDING ABORTED EXPIRED PENDING");
    }

    private static String asked(Object id) {
        return "{'transaction':'" + id + "','branch':'a'}";
    }

    @Test
    void lookUpAnswersPerBranch() {
        String committed = begin();
        commit(committed, branch("a"), branch("b")).expect(200);
        String aborted = begin();
        api.post(path(aborted, "abort"), "").expect(200);

        Api.Reply reply = api.post(
                        "/v1/outcomes/lookup",
                        "{'branches':[" + asked(aborted) + "," + asked(committed) + ","
                                + asked(committed).replace("'a'", "'stranger'") + "]}")
                .expect(200);

        assertThat(reply.text("/outcomes/0/outcome")).isEqualTo("ABORTED");
        assertThat(reply.text("/outcomes/1/outcome")).isEqualTo("COMMITTED");
        assertThat(reply.text("/outcomes/2/outcome")).isEqualTo("ABORTED");
    }

    @Test
    void wrongRequestsChangeNothing() {
        String id = begin();

        api.post("/v1/transactions", "{'unknown':1}").expect(ProblemType.INVALID_REQUEST);
        api.post("/v1/transactions", "{").expect(ProblemType.INVALID_REQUEST);
        api.post("/v1/transactions", "{'protocol':'PAXOS'}").expect(ProblemType.INVALID_REQUEST);
        api.post(path(id, "commit"), "{'wait':'PT61S'}").expect(ProblemType.INVALID_REQUEST);
        api.post("/v1/transactions", "{'name':'" + "x".repeat(1 << 20) + "'}").expect(ProblemType.TOO_LARGE);
        assertThat(api.get("/v1/transactions/" + id).expect(200).text("/state")).isEqualTo("ACTIVE");
    }

    @Test
    void operatorsSeeClusterSlotsHealthAndMetrics() {
        commit(begin(), branch("a")).expect(200);

        Api.Reply cluster = api.get("/v1/cluster").expect(200);
        assertThat(cluster.text("/nodes/0/state")).isEqualTo("UP");
        assertThat(cluster.text("/groups/0/leader")).isEqualTo("n1");
        assertThat(begin()).startsWith(cluster.text("/groups/0/incarnation"));
        assertThat(api.get("/v1/cluster/slots")
                        .expect(200)
                        .body()
                        .at("/slots/0/to")
                        .asInt())
                .isEqualTo(16_383);
        api.get("/actuator/health/liveness").expect(200);
        api.get("/actuator/health/cluster").expect(200);
        api.get("/v3/api-docs").expect(200);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(api.get("/actuator/prometheus")
                                .expect(200)
                                .response()
                                .body())
                        .contains(
                                "assent_transactions_total{",
                                "assent_phase_seconds_bucket{",
                                "assent_indoubt_age_seconds{",
                                "assent_branches_pending{",
                                "assent_log_append_seconds_count{",
                                "assent_log_lag{",
                                "assent_delivery_queue",
                                "assent_delivery_requests_seconds_count{participant=\"a\"",
                                "assent_leader{group=\"0\"} 1.0"));
    }

    @Test
    void tooManyOpenTransactionsAreRefusedUntilSomeEnd() {
        List<String> begun = new ArrayList<>();
        Api.Reply last = api.post("/v1/transactions", "{'timeout':'PT10M'}");
        for (int i = 0; i < OPEN && last.status() == 201; i++) {
            begun.add(last.text("/id"));
            last = api.post("/v1/transactions", "{'timeout':'PT10M'}");
        }
        last.expect(ProblemType.OVERLOADED);

        begun.forEach(id -> api.post("/v1/transactions/" + id + "/abort", "").expect(200));
        api.post("/v1/transactions", "").expect(201);
    }
}
