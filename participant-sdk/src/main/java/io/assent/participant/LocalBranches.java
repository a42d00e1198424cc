package io.assent.participant;

import java.util.List;

/**
 * The branches in which the service that begins a transaction works itself, as the initiator sees them. Services that
 * have a participant id provide one; {@link #NONE} stands for the others.
 */
public interface LocalBranches {

    /** A service that has no participant id and hence no branch of its own. */
    LocalBranches NONE = new LocalBranches() {
        @Override
        public Scope enter(TransactionContext context) {
            return () -> {};
        }

        @Override
        public List<BranchMember> prepare(TransactionContext context) {
            return List.of();
        }

        @Override
        public void rollBack(TransactionContext context) {
            // There is nothing that could be rolled back.
        }
    };

    /** Undoes on the same thread what {@link #enter} did. */
    @FunctionalInterface
    interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Called on the thread that is about to run the initiator's method, before anything of it runs: takes away what
     * would let its work escape the branch, as a request-wide EntityManager.
     */
    Scope enter(TransactionContext context);

    /**
     * Called on the thread that is about to run a method which joins a transaction. Where the thread may work in the
     * transaction's branch already, all transactions of the method become part of it; elsewhere nothing changes.
     */
    default Scope join(TransactionContext context) {
        return () -> {};
    }

    /**
     * Ends the service's own work in the transaction and prepares it. Afterwards no more work is accepted.
     *
     * @return one member for each branch that was touched, each with a vote, its calls, and in {@code seen} the units
     *     of work that the service did in it without a call of its own; empty when nothing was touched. A failed
     *     prepare is a member with the vote NO, not an exception
     */
    List<BranchMember> prepare(TransactionContext context);

    /** Rolls the service's own work in the transaction back, prepared or not; does nothing when there is none. */
    void rollBack(TransactionContext context);
}
