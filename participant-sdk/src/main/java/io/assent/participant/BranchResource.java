package io.assent.participant;

import io.assent.protocol.TransactionId;
import java.util.Set;

/**
 * A resource that takes part in distributed transactions: a database, files, a cache. One resource is one participant
 * id, and has at most one branch in a transaction. Safe for use by several threads.
 */
public interface BranchResource {

    /** The participant id that names this resource. */
    String participant();

    /** Whether a commit and the row that proves it are one atomic write, so that a one-phase commit can be proved. */
    boolean onePhase();

    /** How many branches can be live at once. */
    int capacity();

    /** The branch of this transaction. Nothing is opened and nothing is read. */
    ResourceBranch branch(TransactionId transaction);

    /**
     * The transactions whose branch the resource lists as prepared.
     *
     * @throws org.springframework.dao.DataAccessException when it cannot be asked now
     */
    Set<TransactionId> prepared();

    /**
     * Lets go of what is remembered of the transactions at or below this horizon, except of branches still prepared.
     *
     * @param horizon upper bound of forgotten ids, 40 characters
     * @throws org.springframework.dao.DataAccessException when that is not possible now
     */
    void forget(String horizon);
}
