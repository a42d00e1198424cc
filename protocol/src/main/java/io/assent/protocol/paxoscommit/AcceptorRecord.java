package io.assent.protocol.paxoscommit;

import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an acceptor keeps on its disk. Its state is what these records, in the order of their writing, add up to. */
public sealed interface AcceptorRecord {

    /** A record of one transaction. */
    sealed interface OfTransaction extends AcceptorRecord {
        /** The transaction. */
        TransactionId transaction();
    }

    /** Phase 1: nothing below the ballot is accepted any more. */
    record Promised(TransactionId transaction, Ballot ballot) implements OfTransaction {}

    /**
     * Votes of ballot 0.
     *
     * @param registered J, or null when it is accepted already
     * @param prepared participants that are accepted newly
     */
    record Voted(TransactionId transaction, @Nullable Registered registered, List<String> prepared)
            implements OfTransaction {
        public Voted {
            prepared = List.copyOf(prepared);
        }
    }

    /** Phase 2: the proposal of a ballot above 0, which is thereby promised too. */
    record Accepted(TransactionId transaction, Ballot ballot, Proposal proposal) implements OfTransaction {}

    /** The outcome is in the group's log. */
    record MarkedLearned(TransactionId transaction) implements OfTransaction {}

    /** Everything about a transaction, in place of its earlier records, so that these can be deleted. */
    record Kept(AcceptorState state) implements OfTransaction {
        @Override
        public TransactionId transaction() {
            return state.transaction();
        }
    }

    /** The floor of a FORGET. */
    record SealSet(AcceptorRequest.Seal seal) implements AcceptorRecord {}

    /** What is LEARNED and was born until the horizon is deleted, and nothing about it is accepted again. */
    record HorizonPassed(long incarnation, Horizon horizon) implements AcceptorRecord {}

    /** All rounds until this one may have been used. */
    record RoundsUsed(long last) implements AcceptorRecord {}
}
