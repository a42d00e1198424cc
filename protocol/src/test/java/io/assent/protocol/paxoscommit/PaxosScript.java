package io.assent.protocol.paxoscommit;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Births;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.paxoscommit.RegistrarValue.Address;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import io.assent.protocol.states.Visits;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Words for tests: one transaction of two participants, three acceptors. */
final class PaxosScript {

    static final TransactionId T = born(5, 3);
    static final Registered J = registered("bank-a", "bank-b");
    static final AcceptorList THREE = acceptors(3);
    /** Term of the leader that seals. */
    static final long LEADER_TERM = 7;

    static final AcceptorId A = THREE.acceptors().get(0).id();
    static final AcceptorId B = THREE.acceptors().get(1).id();
    static final AcceptorId C = THREE.acceptors().get(2).id();

    private PaxosScript() {}

    static TransactionId born(long term, long sequence) {
        return Births.born(term, sequence, Protocol.PAXOS_COMMIT);
    }

    static Registered registered(String... participants) {
        return new Registered(Stream.of(participants)
                .map(participant -> new Address(participant, "http://" + participant))
                .toList());
    }

    static AcceptorList acceptors(int count) {
        return new AcceptorList(IntStream.range(0, count)
                .mapToObj(i -> new AcceptorList.Entry(new AcceptorId("n" + (i + 1), 0x100 + i), "http://n" + (i + 1)))
                .toList());
    }

    static Ballot ballot(long number) {
        return new Ballot(number);
    }

    static AcceptorRequest.VoteBundle votes(String... participants) {
        return new AcceptorRequest.VoteBundle(T, J, List.of(participants));
    }

    static AcceptorRequest.Phase1a phase1a(long ballot) {
        return new AcceptorRequest.Phase1a(T, ballot(ballot));
    }

    static AcceptorRequest.Phase2a phase2a(long ballot, Proposal proposal) {
        return new AcceptorRequest.Phase2a(T, ballot(ballot), proposal);
    }

    static AcceptorRequest.Seal seal(long ballot) {
        return seal(LEADER_TERM, ballot);
    }

    static AcceptorRequest.Seal seal(long leaderTerm, long ballot) {
        return new AcceptorRequest.Seal(Births.INCARNATION, 1, new Horizon(5, 10), leaderTerm, ballot(ballot));
    }

    static AcceptorRequest.Forget forget() {
        return new AcceptorRequest.Forget(Births.INCARNATION, new Horizon(5, 10));
    }

    static Proposal proposal(BranchValue ofA, BranchValue ofB) {
        return new Proposal(J, new TreeMap<>(Map.of("bank-a", ofA, "bank-b", ofB)));
    }

    /** The acceptor after these requests, each of which it takes or refuses. */
    static Acceptor acceptor(AcceptorId self, AcceptorRequest... requests) {
        Acceptor acceptor = new Acceptor(self, Births.GROUP);
        for (AcceptorRequest request : requests) {
            reply(acceptor, request);
        }
        return acceptor;
    }

    /** Its reply, after the record that goes with it. */
    static AcceptorReply reply(Acceptor acceptor, AcceptorRequest request) {
        Acceptor.Step step = acceptor.on(acceptor.self(), request);
        Visits.asked(acceptor, request instanceof AcceptorRequest.OfTransaction r ? r.transaction() : T, request, step);
        if (step.record() != null) {
            acceptor.apply(step.record());
        }
        return step.reply();
    }
}
