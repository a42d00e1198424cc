package io.assent.protocol.paxoscommit;

import static io.assent.protocol.paxoscommit.BranchValue.ABORTED;
import static io.assent.protocol.paxoscommit.BranchValue.PREPARED;
import static io.assent.protocol.paxoscommit.PaxosScript.A;
import static io.assent.protocol.paxoscommit.PaxosScript.B;
import static io.assent.protocol.paxoscommit.PaxosScript.C;
import static io.assent.protocol.paxoscommit.PaxosScript.J;
import static io.assent.protocol.paxoscommit.PaxosScript.T;
import static io.assent.protocol.paxoscommit.PaxosScript.THREE;
import static io.assent.protocol.paxoscommit.PaxosScript.acceptor;
import static io.assent.protocol.paxoscommit.PaxosScript.acceptors;
import static io.assent.protocol.paxoscommit.PaxosScript.ballot;
import static io.assent.protocol.paxoscommit.PaxosScript.phase1a;
import static io.assent.protocol.paxoscommit.PaxosScript.phase2a;
import static io.assent.protocol.paxoscommit.PaxosScript.proposal;
import static io.assent.protocol.paxoscommit.PaxosScript.reply;
import static io.assent.protocol.paxoscommit.PaxosScript.votes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Outcome;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Ballots, what a proposer may propose, and what is chosen. */
class ProposerTest {

    private static final AcceptorId STRANGER = new AcceptorId(A.replica(), A.incarnation() + 77);

    private static AcceptorReply.Phase1b promise(long ballot, AcceptorRequest... before) {
        return (AcceptorReply.Phase1b) reply(acceptor(A, before), phase1a(ballot));
    }

    private static AcceptorReply.VotesAccepted accepted(String... participants) {
        return new AcceptorReply.VotesAccepted(T, J, List.of(participants));
    }

    @Test
    void noTwoProposersShareABallotAndNoneHasZero() {
        for (int size : new int[] {1, 2, 3, 5}) {
            AcceptorList list = acceptors(size);
            Set<Ballot> seen = new HashSet<>(Set.of(Ballot.ZERO));
            for (long round = 1; round <= 20; round++) {
                for (AcceptorList.Entry entry : list.acceptors()) {
                    Ballot ballot = Ballot.of(list, round, entry.id());
                    assertThat(seen.add(ballot)).as("%s of %s", round, entry).isTrue();
                    assertThat(ballot.roundAbove(list)).isEqualTo(round + 1);
                }
            }
            assertThat(Ballot.ZERO.roundAbove(list)).isEqualTo(1);
        }
        assertThat(Ballot.of(THREE, 2, B)).isEqualTo(ballot(7));
    }

    @Test
    void whoIsNotInTheListHasNoBallot() {
        assertThatThrownBy(() -> Ballot.of(THREE, 1, STRANGER)).hasMessageContaining("one of them must propose");
        assertThatThrownBy(() -> Ballot.of(THREE, 0, A)).hasMessageContaining("Rounds begin at 1");
        assertThatThrownBy(() -> Ballot.of(THREE, Long.MAX_VALUE / 2, A)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void majoritiesAreCountedInTheListByIncarnation() {
        assertThat(THREE.majority()).isEqualTo(2);
        assertThat(acceptors(5).majority()).isEqualTo(3);
        assertThat(acceptors(1).majority()).isEqualTo(1);
        assertThat(THREE.isMajority(List.of(A, C))).isTrue();
        assertThat(THREE.isMajority(List.of(A, A))).isFalse();
        assertThat(THREE.isMajority(List.of(A, STRANGER))).isFalse();
    }

    @Test
    void incarnationsHaveATextForm() {
        AcceptorId id = new AcceptorId("n1", 0xfedc_0000_0000_0001L);
        assertThat(id.incarnationText()).isEqualTo("fedc000000000001");
        assertThat(AcceptorId.of("n1", "fedc000000000001")).isEqualTo(id);
        assertThatThrownBy(() -> AcceptorId.of("n1", "fedc")).hasMessageContaining("16 hexadecimal digits");
        assertThatThrownBy(() -> AcceptorId.of("n1", "0000000000000000")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void proposesNothingWithoutAMajority() {
        assertThat(Recovery.propose(THREE, Map.of(A, promise(4)))).isNull();
        assertThat(Recovery.propose(THREE, Map.of(A, promise(4), STRANGER, promise(4))))
                .isNull();
    }

    @Test
    void withoutAListOfParticipantsItProposesToAbort() {
        assertThat(Recovery.propose(THREE, Map.of(A, promise(4), B, promise(4))))
                .isEqualTo(Proposal.ABORT);
        assertThat(Recovery.propose(
                        THREE, Map.of(A, promise(7, votes("bank-a")), B, promise(7, phase2a(3, Proposal.ABORT)))))
                .isEqualTo(Proposal.ABORT);
    }

    @Test
    void itProposesWhatMayBeChosenAndAbortsWhatIsFree() {
        assertThat(Recovery.propose(THREE, Map.of(A, promise(4, votes("bank-a")), B, promise(4))))
                .isEqualTo(proposal(PREPARED, ABORTED));
        assertThat(Recovery.propose(THREE, Map.of(A, promise(4, votes("bank-a")), B, promise(4, votes("bank-b")))))
                .isEqualTo(proposal(PREPARED, PREPARED));
        assertThat(Recovery.propose(
                        THREE,
                        Map.of(
                                A, promise(7, votes("bank-a", "bank-b")),
                                C, promise(7, phase2a(3, proposal(ABORTED, PREPARED))))))
                .isEqualTo(proposal(ABORTED, PREPARED));
    }

    @Test
    void itStopsWhenAgreementIsLost() {
        assertThatThrownBy(() -> Recovery.propose(
                        THREE,
                        Map.of(
                                A, promise(7, phase2a(3, Proposal.ABORT)),
                                B, promise(7, phase2a(3, proposal(ABORTED, PREPARED))))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Two values");
        assertThatThrownBy(() -> Recovery.propose(THREE, Map.of(A, promise(7), B, promise(8))))
                .hasMessageContaining("another transaction or ballot");
    }

    @Test
    void committedIsWhatAMajorityAcceptedInOneBallotForEveryInstance() {
        Tally tally = Tally.of(THREE).with(A, accepted("bank-a", "bank-b"));
        assertThat(tally.outcome()).isNull();
        assertThat(tally.registered()).isNull();
        assertThat(tally.with(A, accepted("bank-a", "bank-b")).outcome()).isNull();
        assertThat(tally.with(STRANGER, accepted("bank-a", "bank-b")).outcome()).isNull();
        tally = tally.with(B, accepted("bank-a"));
        assertThat(tally.registered()).isEqualTo(J);
        assertThat(tally.outcome()).isNull();
        assertThat(tally.with(C, ballot(3), proposal(PREPARED, PREPARED)).outcome())
                .isNull();
        assertThat(tally.with(C, accepted("bank-b")).outcome()).isEqualTo(Outcome.COMMITTED);
    }

    @Test
    void abortedIsWhatOneInstanceChose() {
        assertThat(Tally.of(THREE)
                        .with(A, ballot(3), Proposal.ABORT)
                        .with(B, ballot(4), Proposal.ABORT)
                        .outcome())
                .isNull();
        assertThat(Tally.of(THREE)
                        .with(A, ballot(3), Proposal.ABORT)
                        .with(B, ballot(3), Proposal.ABORT)
                        .outcome())
                .isEqualTo(Outcome.ABORTED);
        assertThat(Tally.of(THREE)
                        .with(A, ballot(3), proposal(PREPARED, ABORTED))
                        .with(C, ballot(3), proposal(PREPARED, ABORTED))
                        .outcome())
                .isEqualTo(Outcome.ABORTED);
    }

    @Test
    void aTallyStopsWhenAgreementIsLost() {
        Tally committed = Tally.of(THREE)
                .with(A, accepted("bank-a", "bank-b"))
                .with(B, accepted("bank-a", "bank-b"))
                .with(A, ballot(3), Proposal.ABORT)
                .with(C, ballot(3), Proposal.ABORT);
        assertThatThrownBy(committed::outcome).hasMessageContaining("both chosen");
        Tally one = Tally.of(THREE).with(A, ballot(3), Proposal.ABORT);
        assertThatThrownBy(() -> one.with(B, ballot(3), proposal(PREPARED, PREPARED)))
                .hasMessageContaining("Two values");
    }
}
