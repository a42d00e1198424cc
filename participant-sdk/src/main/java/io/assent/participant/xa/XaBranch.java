package io.assent.participant.xa;

import io.assent.participant.ResourceBranch;
import io.assent.participant.facts.FactStore;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.participant.BranchEvent.FactsRead;
import io.assent.protocol.participant.BranchEvent.Obstacle;
import io.assent.protocol.participant.BranchEvent.PrepareResult;
import io.assent.protocol.participant.BranchEvent.TombstoneResult;
import io.assent.protocol.participant.Facts;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.annotation.Isolation;

/**
 * One XA branch. It holds a session from its opening until it is decided, on engines that need that, or until it is
 * prepared, on the others; whatever was prepared elsewhere, or before a restart, is ended on a spare session.
 */
final class XaBranch implements ResourceBranch {

    private static final Logger LOG = LoggerFactory.getLogger(XaBranch.class);

    private final BranchXid xid;
    private final XaDatabase database;
    private @Nullable XaLease lease;
    private boolean rowInserted;
    private @Nullable String objection;

    XaBranch(BranchXid xid, XaDatabase database) {
        this.xid = xid;
        this.database = database;
    }

    @Override
    public Optional<Obstacle> begin(Opening opening) {
        if (opening.open() && !open(opening)) {
            return Optional.of(Obstacle.FAILED);
        }
        if (!opening.insertRow()) {
            return Optional.empty();
        }
        Optional<Obstacle> obstacle = database.facts().insertInside(connection(), xid.transaction());
        rowInserted = obstacle.isEmpty();
        if (obstacle.isPresent() && opening.open()) {
            rollBackLive();
        }
        return obstacle;
    }

    private boolean open(Opening opening) {
        XaLease opened;
        try {
            opened = database.pool().borrow(opening.until().left());
        } catch (SQLException e) {
            LOG.warn("No connection for a branch: transaction={} cause={}", xid.transaction(), e.getMessage());
            return false;
        }
        try {
            if (opening.isolation() != Isolation.DEFAULT) {
                opened.connection().setTransactionIsolation(opening.isolation().value());
            }
            opened.session().resource().start(xid, XAResource.TMNOFLAGS);
            opened.session().setInBranch(true);
            lease = opened;
            return true;
        } catch (SQLException | XAException e) {
            LOG.warn("A branch could not be opened: transaction={}", xid.transaction(), e);
            opened.discard();
            return false;
        }
    }

    @Override
    public Connection connection() {
        XaLease open = lease;
        if (open == null) {
            throw new IllegalStateException("The branch of " + xid.transaction() + " is not open");
        }
        return open.connection();
    }

    @Override
    public boolean isIntact() {
        try {
            return !rowInserted || database.facts().isInside(connection(), xid.transaction());
        } catch (SQLException e) {
            LOG.info("A branch is taken for broken: transaction={} cause={}", xid.transaction(), e.getMessage());
            return false;
        }
    }

    @Override
    public Optional<String> objection() {
        return Optional.ofNullable(objection);
    }

    @Override
    public PrepareResult prepare() {
        objection = null;
        XaLease open = lease;
        if (open == null) {
            objection = "its connection is gone";
            return PrepareResult.FAILED;
        }
        if (!rowInserted) {
            return leaveReadOnly(open);
        }
        if (!isIntact()) {
            LOG.warn("A branch has lost work or ended by itself and cannot commit: transaction={}", xid.transaction());
            objection = "an error or a statement inside it has undone its work, or ended it";
            return PrepareResult.FAILED;
        }
        XAResource resource = open.session().resource();
        try {
            resource.end(xid, XAResource.TMSUCCESS);
        } catch (XAException e) {
            LOG.warn("A branch could not be ended: transaction={} code={}", xid.transaction(), e.errorCode, e);
            objection = words("XA end", e);
            return PrepareResult.FAILED;
        }
        try {
            int answer = resource.prepare(xid);
            if (answer != XAResource.XA_OK) {
                objection = "XA prepare answered " + answer;
                return PrepareResult.UNKNOWN; // It has written its row, so that it cannot be read-only.
            }
        } catch (XAException e) {
            LOG.warn("A branch could not be prepared: transaction={} code={}", xid.transaction(), e.errorCode, e);
            objection = words("XA prepare", e);
            return saysRolledBack(e) ? PrepareResult.FAILED : PrepareResult.UNKNOWN;
        }
        open.session().promise();
        if (!database.dialect().pinsPrepared()) {
            release(open);
        }
        return PrepareResult.PREPARED;
    }

    /** A branch declared read-only has no row, so it could not prove a commit: it may not have written. */
    private PrepareResult leaveReadOnly(XaLease open) {
        try {
            if (database.dialect().hasUncommittedChanges(open.connection())) {
                LOG.warn(
                        "A branch wrote although every method in it was declared read-only: transaction={}",
                        xid.transaction());
                objection = "it wrote although every method in it was declared read-only";
                return PrepareResult.FAILED;
            }
        } catch (SQLException e) {
            LOG.warn("A branch could not be asked whether it wrote: transaction={}", xid.transaction(), e);
            objection = "it could not be asked whether it wrote: " + e.getMessage();
            return PrepareResult.FAILED;
        }
        rollBackLive();
        return PrepareResult.READ_ONLY;
    }

    private static String words(String step, XAException e) {
        return step + " failed with code " + e.errorCode + (e.getMessage() == null ? "" : ": " + e.getMessage());
    }

    private static boolean saysRolledBack(XAException e) {
        return e.errorCode >= XAException.XA_RBBASE && e.errorCode <= XAException.XA_RBEND;
    }

    @Override
    public boolean commitPrepared() {
        XaLease held = lease;
        return held == null ? onSpare(spare -> spare.commit(xid, false)) : end(held, r -> r.commit(xid, false));
    }

    @Override
    public boolean commitOnePhase() {
        XaLease held = lease;
        return held != null
                && isIntact()
                && end(held, resource -> {
                    resource.end(xid, XAResource.TMSUCCESS);
                    resource.commit(xid, true);
                });
    }

    @Override
    public void rollBackLive() {
        XaLease held = lease;
        if (held == null) {
            return;
        }
        boolean rolledBack = end(held, resource -> {
            if (!held.session().isPromised()) {
                resource.end(xid, XAResource.TMFAIL);
            }
            resource.rollback(xid);
        });
        if (!rolledBack) {
            discard(held);
        }
    }

    @Override
    public void rollBack() {
        rollBackLive();
        onSpare(spare -> {
            // On a fresh connection H2 rolls back what it has listed on that connection, and else does nothing.
            if (database.prepared(spare).contains(xid.transaction())) {
                spare.rollback(xid);
            }
        });
    }

    @Override
    public TombstoneResult writeTombstone() {
        return database.facts().writeTombstone(xid.transaction());
    }

    @Override
    public boolean writeKnown(List<Member> members) {
        return database.facts().writeKnown(xid.transaction(), members);
    }

    /**
     * The facts are read while a session is held only after a prepare or commit on it that failed. When they show
     * nothing, the session is closed first, so that nothing can still become of it, and they are read again.
     */
    @Override
    public FactsRead readFacts() {
        FactsRead read = readOnce();
        XaLease held = lease;
        boolean nothing = read.facts() == Facts.NONE || read.facts() == Facts.FORGOTTEN;
        if (!nothing || held == null) {
            return read;
        }
        discard(held);
        return readOnce();
    }

    private FactsRead readOnce() {
        try {
            boolean prepared = database.isPrepared(xid.transaction());
            Optional<List<Member>> known = xid.transaction().protocol() == Protocol.THREE_PHASE
                    ? database.facts().known(xid.transaction())
                    : Optional.empty();
            if (prepared) {
                return facts(known.isPresent() ? Facts.PRE_COMMITTED : Facts.PREPARED, known);
            }
            Optional<FactStore.Row> row = database.facts().row(xid.transaction());
            if (row.isPresent()) {
                return facts(row.get() == FactStore.Row.COMMITTED ? Facts.COMMITTED : Facts.ABORTED, known);
            }
            // Last, because the horizon is stored before the rows below it are deleted.
            return facts(
                    database.facts().isForgotten(xid.transaction()) ? Facts.FORGOTTEN : Facts.NONE, Optional.empty());
        } catch (SQLException | RuntimeException e) {
            LOG.warn("The facts of a branch could not be read: transaction={}", xid.transaction(), e);
            return FactsRead.of(Facts.UNREADABLE);
        }
    }

    private static FactsRead facts(Facts facts, Optional<List<Member>> known) {
        return new FactsRead(facts, null, null, known.orElse(List.of()));
    }

    /** A call of the XA interface. */
    @FunctionalInterface
    private interface XaCall {
        void on(XAResource resource) throws XAException;
    }

    /** Ends the branch on its own session; gives that back when the resource says that it did. */
    private boolean end(XaLease held, XaCall call) {
        try {
            call.on(held.session().resource());
        } catch (XAException e) {
            LOG.warn("A branch could not be ended: transaction={} code={}", xid.transaction(), e.errorCode, e);
            return false;
        }
        release(held);
        return true;
    }

    private boolean onSpare(XaCall call) {
        try {
            XaLease spare = database.pool().borrowSpare();
            try {
                call.on(spare.session().resource());
                spare.giveBack();
                return true;
            } catch (XAException | RuntimeException e) {
                spare.discard();
                LOG.warn("A prepared branch could not be ended: transaction={}", xid.transaction(), e);
            }
        } catch (SQLException e) {
            LOG.warn("No connection to end a prepared branch: transaction={}", xid.transaction(), e);
        }
        return false;
    }

    private void release(XaLease held) {
        lease = null;
        rowInserted = false;
        held.giveBack();
    }

    private void discard(XaLease held) {
        lease = null;
        rowInserted = false;
        held.discard();
    }
}
