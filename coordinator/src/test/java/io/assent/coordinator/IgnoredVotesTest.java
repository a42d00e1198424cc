package io.assent.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.coordinator.runtime.Answer;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.CommitMember;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestConstructor;

/** A cluster that takes no participant's YES from its initiator. */
@SpringBootTest(
        classes = FakeCoordinator.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "assent.votes.handed-over=ignore")
@TestConstructor(autowireMode = TestConstructor.AutowireMode.ALL)
class IgnoredVotesTest {

    private final FakeGroup group;
    private final Api api;

    IgnoredVotesTest(FakeGroup group, @LocalServerPort int port) {
        this.group = group;
        this.api = new Api(port);
    }

    @BeforeEach
    void reset() {
        group.reset();
    }

    @Test
    void aHandedOverYesCountsForNothingAndANoStillCounts() {
        TransactionId id = group.issue();
        group.answers(new Answer.Shown(
                FakeGroup.transaction(id, Transaction.State.COMMITTED, Outcome.COMMITTED, null, List.of()), false));

        api.post(
                        "/v1/transactions/" + id + "/commit",
                        "{'branches':[{'participant':'a','vote':'YES'},{'participant':'b','vote':'READ_ONLY'},"
                                + "{'participant':'c','vote':'NO'}]}")
                .expect(200);

        assertThat(group.lastAsked().argument())
                .asInstanceOf(InstanceOfAssertFactories.list(CommitMember.class))
                .extracting(CommitMember::vote)
                .containsExactly(null, null, Vote.NO);
    }

    @Test
    void theClusterTellsThatHandedOverVotesAreIgnored() {
        assertThat(api.get("/v1/cluster").expect(200).text("/handedOverVotes")).isEqualTo("ignore");
    }
}
