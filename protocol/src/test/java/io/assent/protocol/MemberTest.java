package io.assent.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A member of the frozen set, the J of the rules. */
class MemberTest {

    private static final Member BANK = Member.of("bank-a", "http://a/branches");
    private static final Member SHOP = Member.of("shop", "http://s/branches");

    @Test
    void aParticipantThatNamesNoProtocolSpeaksTwoPhaseAndPaxosCommit() {
        assertThat(BANK.protocols()).containsExactly(Protocol.TWO_PHASE, Protocol.PAXOS_COMMIT);
    }

    @Test
    void theSameParticipantsInAnyOrderAreTheSameSet() {
        assertThat(Member.sameParticipants(List.of(BANK, SHOP), List.of(SHOP, BANK)))
                .isTrue();
        assertThat(Member.sameParticipants(List.of(), List.of())).isTrue();
    }

    @Test
    void oneMoreOneLessOrAnotherParticipantIsAnotherSet() {
        Member other = Member.of("bank-b", "http://a/branches");
        assertThat(Member.sameParticipants(List.of(BANK), List.of(BANK, SHOP))).isFalse();
        assertThat(Member.sameParticipants(List.of(BANK, SHOP), List.of(SHOP))).isFalse();
        assertThat(Member.sameParticipants(List.of(BANK, SHOP), List.of(other, SHOP)))
                .isFalse();
        assertThat(Member.sameParticipants(List.of(BANK, BANK), List.of(BANK, SHOP)))
                .isFalse();
    }

    @Test
    void aVoteOrAnotherWorkLeavesEverythingElse() {
        Member full = new Member("p", "http://p", "http://q", Member.DEFAULT_PROTOCOLS, true, "t", 3, null);
        assertThat(full.withVote(Vote.YES))
                .isEqualTo(new Member("p", "http://p", "http://q", Member.DEFAULT_PROTOCOLS, true, "t", 3, Vote.YES));
        assertThat(full.withWork("u", 4))
                .isEqualTo(new Member("p", "http://p", "http://q", Member.DEFAULT_PROTOCOLS, true, "u", 4, null));
    }

    @Test
    void aMemberKeepsItsProtocolsWhateverBecomesOfTheList() {
        List<Protocol> protocols = new ArrayList<>(List.of(Protocol.TWO_PHASE));
        Member member = new Member("p", "http://p", null, protocols, false, null, null, null);
        protocols.clear();
        assertThat(member.protocols()).containsExactly(Protocol.TWO_PHASE);
    }
}
