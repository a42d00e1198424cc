package io.assent.protocol.paxoscommit;

import static io.assent.protocol.paxoscommit.BranchValue.ABORTED;
import static io.assent.protocol.paxoscommit.BranchValue.PREPARED;
import static io.assent.protocol.paxoscommit.PaxosScript.A;
import static io.assent.protocol.paxoscommit.PaxosScript.J;
import static io.assent.protocol.paxoscommit.PaxosScript.T;
import static io.assent.protocol.paxoscommit.PaxosScript.acceptor;
import static io.assent.protocol.paxoscommit.PaxosScript.ballot;
import static io.assent.protocol.paxoscommit.PaxosScript.phase1a;
import static io.assent.protocol.paxoscommit.PaxosScript.phase2a;
import static io.assent.protocol.paxoscommit.PaxosScript.proposal;
import static io.assent.protocol.paxoscommit.PaxosScript.registered;
import static io.assent.protocol.paxoscommit.PaxosScript.reply;
import static io.assent.protocol.paxoscommit.PaxosScript.votes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.protocol.Births;
import io.assent.protocol.paxoscommit.AcceptorReply.Reason;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Table 3.1, a test for each sentence. */
class AcceptorStateTest {

    private static AcceptorReply refused(long promised) {
        return new AcceptorReply.Refused(T, ballot(promised));
    }

    private static AcceptorReply accepted(String... participants) {
        return new AcceptorReply.VotesAccepted(T, J, List.of(participants));
    }

    @Test
    void acceptsVotesAndWithTheFirstOneTheRegistrarsValue() {
        Acceptor acceptor = acceptor(A);
        assertThat(acceptor.on(A, votes("bank-a")))
                .isEqualTo(new Acceptor.Step(new AcceptorRecord.Voted(T, J, List.of("bank-a")), accepted("bank-a")));
        reply(acceptor, votes("bank-a"));
        assertThat(acceptor.on(A, votes("bank-a", "bank-b")))
                .isEqualTo(new Acceptor.Step(
                        new AcceptorRecord.Voted(T, null, List.of("bank-b")), accepted("bank-a", "bank-b")));
        reply(acceptor, votes("bank-a", "bank-b"));
        AcceptorState state = acceptor.state(T);
        assertThat(state.promised()).isEqualTo(Ballot.ZERO);
        assertThat(state.registrar()).isEqualTo(new Acceptance<>(Ballot.ZERO, J));
        assertThat(state.branches())
                .containsEntry("bank-a", new Acceptance<>(Ballot.ZERO, PREPARED))
                .containsEntry("bank-b", new Acceptance<>(Ballot.ZERO, PREPARED));
    }

    @Test
    void answersTheSameVoteTheSameWayAndRecordsNothing() {
        Acceptor acceptor = acceptor(A, votes("bank-a"));
        assertThat(acceptor.on(A, votes("bank-a"))).isEqualTo(new Acceptor.Step(null, accepted("bank-a")));
    }

    @Test
    void rejectsAnotherListOfParticipants() {
        Acceptor acceptor = acceptor(A, votes("bank-a"));
        AcceptorRequest other = new AcceptorRequest.VoteBundle(T, registered("bank-b", "bank-c"), List.of("bank-b"));
        assertThat(acceptor.on(A, other))
                .isEqualTo(new Acceptor.Step(null, new AcceptorReply.Rejected(T, Reason.CONTRADICTION)));
    }

    @Test
    void refusesVotesAfterAPromise() {
        assertThat(reply(acceptor(A, phase1a(3)), votes("bank-a"))).isEqualTo(refused(3));
        assertThat(reply(acceptor(A, votes("bank-a"), phase1a(3)), votes("bank-a")))
                .isEqualTo(refused(3));
        assertThat(reply(acceptor(A, phase2a(4, Proposal.ABORT)), votes("bank-a")))
                .isEqualTo(refused(4));
    }

    @Test
    void promisesForTheWholeTransactionEvenIfItIsUnknown() {
        Acceptor acceptor = acceptor(A);
        assertThat(acceptor.on(A, phase1a(3)))
                .isEqualTo(new Acceptor.Step(
                        new AcceptorRecord.Promised(T, ballot(3)),
                        new AcceptorReply.Phase1b(T, ballot(3), null, new TreeMap<>())));
    }

    @Test
    void promisesOnlyWhatIsAboveItsPromise() {
        Acceptor acceptor = acceptor(A, phase1a(4));
        assertThat(reply(acceptor, phase1a(3))).isEqualTo(refused(4));
        assertThat(reply(acceptor, phase1a(4))).isEqualTo(refused(4));
        assertThat(reply(acceptor, phase1a(5))).isInstanceOf(AcceptorReply.Phase1b.class);
    }

    @Test
    void tellsWithAPromiseWhatItAcceptedLast() {
        Acceptor acceptor = acceptor(A, votes("bank-a"), phase2a(3, proposal(PREPARED, ABORTED)));
        AcceptorReply.Phase1b promise = (AcceptorReply.Phase1b) reply(acceptor, phase1a(7));
        assertThat(promise.registrar()).isEqualTo(new Acceptance<>(ballot(3), J));
        assertThat(promise.branches().get("bank-a")).isEqualTo(new Acceptance<>(ballot(3), PREPARED));
        assertThat(promise.branches().get("bank-b")).isEqualTo(new Acceptance<>(ballot(3), ABORTED));
    }

    @Test
    void keepsAcceptedVotesWhenOnlyTheRegistrarIsAborted() {
        Acceptor acceptor = acceptor(A, votes("bank-a"), phase2a(3, Proposal.ABORT));
        assertThat(acceptor.state(T).registrar()).isEqualTo(new Acceptance<>(ballot(3), new RegistrarValue.Aborted()));
        assertThat(acceptor.state(T).branches()).containsEntry("bank-a", new Acceptance<>(Ballot.ZERO, PREPARED));
    }

    @Test
    void acceptsAtItsPromiseAndAboveItButNotBelow() {
        Acceptor acceptor = acceptor(A, phase1a(4));
        assertThat(reply(acceptor, phase2a(3, Proposal.ABORT))).isEqualTo(refused(4));
        assertThat(acceptor.state(T).registrar()).isNull();
        assertThat(reply(acceptor, phase2a(4, Proposal.ABORT))).isEqualTo(new AcceptorReply.Phase2b(T, ballot(4)));
        assertThat(reply(acceptor, phase2a(8, Proposal.ABORT))).isEqualTo(new AcceptorReply.Phase2b(T, ballot(8)));
        assertThat(acceptor.state(T).promised()).isEqualTo(ballot(8));
    }

    @Test
    void answersARepeatedAcceptanceAndRejectsAnotherValueInTheSameBallot() {
        Acceptor acceptor = acceptor(A, phase2a(4, proposal(PREPARED, ABORTED)));
        assertThat(acceptor.on(A, phase2a(4, proposal(PREPARED, ABORTED))))
                .isEqualTo(new Acceptor.Step(null, new AcceptorReply.Phase2b(T, ballot(4))));
        assertThat(reply(acceptor, phase2a(4, Proposal.ABORT)))
                .isEqualTo(new AcceptorReply.Rejected(T, Reason.CONTRADICTION));
        assertThat(reply(acceptor, phase2a(4, proposal(PREPARED, PREPARED))))
                .isEqualTo(new AcceptorReply.Rejected(T, Reason.CONTRADICTION));
    }

    @Test
    void cannotBeBroughtToTakeBackAPromise() {
        Acceptor acceptor = acceptor(A, phase1a(4));
        assertThatThrownBy(() -> acceptor.apply(new AcceptorRecord.Promised(T, ballot(3))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("out of order");
        assertThatThrownBy(() -> acceptor.apply(new AcceptorRecord.Voted(T, J, List.of("bank-a"))))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void doesNotListenToBadInput() {
        assertThatThrownBy(() -> new AcceptorRequest.Phase1a(T, Ballot.ZERO)).hasMessage("Ballot 0 is for votes only");
        assertThatThrownBy(() -> new AcceptorRequest.VoteBundle(T, J, List.of()))
                .hasMessageContaining("Votes are of participants of the list");
        assertThatThrownBy(() -> votes("bank-x")).hasMessageContaining("Votes are of participants of the list");
        assertThatThrownBy(() -> new AcceptorRequest.VoteBundle(Births.born(1, 1), J, List.of("bank-a")))
                .hasMessageContaining("it runs TWO_PHASE");
        assertThatThrownBy(() -> registered("bank-a", "bank-a")).hasMessageContaining("registered twice");
        assertThatThrownBy(() -> new Proposal(J, new TreeMap<>()))
                .hasMessageContaining("a value for each registered participant");
        assertThatThrownBy(() ->
                        AcceptorState.unknown(T).on(new AcceptorRequest.Phase1a(PaxosScript.born(5, 4), ballot(3))))
                .hasMessageContaining("This is the state of");
    }
}
