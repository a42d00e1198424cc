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
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** A cluster that takes no participant's YES from its initiator. */
@ApiTest
@TestPropertySource(properties = "assent.votes.handed-over=ignore")
class IgnoredVotesTest {

    private final FakeGroup group;
    private final Api api;

    IgnoredVotesTest(FakeGroup group, Api api) {
        this.group = group;
        this.api = api;
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
