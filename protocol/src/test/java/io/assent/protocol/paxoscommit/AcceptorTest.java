package io.assent.protocol.paxoscommit;

import static io.assent.protocol.paxoscommit.BranchValue.PREPARED;
import static io.assent.protocol.paxoscommit.PaxosScript.A;
import static io.assent.protocol.paxoscommit.PaxosScript.B;
import static io.assent.protocol.paxoscommit.PaxosScript.T;
import static io.assent.protocol.paxoscommit.PaxosScript.THREE;
import static io.assent.protocol.paxoscommit.PaxosScript.acceptor;
import static io.assent.protocol.paxoscommit.PaxosScript.ballot;
import static io.assent.protocol.paxoscommit.PaxosScript.born;
import static io.assent.protocol.paxoscommit.PaxosScript.forget;
import static io.assent.protocol.paxoscommit.PaxosScript.phase1a;
import static io.assent.protocol.paxoscommit.PaxosScript.phase2a;
import static io.assent.protocol.paxoscommit.PaxosScript.proposal;
import static io.assent.protocol.paxoscommit.PaxosScript.reply;
import static io.assent.protocol.paxoscommit.PaxosScript.seal;
import static io.assent.protocol.paxoscommit.PaxosScript.votes;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.Births;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.paxoscommit.AcceptorReply.Reason;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What concerns more than one transaction: whom it answers, the floor of FORGET, deletion, rounds. */
class AcceptorTest {

    private static final AcceptorRequest.Learned LEARNED = new AcceptorRequest.Learned(T);

    private static AcceptorReply rejected(Reason reason) {
        return new AcceptorReply.Rejected(T, reason);
    }

    @Test
    void answersOnlyForItsOwnReplicaIncarnationAndGroup() {
        Acceptor acceptor = acceptor(A);
        AcceptorReply misaddressed = new AcceptorReply.Misaddressed(A);
        assertThat(acceptor.on(B, votes("bank-a")).reply()).isEqualTo(misaddressed);
        assertThat(acceptor.on(new AcceptorId(A.replica(), A.incarnation() + 1), votes("bank-a")))
                .isEqualTo(new Acceptor.Step(null, misaddressed));
        TransactionId elsewhere = TransactionId.issue(
                new TransactionId.Birth(Births.GROUP + 1, 1, 1, 1), Protocol.PAXOS_COMMIT, 0, Births.KEY);
        assertThat(reply(acceptor, new AcceptorRequest.Phase1a(elsewhere, ballot(3))))
                .isEqualTo(misaddressed);
    }

    @Test
    void aSealReportsWhatIsHeldAndNotLearned() {
        Acceptor acceptor = acceptor(A, votes("bank-a"));
        AcceptorReply.Sealed sealed = (AcceptorReply.Sealed) reply(acceptor, seal(3));
        assertThat(sealed.held()).containsExactly(T);
        reply(acceptor, LEARNED);
        assertThat(((AcceptorReply.Sealed) reply(acceptor, seal(3))).held()).isEmpty();
    }

    @Test
    void aSealIsAPromiseForKnownAndUnknownTransactionsOfItsRange() {
        for (Acceptor acceptor : List.of(acceptor(A, seal(3)), acceptor(A, votes("bank-a"), seal(3)))) {
            assertThat(reply(acceptor, votes("bank-a"))).isEqualTo(rejected(Reason.SEALED));
            assertThat(reply(acceptor, phase1a(4))).isEqualTo(rejected(Reason.SEALED));
            assertThat(reply(acceptor, phase1a(2))).isEqualTo(new AcceptorReply.Refused(T, ballot(3)));
            assertThat(reply(acceptor, phase2a(2, Proposal.ABORT))).isEqualTo(new AcceptorReply.Refused(T, ballot(3)));
            assertThat(reply(acceptor, phase1a(3))).isInstanceOf(AcceptorReply.Phase1b.class);
            assertThat(reply(acceptor, phase2a(3, Proposal.ABORT))).isEqualTo(new AcceptorReply.Phase2b(T, ballot(3)));
        }
        TransactionId above = born(5, 11);
        assertThat(reply(acceptor(A, seal(3)), new AcceptorRequest.Phase1a(above, ballot(3))))
                .isInstanceOf(AcceptorReply.Phase1b.class);
    }

    /**
     * A deposed leader that has not applied LEARNED must not take it for "holds nothing", and abort what is committed: it
     * gets no promise, below a floor or not.
     */
    @Test
    void whatIsLearnedIsNeitherPromisedNorAcceptedAnew_Q6() {
        for (Acceptor acceptor : List.of(
                acceptor(A, votes("bank-a"), LEARNED),
                acceptor(A, phase2a(2, Proposal.ABORT), LEARNED),
                acceptor(A, votes("bank-a"), LEARNED, seal(3)),
                acceptor(A, votes("bank-a"), seal(3), LEARNED))) {
            assertThat(reply(acceptor, phase1a(3))).isEqualTo(rejected(Reason.LEARNED));
            assertThat(reply(acceptor, phase2a(3, Proposal.ABORT))).isEqualTo(rejected(Reason.LEARNED));
            assertThat(acceptor.on(A, LEARNED)).isEqualTo(new Acceptor.Step(null, new AcceptorReply.Noted()));
        }
        assertThat(reply(acceptor(A, votes("bank-a"), LEARNED), votes("bank-a")))
                .isEqualTo(rejected(Reason.LEARNED));
    }

    @Test
    void aSealTakesBackNoHigherPromise() {
        Acceptor acceptor = acceptor(A, phase1a(7));
        assertThat(reply(acceptor, seal(6))).isEqualTo(new AcceptorReply.SealRefused(seal(6), ballot(7)));
        assertThat(reply(acceptor, seal(9))).isInstanceOf(AcceptorReply.Sealed.class);
        assertThat(reply(acceptor, seal(8))).isEqualTo(new AcceptorReply.SealRefused(seal(8), ballot(9)));
        assertThat(acceptor.on(A, seal(9)).record()).isNull();
    }

    /** A majority has told the later leader that it knows nothing: what an acceptor hears afterwards is never chosen. */
    @Test
    void aDeposedLeaderDoesNotOpenWhatALaterOneHasSealed_Q6() {
        Acceptor heardLate = acceptor(A);
        Acceptor sealed = acceptor(B, seal(8, 3));
        reply(heardLate, votes("bank-a", "bank-b"));
        assertThat(reply(heardLate, seal(7, 5))).isInstanceOf(AcceptorReply.Sealed.class);
        assertThat(reply(sealed, seal(7, 5))).isEqualTo(new AcceptorReply.SealRefused(seal(7, 5), ballot(3)));
        assertThat(reply(sealed, phase1a(5))).isEqualTo(rejected(Reason.SEALED));
        assertThat(reply(sealed, seal(8, 4))).isInstanceOf(AcceptorReply.Sealed.class);
        assertThat(reply(sealed, seal(9, 5))).isInstanceOf(AcceptorReply.Sealed.class);
        assertThat(reply(sealed, seal(8, 6))).isInstanceOf(AcceptorReply.SealRefused.class);
    }

    @Test
    void sealsOfOtherTermsDoNotCompare() {
        Acceptor acceptor = acceptor(A, seal(30));
        AcceptorRequest.Seal later =
                new AcceptorRequest.Seal(Births.INCARNATION, 6, new Horizon(8, 1), PaxosScript.LEADER_TERM, ballot(4));
        assertThat(reply(acceptor, later)).isInstanceOf(AcceptorReply.Sealed.class);
    }

    /** Q6: what the floor reports is recovered in the ballot of the seal, also where it was never heard of. */
    @Test
    void whatASealReportsIsRecoveredThroughIt() {
        Acceptor voted = acceptor(A, votes("bank-a", "bank-b"));
        Acceptor heardNothing = acceptor(B);
        assertThat(((AcceptorReply.Sealed) reply(voted, seal(3))).held()).containsExactly(T);
        assertThat(((AcceptorReply.Sealed) reply(heardNothing, seal(3))).held()).isEmpty();
        Map<AcceptorId, AcceptorReply.Phase1b> promises = Map.of(
                A, (AcceptorReply.Phase1b) reply(voted, phase1a(3)),
                B, (AcceptorReply.Phase1b) reply(heardNothing, phase1a(3)));
        Proposal proposal = Recovery.propose(THREE, promises);
        assertThat(proposal).isEqualTo(proposal(PREPARED, PREPARED));
        Tally tally = Tally.of(THREE);
        for (Acceptor acceptor : List.of(voted, heardNothing)) {
            assertThat(reply(acceptor, phase2a(3, proposal))).isInstanceOf(AcceptorReply.Phase2b.class);
            tally = tally.with(acceptor.self(), ballot(3), proposal);
        }
        assertThat(tally.outcome()).isEqualTo(Outcome.COMMITTED);
    }

    @Test
    void ofWhatIsLearnedItKeepsThatUntilTheHorizonHasPassed() {
        Acceptor acceptor = acceptor(A, votes("bank-a"), LEARNED);
        assertThat(acceptor.size()).isZero();
        assertThat(acceptor.kept(T)).isEqualTo(new AcceptorRecord.MarkedLearned(T));
        Acceptor above = acceptor(A, new AcceptorRequest.Forget(Births.INCARNATION, new Horizon(5, 2)));
        reply(above, votes("bank-a"));
        reply(above, LEARNED);
        assertThat(above.kept(T)).isEqualTo(new AcceptorRecord.MarkedLearned(T));
        assertThat(above.isForgotten(T)).isFalse();

        reply(acceptor, forget());
        assertThat(acceptor.kept(T)).isNull();
        Acceptor unlearned = acceptor(A, votes("bank-a"), forget());
        assertThat(unlearned.size()).isEqualTo(1);
        assertThat(unlearned.kept(T)).isInstanceOf(AcceptorRecord.Kept.class);
    }

    @Test
    void whatIsForgottenIsAnsweredNoMore() {
        for (Acceptor acceptor :
                List.of(acceptor(A, forget()), acceptor(A, votes("bank-a"), LEARNED, seal(3), forget()))) {
            assertThat(reply(acceptor, votes("bank-a"))).isEqualTo(rejected(Reason.FORGOTTEN));
            assertThat(reply(acceptor, phase1a(4))).isEqualTo(rejected(Reason.FORGOTTEN));
            assertThat(reply(acceptor, phase2a(4, Proposal.ABORT))).isEqualTo(rejected(Reason.FORGOTTEN));
            assertThat(acceptor.on(A, LEARNED)).isEqualTo(new Acceptor.Step(null, new AcceptorReply.Noted()));
        }
    }

    /** An operator may have to look at it; LEARNED may come late. */
    @Test
    void whatIsNotLearnedStaysBelowTheHorizonAndIsAnsweredNoMore_Q6() {
        for (Acceptor acceptor : List.of(
                acceptor(A, phase1a(3)),
                acceptor(A, votes("bank-a"), phase1a(3)),
                acceptor(A, votes("bank-a"), seal(3), phase1a(3)),
                acceptor(A, phase2a(2, Proposal.ABORT)),
                acceptor(A, phase2a(2, Proposal.ABORT), phase1a(3)),
                acceptor(A, phase2a(2, Proposal.ABORT), seal(3), phase1a(3)))) {
            AcceptorRecord held = acceptor.kept(T);
            reply(acceptor, forget());
            assertThat(acceptor.kept(T)).isNotNull().isEqualTo(held);
            assertThat(reply(acceptor, phase2a(3, Proposal.ABORT))).isEqualTo(rejected(Reason.FORGOTTEN));
            reply(acceptor, LEARNED);
            assertThat(acceptor.size()).isZero();
            assertThat(acceptor.kept(T)).isNull();
            assertThat(reply(acceptor, phase2a(3, Proposal.ABORT))).isEqualTo(rejected(Reason.FORGOTTEN));
        }
    }

    /**
     * It begins nothing that a floor must not let begin: a majority that has promised the ballot shares an acceptor with
     * the one that is sealed, and that one would have refused the seal, or the promise.
     */
    @Test
    void whoIsSealedStillAcceptsInAHigherBallot_Q6() {
        for (Acceptor acceptor : List.of(
                acceptor(A, seal(3)),
                acceptor(A, votes("bank-a"), seal(3)),
                acceptor(A, votes("bank-a"), seal(3), phase1a(3)),
                acceptor(A, phase2a(2, Proposal.ABORT), seal(3), phase1a(3)))) {
            assertThat(reply(acceptor, phase2a(4, Proposal.ABORT))).isEqualTo(new AcceptorReply.Phase2b(T, ballot(4)));
            assertThat(reply(acceptor, phase2a(3, Proposal.ABORT))).isEqualTo(new AcceptorReply.Refused(T, ballot(4)));
        }
    }

    @Test
    void whoGaveNoPromiseAcceptsInTheBallotOfTheSealToo_Q6() {
        for (Acceptor acceptor : List.of(acceptor(A, seal(3)), acceptor(A, votes("bank-a"), seal(3)))) {
            assertThat(reply(acceptor, phase2a(3, Proposal.ABORT))).isEqualTo(new AcceptorReply.Phase2b(T, ballot(3)));
        }
    }

    @Test
    void whatIsLearnedUnderASealIsReportedNoMore_Q6() {
        for (Acceptor acceptor : List.of(
                acceptor(A, seal(3), phase1a(3)),
                acceptor(A, votes("bank-a"), seal(3), phase1a(3)),
                acceptor(A, phase2a(2, Proposal.ABORT), seal(3), phase1a(3)))) {
            assertThat(((AcceptorReply.Sealed) reply(acceptor, seal(3))).held()).containsExactly(T);
            reply(acceptor, LEARNED);
            assertThat(((AcceptorReply.Sealed) reply(acceptor, seal(3))).held()).isEmpty();
        }
    }

    @Test
    void theHorizonNeverGoesBack() {
        Acceptor acceptor = acceptor(A, forget());
        AcceptorRequest lower = new AcceptorRequest.Forget(Births.INCARNATION, new Horizon(4, 0));
        assertThat(acceptor.on(A, lower))
                .isEqualTo(
                        new Acceptor.Step(null, new AcceptorReply.Forgotten(Births.INCARNATION, new Horizon(5, 10))));
        acceptor.apply(new AcceptorRecord.HorizonPassed(Births.INCARNATION, new Horizon(4, 0)));
        assertThat(acceptor.isForgotten(T)).isTrue();
    }

    @Test
    void listsWhatIsNotLearnedPageByPage() {
        Acceptor acceptor = acceptor(A, votes("bank-a"), LEARNED);
        for (long sequence = 4; sequence < 9; sequence++) {
            reply(acceptor, new AcceptorRequest.Phase1a(born(5, sequence), ballot(4)));
        }
        assertThat(reply(acceptor, new AcceptorRequest.ListUnlearned(null, 2)))
                .isEqualTo(new AcceptorReply.Unlearned(List.of(born(5, 4), born(5, 5))));
        assertThat(reply(acceptor, new AcceptorRequest.ListUnlearned(born(5, 5), 9)))
                .isEqualTo(new AcceptorReply.Unlearned(List.of(born(5, 6), born(5, 7), born(5, 8))));
    }

    @Test
    void roundsAreGivenOnce() {
        Acceptor acceptor = acceptor(A);
        assertThat(reply(acceptor, new AcceptorRequest.TakeRounds(1, 1)))
                .isEqualTo(new AcceptorReply.RoundsTaken(1, 1));
        assertThat(reply(acceptor, new AcceptorRequest.TakeRounds(1, 100)))
                .isEqualTo(new AcceptorReply.RoundsTaken(2, 101));
        assertThat(reply(acceptor, new AcceptorRequest.TakeRounds(500, 2)))
                .isEqualTo(new AcceptorReply.RoundsTaken(500, 501));
        acceptor.apply(new AcceptorRecord.RoundsUsed(3));
        assertThat(reply(acceptor, new AcceptorRequest.TakeRounds(1, 1)))
                .isEqualTo(new AcceptorReply.RoundsTaken(502, 502));
    }

    @Test
    void isWhatItsRecordsAddUpTo() {
        TransactionId other = born(6, 1);
        Acceptor acceptor = acceptor(
                A,
                votes("bank-a"),
                LEARNED,
                new AcceptorRequest.Phase1a(other, ballot(4)),
                forget(),
                new AcceptorRequest.Seal(Births.INCARNATION, 6, new Horizon(6, 0), PaxosScript.LEADER_TERM, ballot(5)),
                new AcceptorRequest.TakeRounds(1, 9));
        Acceptor copy = acceptor(A);
        acceptor.groupRecords().forEach(copy::apply);
        copy.apply(acceptor.kept(other));
        assertThat(acceptor.kept(T)).isNull();
        assertThat(copy.groupRecords()).isEqualTo(acceptor.groupRecords()).hasSize(3);
        assertThat(copy.state(other)).isEqualTo(acceptor.state(other));
        assertThat(copy.isForgotten(T)).isTrue();
        assertThat(copy.size()).isEqualTo(1);
    }
}
