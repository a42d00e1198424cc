package io.assent.participant.xa;

import java.sql.Connection;
import java.util.function.Consumer;

/**
 * An XA session lent by the pool, until {@link #giveBack} or {@link #discard}.
 *
 * @param connection JDBC on the session, as the pool gives it
 * @param session the session
 * @param ending tells the pool that the lease has ended, and whether the session can be used again
 */
record XaLease(Connection connection, XaSession session, Consumer<Boolean> ending) {

    /** Returns a session that holds no branch to the pool. */
    void giveBack() {
        session.setInBranch(false);
        session.settle();
        ending.accept(true);
    }

    /** Closes the session for good: what it holds and did not promise is rolled back by the database. */
    void discard() {
        session.setInBranch(false);
        session.terminate();
        ending.accept(false);
    }
}
