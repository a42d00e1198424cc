package io.assent.protocol.paxoscommit;

import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an acceptor is asked, or told. */
public sealed interface AcceptorRequest {

    /** A request about one transaction. */
    sealed interface OfTransaction extends AcceptorRequest {
        /** The transaction. */
        TransactionId transaction();
    }

    /**
     * Votes at ballot 0, from a participant after it has durably prepared, or relayed by the leader of the birth term
     * for one that only answers VOTE. There is no vote NO here: every abort is a ballot above 0 (Q5).
     *
     * @param registered J as the leader of the birth term proposes it
     * @param prepared participants of J that are prepared, at least one
     */
    record VoteBundle(TransactionId transaction, Registered registered, List<String> prepared)
            implements OfTransaction {
        public VoteBundle {
            prepared = prepared.stream().distinct().sorted().toList();
            checkProtocol(transaction);
            if (prepared.isEmpty() || !prepared.stream().allMatch(registered::contains)) {
                throw new IllegalArgumentException(
                        "Votes are of participants of the list that they name: " + prepared + ", " + registered);
            }
        }
    }

    /** Asks to promise a ballot for the whole transaction, known or not. */
    record Phase1a(TransactionId transaction, Ballot ballot) implements OfTransaction {
        public Phase1a {
            checkProtocol(transaction);
            checkAboveVotes(ballot);
        }
    }

    /** Asks to accept values. */
    record Phase2a(TransactionId transaction, Ballot ballot, Proposal proposal) implements OfTransaction {
        public Phase2a {
            checkProtocol(transaction);
            checkAboveVotes(ballot);
        }
    }

    /**
     * The applied state of the acceptor's own replica holds LEARNED of the transaction. To be told when it is applied,
     * and again for what a report of {@link AcceptorReply.Sealed} names and the applied state knows.
     */
    record Learned(TransactionId transaction) implements OfTransaction {}

    /**
     * The floor of a FORGET (Q6): a promise for every transaction born from a term to a horizon, known here or not. No
     * vote comes through any more, and no other ballot: only its own proposer, or that of a later seal, may still
     * recover what was reported, with phases 1 and 2 of the seal's ballot.
     *
     * @param incarnation of the group
     * @param fromTerm the first birth term for which the ballot was made: ballots of two acceptor lists do not compare
     * @param horizon the last birth
     * @param leaderTerm term of the leader that seals; where a leader of a later term has sealed, it is refused: what that
     *     one was not told of must never be chosen, however high the ballot is
     * @param ballot one that its proposer uses for nothing else
     */
    record Seal(long incarnation, long fromTerm, Horizon horizon, long leaderTerm, Ballot ballot)
            implements AcceptorRequest {
        public Seal {
            checkAboveVotes(ballot);
            if (fromTerm > horizon.term()) {
                throw new IllegalArgumentException(
                        "A seal from term " + fromTerm + " to " + horizon + " covers nothing");
            }
        }

        /** Whether the transaction was born in its range. */
        boolean covers(TransactionId id) {
            return id.incarnation() == incarnation && id.birthTerm() >= fromTerm && horizon.covers(id);
        }

        /** Whether some transaction may be in the range of both. */
        boolean overlaps(Seal other) {
            return incarnation == other.incarnation
                    && fromTerm <= other.horizon.term()
                    && other.fromTerm <= horizon.term();
        }

        /** Whether the other one adds nothing to this. */
        boolean includes(Seal other) {
            return incarnation == other.incarnation
                    && fromTerm <= other.fromTerm
                    && horizon.compareTo(other.horizon) >= 0
                    && leaderTerm >= other.leaderTerm
                    && ballot.compareTo(other.ballot) >= 0;
        }
    }

    /**
     * What is held and not known as LEARNED: a new leader asks a majority of the acceptors of each earlier term (1.3).
     *
     * @param after the last one of the page before, or null for the first page
     * @param limit how many at most, 1 or more
     */
    record ListUnlearned(@Nullable TransactionId after, int limit) implements AcceptorRequest {
        public ListUnlearned {
            if (limit < 1) {
                throw new IllegalArgumentException("A page has room for at least one transaction");
            }
        }
    }

    /** The applied state of the acceptor's own replica holds FORGET: everything born until then is finished. */
    record Forget(long incarnation, Horizon horizon) implements AcceptorRequest {}

    /**
     * Takes rounds for proposals of this replica; when it is answered they are taken durably, and no later life of this
     * storage gets them again.
     *
     * @param atLeast take none below, for one who was refused with a higher ballot; 1 or more
     * @param count how many, 1 or more
     */
    record TakeRounds(long atLeast, int count) implements AcceptorRequest {
        public TakeRounds {
            if (atLeast < 1 || count < 1) {
                throw new IllegalArgumentException("Rounds begin at 1, and at least one is taken");
            }
        }
    }

    private static void checkProtocol(TransactionId transaction) {
        if (transaction.protocol() != Protocol.PAXOS_COMMIT) {
            throw new IllegalArgumentException(
                    "The transaction " + transaction + " has no acceptors: it runs " + transaction.protocol());
        }
    }

    private static void checkAboveVotes(Ballot ballot) {
        if (ballot.isZero()) {
            throw new IllegalArgumentException("Ballot 0 is for votes only");
        }
    }
}
