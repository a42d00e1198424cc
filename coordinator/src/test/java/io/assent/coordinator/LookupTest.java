package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.Mark;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** {@code POST /v1/outcomes/lookup}. */
@ApiTest
class LookupTest {

    private static final String PATH = "/v1/outcomes/lookup";

    private final FakeGroup group;
    private final Api api;

    LookupTest(FakeGroup group, Api api) {
        this.group = group;
        this.api = api;
    }

    private static String branch(Object transaction, String branch) {
        return "{'transaction':'" + transaction + "','branch':'" + branch + "'}";
    }

    private List<String> lookUp(String... branches) {
        Api.Reply reply = api.post(PATH, "{'branches':[" + String.join(",", branches) + "]}")
                .expect(200);
        return StreamSupport.stream(reply.body().path("outcomes").spliterator(), false)
                .map(item -> item.path("outcome").asString())
                .toList();
    }

    private TransactionId committed() {
        TransactionId id = group.issue();
        List<Member> members = List.of(
                Member.of("a", "http://127.0.0.1:1").withVote(Vote.YES),
                Member.of("reader", "http://127.0.0.1:2").withVote(Vote.READ_ONLY));
        group.apply(new LogRecord.Decided(id, members, 1), FakeGroup.TERM);
        return id;
    }

    private TransactionId active() {
        TransactionId id = group.issue();
        group.shows(FakeGroup.transaction(id, Transaction.State.ACTIVE, null));
        return id;
    }

    @Test
    void answersInTheOrderAskedAndRepeatsWhatWasAsked() {
        TransactionId committed = committed();
        TransactionId active = active();
        TransactionId presumed = group.issue();

        Api.Reply reply = api.post(
                        PATH,
                        "{'branches':[" + branch(active, "a") + "," + branch(committed, "a") + ","
                                + branch(presumed, "b") + "]}")
                .expect(200);

        assertThat(reply.response().body())
                .isEqualTo(("{'outcomes':[{'transaction':'" + active + "','branch':'a','outcome':'PENDING'},"
                                + "{'transaction':'" + committed + "','branch':'a','outcome':'COMMITTED'},"
                                + "{'transaction':'" + presumed + "','branch':'b','outcome':'ABORTED'}],"
                                + "'horizons':[]}")
                        .replace('\'', '"'));
    }

    @Test
    void l2OnlyAYesVoterAmongTheMembersIsCommitted() {
        TransactionId id = committed();

        assertThat(lookUp(branch(id, "a"), branch(id, "reader"), branch(id, "stranger")))
                .containsExactly("COMMITTED", "ABORTED", "ABORTED");
    }

    @Test
    void aMalformedOrNeverIssuedIdIsPending() {
        TransactionId tooHigh = TransactionId.issue(
                new TransactionId.Birth(0, FakeGroup.INCARNATION, FakeGroup.TERM, 4_000_000_000L),
                Protocol.TWO_PHASE,
                1,
                FakeGroup.KEY);

        assertThat(lookUp(branch("x", "a"), branch(tooHigh, "a"))).containsExactly("PENDING", "PENDING");
    }

    @Test
    void anIdOfThisIncarnationWithAWrongCodeIsAborted() {
        byte[] otherKey = new byte[IncarnationKey.LENGTH];
        otherKey[0] = 1;
        TransactionId forged = TransactionId.issue(
                new TransactionId.Birth(0, FakeGroup.INCARNATION, FakeGroup.TERM + 9, 9),
                Protocol.TWO_PHASE,
                1,
                new IncarnationKey(otherKey));

        assertThat(lookUp(branch(forged, "a"))).containsExactly("ABORTED");
    }

    @Test
    void anotherIncarnationAndAnUnknownGroupAreExpired() {
        TransactionId before = TransactionId.issue(
                new TransactionId.Birth(0, FakeGroup.INCARNATION - 1, 1, 0), Protocol.TWO_PHASE, 1, FakeGroup.KEY);
        TransactionId elsewhere = TransactionId.issue(
                new TransactionId.Birth(5, FakeGroup.INCARNATION, 1, 0), Protocol.TWO_PHASE, 1, FakeGroup.KEY);

        assertThat(lookUp(branch(before, "a"), branch(elsewhere, "a"))).containsExactly("EXPIRED", "EXPIRED");
    }

    @Test
    void anEmptyReplicaProvesNothing() {
        TransactionId id = group.issue();
        group.isEmptyReplica();
        group.hasNoLeader();

        assertThat(lookUp(branch(id, "a"))).containsExactly("PENDING");
    }

    @Test
    void answersWithoutALeaderWhatItCanProve() {
        TransactionId committed = committed();
        TransactionId active = active();
        group.hasNoLeader();

        assertThat(lookUp(branch(committed, "a"), branch(active, "a"))).containsExactly("COMMITTED", "PENDING");
    }

    @Test
    void tellsTheHorizonBelowWhichEverythingIsForgotten() {
        TransactionId id = group.issue();
        Horizon horizon = Horizon.of(id);
        group.apply(new LogRecord.Forgotten(horizon, new Mark(1, horizon)), FakeGroup.TERM);

        Api.Reply reply =
                api.post(PATH, "{'branches':[" + branch(id, "a") + "]}").expect(200);

        String told = reply.text("/horizons/0");
        assertThat(reply.text("/outcomes/0/outcome")).isEqualTo("EXPIRED");
        assertThat(told).startsWith(id.incarnationText()).isGreaterThanOrEqualTo(id.toString());
        assertThat(told).isLessThan(group.issue().toString());
    }

    @Test
    void asksAboutAtMostAThousandBranches() {
        String most =
                IntStream.range(0, 1_000).mapToObj(i -> branch("x", "b" + i)).collect(Collectors.joining(","));

        assertThat(lookUp(most)).hasSize(1_000);
        api.post(PATH, "{'branches':[" + most + "," + branch("x", "y") + "]}").expect(ProblemType.TOO_LARGE);
    }

    @Test
    void namesWhatIsMissing() {
        assertThat(api.post(PATH, "{}").expect(ProblemType.INVALID_REQUEST).fields())
                .containsExactly("branches");
        api.post(PATH, "").expect(ProblemType.INVALID_REQUEST);
        assertThat(api.post(PATH, "{'branches':[{'branch':'a'},{'transaction':'t'},null]}")
                        .expect(ProblemType.INVALID_REQUEST)
                        .fields())
                .containsExactly("branches[0].transaction", "branches[1].branch", "branches[2].transaction");
    }
}
