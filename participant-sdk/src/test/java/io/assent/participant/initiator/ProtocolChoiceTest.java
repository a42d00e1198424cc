package io.assent.participant.initiator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.participant.BranchMember;
import io.assent.participant.LocalBranches;
import io.assent.participant.TransactionAbortedException;
import io.assent.participant.TransactionContext;
import io.assent.protocol.AbortReason;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.Vote;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import tools.jackson.databind.JsonNode;

/** What the protocol of a transaction changes for its initiator: votes are handed over in TWO_PHASE only. */
class ProtocolChoiceTest extends InitiatorFixture {

    private static final String PREPARE = "Assent-Prepare";

    private final LocalBranches local = new LocalBranches() {
        @Override
        public Scope enter(TransactionContext context) {
            return () -> {};
        }

        @Override
        public List<BranchMember> prepare(TransactionContext context) {
            Member member = Member.of("shop", "http://127.0.0.1:1/shop").withWork("s", 2);
            return List.of(new BranchMember(member.withVote(Vote.YES), 2));
        }

        @Override
        public void rollBack(TransactionContext context) {
            // Nothing is here.
        }
    };

    private String lastCall() {
        return http.post().uri(bankA.url()).header(PREPARE, "now").retrieve().body(String.class);
    }

    @ParameterizedTest
    @EnumSource
    void itIsNamedAtBeginAndToEveryService(Protocol protocol) {
        bankA.answersWithBranches(A + ";calls=1");

        template().withProtocol(protocol).execute(transaction -> call(bankA));

        assertThat(coordinator.beginBody().path("protocol").asString()).isEqualTo(protocol.name());
        assertThat(bankA.calls().getFirst().getHeader("Assent-Protocol")).isEqualTo(protocol.name());
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "TWO_PHASE")
    void noVoteIsAskedForEarly(Protocol protocol) {
        bankA.answersWithBranches(A + ";calls=1");

        template().withProtocol(protocol).execute(transaction -> lastCall());

        assertThat(bankA.calls().getFirst().containsHeader(PREPARE)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "TWO_PHASE")
    void votesAreLeftToPrepare_Q7(Protocol protocol) {
        bankA.answersWithBranches(A + ";token=\"k3\";calls=1;vote=yes");
        bankB.answersWithBranches(B + ";calls=1;vote=read-only");

        template(local).withProtocol(protocol).execute(transaction -> call(bankA) + call(bankB));

        JsonNode branches = coordinator.commitBody().path("branches");
        assertThat(branches.size()).isEqualTo(3);
        assertThat(branches).allMatch(branch -> !branch.has("vote"));
        assertThat(branches.path(0).path("token").asString()).isEqualTo("k3");
        assertThat(branches.path(0).path("calls").asInt()).isEqualTo(1);
        assertThat(branches.path(2).path("participant").asString()).isEqualTo("shop");
    }

    @ParameterizedTest
    @EnumSource
    void aNoAbortsWithoutPrepare(Protocol protocol) {
        bankA.answersWithBranches(A + ";calls=1;vote=no");

        assertThatThrownBy(() -> template().withProtocol(protocol).execute(transaction -> call(bankA)))
                .isInstanceOfSatisfying(
                        TransactionAbortedException.class,
                        aborted -> assertThat(aborted.reason().code()).isEqualTo(AbortReason.Code.VOTE_NO));
        assertThat(coordinator.asked()).contains("abort").doesNotContain("commit");
    }
}
