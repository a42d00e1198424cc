package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.coordinator.operations.TransactionMetrics;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.AbortReason;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.group.LogRecord;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.springframework.boot.micrometer.metrics.test.autoconfigure.AutoConfigureMetrics;

/** Health, metrics, the cluster and the description of the API: section 5 of the description of the wire. */
@ApiTest
@AutoConfigureMetrics
class OperationsTest {

    private final FakeGroup group;
    private final TransactionMetrics metrics;
    private final Api api;

    OperationsTest(FakeGroup group, TransactionMetrics metrics, Api api) {
        this.group = group;
        this.metrics = metrics;
        this.api = api;
    }

    @Test
    void isReadyOnceItsGroupsHaveCaughtUpAndStaysSoWithoutALeader() {
        group.isReplaying();
        api.get("/actuator/health/readiness").expect(503);
        api.get("/actuator/health/liveness").expect(200);

        group.reset();
        group.hasNoLeader();
        api.get("/actuator/health/readiness").expect(200);
    }

    @Test
    void clusterHealthTellsWhoLeads() {
        Api.Reply reply = api.get("/actuator/health/cluster").expect(200);
        assertThat(reply.text("/components/groups/components/group-0/details/leader"))
                .isEqualTo("n1");

        group.hasNoLeader();
        assertThat(api.get("/actuator/health/cluster").expect(503).text("/status"))
                .isEqualTo("DOWN");
    }

    @Test
    void probesShowNoDetails() {
        assertThat(api.get("/actuator/health/readiness").expect(200).response().body())
                .isEqualTo("{\"status\":\"UP\"}");
        assertThat(api.get("/actuator/health").expect(200).response().body()).doesNotContain("leader");
    }

    @Test
    void metricNamesAreAContract() {
        TransactionId id = group.issue();
        Member member = Member.of("a", "http://127.0.0.1:1").withVote(Vote.YES);
        group.apply(new LogRecord.Decided(id, List.of(member), 1), FakeGroup.TERM);
        metrics.ended(FakeGroup.transaction(
                id, Transaction.State.ABORTED, Outcome.ABORTED, AbortReason.of(AbortReason.Code.TIMEOUT), List.of()));
        metrics.left("PREPARING", 1_000_000);

        String scraped = api.get("/actuator/prometheus").expect(200).response().body();

        assertThat(scraped)
                .contains(
                        "assent_transactions_total{outcome=\"aborted\",protocol=\"two_phase\",reason=\"timeout\"} 1.0")
                .contains("assent_phase_seconds_bucket{phase=\"preparing\"")
                .contains("assent_branches_pending{group=\"0\"} 1.0")
                .contains("assent_indoubt_age_seconds{group=\"0\"}");
    }

    @Test
    void onlyTheLeaderTellsWhatIsOwed() {
        Member member = Member.of("a", "http://127.0.0.1:1").withVote(Vote.YES);
        group.apply(new LogRecord.Decided(group.issue(), List.of(member), 1), FakeGroup.TERM);
        group.isLedBy("n2");

        assertThat(api.get("/actuator/prometheus").expect(200).response().body())
                .contains("assent_branches_pending{group=\"0\"} 0.0");
    }

    @Test
    void showsTheClusterOfOneNode() {
        Api.Reply reply = api.get("/v1/cluster").expect(200);

        assertThat(reply.text("/nodes/0/id")).isEqualTo("n1");
        assertThat(reply.text("/nodes/0/url")).isEqualTo(api.url());
        assertThat(reply.text("/nodes/0/state")).isEqualTo("UP");
        assertThat(reply.text("/groups/0/leader")).isEqualTo("n1");
        assertThat(reply.text("/groups/0/incarnation")).isEqualTo(group.issue().incarnationText());
        assertThat(reply.text("/groups/0/replicas/0/role")).isEqualTo("LEADER");
    }

    @Test
    void showsTheSlotTable() {
        assertThat(api.get("/v1/cluster/slots").expect(200).response().body())
                .isEqualTo("{\"version\":1,\"slots\":[{\"from\":0,\"to\":16383,\"group\":0}]}");
    }

    @Test
    void describesEveryPathAndTheProblems() {
        Api.Reply reply = api.get("/v3/api-docs").expect(200);

        assertThat(reply.body().path("paths").propertyNames())
                .containsExactlyInAnyOrder(
                        "/v1/transactions",
                        "/v1/transactions/{id}",
                        "/v1/transactions/{id}/branches",
                        "/v1/transactions/{id}/commit",
                        "/v1/transactions/{id}/abort",
                        "/v1/outcomes/lookup",
                        "/v1/cluster",
                        "/v1/cluster/slots",
                        "/v1/cluster/members",
                        "/v1/acceptor",
                        "/v1/acceptor/votes",
                        "/v1/acceptor/relays",
                        "/v1/acceptor/promises",
                        "/v1/acceptor/acceptances",
                        "/v1/acceptor/seals",
                        "/v1/acceptor/unlearned",
                        "/v1/acceptor/reports");
        assertThat(StreamSupport.stream(reply.body().path("paths").spliterator(), false))
                .allSatisfy(path -> assertThat(path.toString()).contains("ProblemView"));
        assertThat(reply.body()
                        .at("/components/schemas/CommitRequest/properties")
                        .propertyNames())
                .containsExactlyInAnyOrder("branches", "await", "wait");
    }
}
