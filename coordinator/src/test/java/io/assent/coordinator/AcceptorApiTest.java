package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.assent.coordinator.consultation.OwnAcceptors;
import io.assent.coordinator.runtime.Acceptors;
import io.assent.coordinator.runtime.AcceptorsOfGroup;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.paxoscommit.AcceptorReply;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** What participants and other nodes ask the acceptor of a node: the end of section 4 of the description of the wire. */
@ApiTest
@DirtiesContext
class AcceptorApiTest {

    @TempDir
    static Path data;

    private final FakeGroup group;
    private final OwnAcceptors own;
    private final Acceptors acceptors;
    private final Api api;
    private final Queue<AcceptorReply.VotesAccepted> told = new ConcurrentLinkedQueue<>();

    AcceptorApiTest(FakeGroup group, OwnAcceptors own, AcceptorsOfGroup acceptors, Api api) {
        this.group = group;
        this.own = own;
        this.acceptors = acceptors.of(0);
        this.api = api;
    }

    @DynamicPropertySource
    static void directory(DynamicPropertyRegistry registry) {
        registry.add("assent.node.data-dir", data::toString);
    }

    @BeforeEach
    void open() {
        if (acceptors.self() == null) {
            own.start();
            await().until(() -> acceptors.self() != null);
        }
        acceptors.listen((by, votes) -> {
            assertThat(by).isEqualTo(acceptors.self());
            told.add(votes);
        });
    }

    private String to() {
        AcceptorId self = acceptors.self();
        return "'acceptor':'n1','incarnation':'" + (self == null ? "" : self.incarnationText()) + "'";
    }

    private static String vote(TransactionId id, String branch) {
        return "{'transaction':'" + id + "','branch':'" + branch
                + "','participants':[{'participant':'a','endpoint':'http://a'},{'participant':'b','endpoint':'http://b'}]}";
    }

    private Api.Reply votes(String... votes) {
        return api.post("/v1/acceptor/votes", "{" + to() + ",'votes':[" + String.join(",", votes) + "]}");
    }

    private Api.Reply ask(String kind, String... requests) {
        return api.post(
                "/v1/acceptor/" + kind, "{" + to() + ",'group':0,'requests':[" + String.join(",", requests) + "]}");
    }

    private static String promise(TransactionId id, long ballot) {
        return "{'transaction':'" + id + "','ballot':" + ballot + "}";
    }

    @Test
    void votesAreAcceptedInTheOrderGivenAndTheLeaderIsToldOnceForEachList() {
        TransactionId one = group.issuePaxos();
        TransactionId other = group.issuePaxos();

        Api.Reply reply =
                votes(vote(one, "a"), vote(other, "b"), vote(one, "b")).expect(200);

        assertThat(reply.response().body())
                .isEqualTo("{\"replies\":[" + accepted(one, "a") + "," + accepted(other, "b") + "," + accepted(one, "b")
                        + "]}");
        assertThat(told)
                .extracting(AcceptorReply.VotesAccepted::transaction, AcceptorReply.VotesAccepted::prepared)
                .containsExactlyInAnyOrder(tuple(one, List.of("a", "b")), tuple(other, List.of("b")));
        votes(vote(one, "a")).expect(200);
        assertThat(told).hasSize(3);
    }

    private static String accepted(TransactionId id, String branch) {
        return "{\"transaction\":\"" + id + "\",\"branch\":\"" + branch + "\",\"accepted\":true}";
    }

    @Test
    void aVoteForAnotherAcceptorIsNotAccepted_Q1() {
        TransactionId id = group.issuePaxos();
        for (String identity :
                List.of("'acceptor':'n1','incarnation':'00000000000000ab'", to().replace("'n1'", "'n2'"))) {
            Api.Reply reply = api.post("/v1/acceptor/votes", "{" + identity + ",'votes':[" + vote(id, "a") + "]}")
                    .expect(200);

            assertThat(reply.text("/replies/0/accepted")).isEqualTo("false");
        }
        assertThat(told).isEmpty();
        assertThat(ask("promises", promise(id, 3)).expect(200).body().at("/replies/0/branches"))
                .isEmpty();
    }

    @Test
    void aVoteOfAGroupThatIsNotHereIsNotAccepted() {
        TransactionId elsewhere = TransactionId.issue(
                new TransactionId.Birth(9, FakeGroup.INCARNATION, FakeGroup.TERM, 0),
                Protocol.PAXOS_COMMIT,
                1,
                FakeGroup.KEY);

        assertThat(votes(vote(elsewhere, "a")).expect(200).text("/replies/0/accepted"))
                .isEqualTo("false");
    }

    @Test
    void aVoteAfterAPromiseIsRefusedWithIt() {
        TransactionId id = group.issuePaxos();
        ask("promises", promise(id, 7)).expect(200);

        Api.Reply reply = votes(vote(id, "a")).expect(200);

        assertThat(reply.text("/replies/0/accepted")).isEqualTo("false");
        assertThat(reply.body().at("/replies/0/promised").asLong()).isEqualTo(7);
        assertThat(told).isEmpty();
    }

    @Test
    void aVoteForAnotherListOfParticipantsIsNotAccepted() {
        TransactionId id = group.issuePaxos();
        votes(vote(id, "a")).expect(200);

        Api.Reply reply = votes(vote(id, "b").replace("http://a", "http://c")).expect(200);

        assertThat(reply.text("/replies/0/accepted")).isEqualTo("false");
        assertThat(reply.body().at("/replies/0").has("promised")).isFalse();
    }

    @Test
    void refusesAnIdThatIsNotOneOrWasNeverIssued() {
        byte[] otherKey = new byte[IncarnationKey.LENGTH];
        otherKey[0] = 1;
        TransactionId forged = TransactionId.issue(
                new TransactionId.Birth(0, FakeGroup.INCARNATION, FakeGroup.TERM, 0),
                Protocol.PAXOS_COMMIT,
                1,
                new IncarnationKey(otherKey));

        votes(vote(forged, "a")).expect(ProblemType.MALFORMED_ID);
        votes(vote(forged, "a").replace(forged.toString(), "x")).expect(ProblemType.MALFORMED_ID);
        ask("promises", promise(forged, 3).replace(forged.toString(), "x")).expect(ProblemType.MALFORMED_ID);
    }

    @Test
    void refusesATransactionThatHasNoAcceptors() {
        Api.Reply reply = votes(vote(group.issue(), "a")).expect(ProblemType.INVALID_REQUEST);

        assertThat(reply.fields()).containsExactly("votes[0].transaction");
        assertThat(reply.text("/detail")).contains("TWO_PHASE");
    }

    @Test
    void namesTheFieldOfAVoteThatIsWrong() {
        TransactionId id = group.issuePaxos();
        api.post("/v1/acceptor/votes", "").expect(ProblemType.INVALID_REQUEST);
        api.post("/v1/acceptor/votes", "{'acceptor':'n1','incarnation':'x','votes':[]}")
                .expect(ProblemType.INVALID_REQUEST);
        assertThat(votes(vote(id, "c")).expect(ProblemType.INVALID_REQUEST).fields())
                .containsExactly("votes[0].branch");
        assertThat(votes(vote(id, "a").replace("'b'", "'a'"))
                        .expect(ProblemType.INVALID_REQUEST)
                        .fields())
                .containsExactly("votes[0].participants");
        assertThat(votes(vote(id, "a").replace("http://a", "x".repeat(20_000)))
                        .expect(ProblemType.INVALID_REQUEST)
                        .fields())
                .containsExactly("votes[0].participants");
    }

    @Test
    void takesNoMoreVotesThanTheLimit() {
        TransactionId id = group.issuePaxos();
        String[] many = new String[257];
        Arrays.fill(many, vote(id, "a"));
        votes(many).expect(ProblemType.TOO_LARGE);
        ask("promises", Collections.nCopies(257, promise(id, 3)).toArray(String[]::new))
                .expect(ProblemType.TOO_LARGE);
        votes(vote(id, "a") + " ".repeat(512 * 1024)).expect(ProblemType.TOO_LARGE);
    }

    @Test
    void promisesTellWhatWasAcceptedAndAcceptancesFollowThem() {
        TransactionId id = group.issuePaxos();
        votes(vote(id, "a")).expect(200);

        Api.Reply promised = ask("promises", promise(id, 4)).expect(200);
        assertThat(promised.text("/replies/0/type")).isEqualTo("PROMISED");
        assertThat(promised.body().at("/replies/0/registrar/participants")).hasSize(2);
        assertThat(promised.text("/replies/0/branches/a/value")).isEqualTo("PREPARED");

        String proposal = "{'transaction':'" + id
                + "','ballot':4,'participants':[{'participant':'a','endpoint':'http://a'},"
                + "{'participant':'b','endpoint':'http://b'}],'branches':{'a':'PREPARED','b':'ABORTED'}}";
        assertThat(ask("acceptances", proposal, proposal.replace("'ballot':4", "'ballot':3"))
                        .expect(200)
                        .response()
                        .body())
                .isEqualTo("{\"replies\":[{\"type\":\"ACCEPTED\"},{\"type\":\"REFUSED\",\"promised\":4}]}");
        assertThat(ask("acceptances", proposal.replace("PREPARED", "YES"))
                        .expect(ProblemType.INVALID_REQUEST)
                        .fields())
                .containsExactly("requests[0]");
    }

    @Test
    void relayedVotesAreAcceptedAndNotReported() {
        TransactionId id = group.issuePaxos();
        String relayed = vote(id, "a").replace("'branch':'a'", "'prepared':['a','b']");

        assertThat(ask("relays", relayed).expect(200).response().body())
                .isEqualTo("{\"replies\":[{\"type\":\"VOTES_ACCEPTED\"}]}");
        assertThat(told).isEmpty();
        ask("relays", relayed.replace("'prepared'", "'ballot':1,'prepar'")).expect(ProblemType.INVALID_REQUEST);
    }

    @Test
    void unlearnedPagesAndSealsNameWhatIsHeld() {
        TransactionId one = group.issuePaxos();
        TransactionId other = group.issuePaxos();
        votes(vote(one, "a"), vote(other, "a")).expect(200);

        Api.Reply page = ask("unlearned", "{'after':'" + one + "','limit':1}").expect(200);
        assertThat(page.text("/replies/0/held/0")).isEqualTo(other.toString());
        ask("unlearned", "{'limit':0}").expect(ProblemType.INVALID_REQUEST);

        // Of another incarnation, so that the other tests go on.
        String seal = "{'incarnation':'00000000000000ab','fromTerm':1,'term':9,'sequence':9,'leaderTerm':9,'ballot':5}";
        assertThat(ask("seals", seal).expect(200).response().body())
                .isEqualTo("{\"replies\":[{\"type\":\"SEALED\",\"held\":[]}]}");
        assertThat(ask("seals", seal.replace("'ballot':5", "'ballot':4"))
                        .expect(200)
                        .text("/replies/0/type"))
                .isEqualTo("SEAL_REFUSED");
        assertThat(ask("seals", seal.replace("'leaderTerm':9,'ballot':5", "'leaderTerm':8,'ballot':6"))
                        .expect(200)
                        .text("/replies/0/type"))
                .isEqualTo("SEAL_REFUSED");
    }

    @Test
    void whatIsMeantForAnotherAcceptorIsAnsweredWithWhoIsHere_Q1() {
        Api.Reply reply = api.post(
                        "/v1/acceptor/promises",
                        "{'acceptor':'n1','incarnation':'00000000000000ab','group':0,'requests':["
                                + promise(group.issuePaxos(), 3) + "]}")
                .expect(200);

        assertThat(reply.text("/replies/0/type")).isEqualTo("MISADDRESSED");
        assertThat(to()).contains(reply.text("/replies/0/incarnation"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"relays", "promises", "acceptances", "seals", "unlearned"})
    void nodesAskAboutGroupsThatAreHere(String kind) {
        String body = "{" + to() + ",'group':7,'requests':[]}";

        assertThat(api.post("/v1/acceptor/" + kind, body)
                        .expect(ProblemType.INVALID_REQUEST)
                        .fields())
                .containsExactly("group");
    }

    @Test
    void reportsOfOtherNodesReachTheLeader() {
        TransactionId id = group.issuePaxos();
        String report = vote(id, "a").replace("'branch':'a'", "'prepared':['a']");

        ask("reports", report).expect(204);

        assertThat(told).extracting(AcceptorReply.VotesAccepted::transaction).containsExactly(id);
        ask("reports", report.replace("['a']", "['c']")).expect(ProblemType.INVALID_REQUEST);
    }

    @Test
    void tellsWhoItIs() {
        Api.Reply reply = api.get("/v1/acceptor").expect(200);

        assertThat(reply.text("/node")).isEqualTo("n1");
        assertThat(to()).contains(reply.text("/groups/0/incarnation"));
        assertThat(reply.body().at("/groups/0/known")).isEmpty();
    }
}
