package io.assent.participant.xa;

import io.assent.participant.BranchResource;
import io.assent.participant.ResourceBranch;
import io.assent.participant.facts.Dialect;
import io.assent.participant.facts.FactStore;
import io.assent.protocol.TransactionId;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;

/** A database whose branches are XA branches, with its facts in itself. */
public final class XaDatabase implements BranchResource {

    private static final Logger LOG = LoggerFactory.getLogger(XaDatabase.class);

    private final String participant;
    private final XaPool pool;
    private final FactStore facts;
    private final Dialect dialect;

    /** The database of this participant. */
    public XaDatabase(String participant, XaPool pool, FactStore facts, Dialect dialect) {
        this.participant = participant;
        this.pool = pool;
        this.facts = facts;
        this.dialect = dialect;
    }

    @Override
    public String participant() {
        return participant;
    }

    @Override
    public boolean onePhase() {
        return true;
    }

    @Override
    public int capacity() {
        return pool.branches();
    }

    @Override
    public ResourceBranch branch(TransactionId transaction) {
        return new XaBranch(new BranchXid(transaction, participant), this);
    }

    @Override
    public Set<TransactionId> prepared() {
        return prepared(transaction -> true);
    }

    /** Whether this branch is listed as prepared; looks at the row of no other one. */
    boolean isPrepared(TransactionId transaction) {
        return !prepared(transaction::equals).isEmpty();
    }

    private Set<TransactionId> prepared(Predicate<TransactionId> wanted) {
        try {
            XaLease spare = pool.borrowSpare();
            try {
                XAResource resource = spare.session().resource();
                Set<TransactionId> listed = prepared(resource);
                listed.removeIf(wanted.negate());
                return endNamesakes(listed, resource);
            } finally {
                spare.giveBack();
            }
        } catch (SQLException | XAException e) {
            throw new DataAccessResourceFailureException("The prepared branches could not be listed", e);
        }
    }

    /**
     * Rolls back what is listed under the name of a branch that is over. The row of a prepared branch is inside of it:
     * nobody sees it before the branch has ended. So what is listed although its row is seen is not that branch: H2 keeps
     * the name of a branch that it settled after a restart, and after the next kill it lists under that name whatever was
     * in flight in its place, work that never voted.
     *
     * @return what is really prepared
     */
    private Set<TransactionId> endNamesakes(Set<TransactionId> listed, XAResource resource)
            throws SQLException, XAException {
        Set<TransactionId> over = new HashSet<>();
        for (TransactionId transaction : listed) {
            if (facts.row(transaction).isPresent()) {
                over.add(transaction);
            }
        }
        if (over.isEmpty()) {
            return listed;
        }
        Set<TransactionId> stillListed = prepared(resource); // A branch may have ended between the two readings.
        for (TransactionId transaction : over) {
            listed.remove(transaction);
            if (stillListed.contains(transaction)) {
                LOG.warn("Work that never voted was listed as a branch that is over: transaction={}", transaction);
                resource.rollback(new BranchXid(transaction, participant));
                prepared(resource); // H2 rolls back what was listed on the connection since the last time.
            }
        }
        return listed;
    }

    @Override
    public void forget(String horizon) {
        try {
            int rows = facts.forget(horizon);
            LOG.debug("Rows of forgotten branches deleted: horizon={} rows={}", horizon, rows);
        } catch (SQLException e) {
            throw new DataAccessResourceFailureException("Rows of forgotten branches could not be deleted", e);
        }
    }

    /** The transactions of this participant that the database lists as prepared. */
    Set<TransactionId> prepared(XAResource resource) throws XAException {
        try {
            return Arrays.stream(resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN))
                    .flatMap(xid -> BranchXid.transactionOf(xid, participant).stream())
                    .collect(Collectors.toSet());
        } catch (RuntimeException e) {
            // H2 fails so when some other program has prepared a transaction under a name that is not an XID.
            XAException failure = new XAException(XAException.XAER_RMERR);
            failure.initCause(e);
            throw failure;
        }
    }

    XaPool pool() {
        return pool;
    }

    FactStore facts() {
        return facts;
    }

    Dialect dialect() {
        return dialect;
    }
}
