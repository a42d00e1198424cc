package io.assent.protocol.paxoscommit;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.TransactionId;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** How far a proposer is with a ballot above 0 (section 3.3): it takes a round, asks for promises, then for acceptance. */
sealed interface Attempt {

    /**
     * A round is taken durably, before any ballot of it is used.
     *
     * @param atLeast no round below this one is of use
     */
    record TakingRound(long atLeast) implements Attempt {}

    /** A majority is asked to promise the ballot. */
    record Promising(Ballot ballot, SortedMap<AcceptorId, AcceptorReply.Phase1b> promises) implements Attempt {}

    /** All are asked to accept what this ballot must propose. */
    record Accepting(Ballot ballot, Proposal proposal) implements Attempt {}

    /** The ballot of this round begins. */
    static Attempt ofRound(AcceptorList acceptors, AcceptorId self, long round) {
        return of(Ballot.of(acceptors, round, self));
    }

    /** This ballot begins; whoever uses it has taken its round. */
    static Attempt of(Ballot ballot) {
        return new Promising(ballot, new TreeMap<>());
    }

    /** With a promise: as soon as a majority has promised, what must be proposed is clear. */
    default Attempt promised(AcceptorList acceptors, AcceptorId from, AcceptorReply.Phase1b promise) {
        if (!(this instanceof Promising promising) || !promise.ballot().equals(promising.ballot())) {
            return this;
        }
        SortedMap<AcceptorId, AcceptorReply.Phase1b> all = new TreeMap<>(promising.promises());
        all.put(from, promise);
        Proposal proposal = Recovery.propose(acceptors, all);
        return proposal == null ? new Promising(promising.ballot(), all) : new Accepting(promising.ballot(), proposal);
    }

    /**
     * With a promise that stood in the way: another round is needed. A promise of this very ballot is in the way as well
     * when its answer was lost, because an acceptor gives it once.
     */
    default Attempt refused(AcceptorList acceptors, AcceptorId from, Ballot promised) {
        boolean inTheWay = switch (this) {
            case TakingRound a -> false;
            case Promising a ->
                promised.isAbove(a.ballot())
                        || promised.equals(a.ballot()) && !a.promises().containsKey(from);
            case Accepting a -> promised.isAbove(a.ballot());
        };
        return inTheWay ? new TakingRound(promised.roundAbove(acceptors)) : this;
    }

    /** Whom it asks what: the own acceptor for a round, every other one for promise or acceptance. */
    default List<AcceptorCall> asked(TransactionId transaction, AcceptorList acceptors, AcceptorId self) {
        return switch (this) {
            case TakingRound a -> List.of(new AcceptorCall(self, new AcceptorRequest.TakeRounds(a.atLeast(), 1)));
            case Promising a ->
                acceptors.acceptors().stream()
                        .map(AcceptorList.Entry::id)
                        .filter(id -> !a.promises().containsKey(id))
                        .map(id -> new AcceptorCall(id, new AcceptorRequest.Phase1a(transaction, a.ballot())))
                        .toList();
            case Accepting a ->
                acceptors.acceptors().stream()
                        .map(entry -> new AcceptorCall(
                                entry.id(), new AcceptorRequest.Phase2a(transaction, a.ballot(), a.proposal())))
                        .toList();
        };
    }
}
