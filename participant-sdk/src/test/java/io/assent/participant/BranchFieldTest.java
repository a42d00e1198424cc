package io.assent.participant;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.Vote;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BranchFieldTest {

    private static final BranchMember FULL = new BranchMember(
            new Member(
                    "bank-a",
                    "http://127.0.0.1:8091/assent/v1/branches",
                    "http://127.0.0.1:8090/assent/v1/branches",
                    List.of(Protocol.TWO_PHASE, Protocol.THREE_PHASE),
                    true,
                    "k3",
                    2,
                    Vote.READ_ONLY),
            3);

    @Test
    void writesAStructuredList() {
        assertThat(BranchField.write(List.of(FULL, BranchMember.of(Member.of("b", "http://b/")))))
                .isEqualTo("\"bank-a\";endpoint=\"http://127.0.0.1:8091/assent/v1/branches\""
                        + ";fallback=\"http://127.0.0.1:8090/assent/v1/branches\";protocols=\"TWO_PHASE THREE_PHASE\""
                        + ";token=\"k3\";calls=2;seen=3;one-phase;vote=read-only, \"b\";endpoint=\"http://b/\"");
    }

    @Test
    void readsWhatItWrites() {
        List<BranchMember> members = List.of(FULL, BranchMember.of(Member.of("b", "http://b/")));

        assertThat(BranchField.read(List.of(BranchField.write(members)))).isEqualTo(members);
    }

    @Test
    void tokensTravelByParticipant() {
        Map<String, String> tokens = Map.of("b", "2", "a", "1");

        assertThat(BranchField.writeTokens(tokens)).isEqualTo("\"a\";token=\"1\", \"b\";token=\"2\"");
        assertThat(BranchField.readTokens(List.of(BranchField.writeTokens(tokens))))
                .isEqualTo(tokens);
    }

    @Test
    void tokensThatDoNotFitAreLeftOut() {
        assertThat(BranchField.writeTokens(Map.of("a", "x".repeat(BranchField.BRANCHES_LIMIT))))
                .isEmpty();
    }
}
