package io.assent.participant;

import java.sql.Connection;
import javax.sql.XAConnection;

/**
 * Stands between a service and a database that cannot be used as it is: every connection of the service to it goes
 * through here. Safe for use by several threads.
 */
public interface DatabaseGuard {

    /** For a database that needs none. */
    DatabaseGuard NONE = new DatabaseGuard() {

        @Override
        public Connection connection(Connection connection) {
            return connection;
        }

        @Override
        public XAConnection xaConnection(XAConnection connection) {
            return connection;
        }
    };

    /** A face of this connection, which is to be used instead of it; {@code unwrap} leads to what is behind it. */
    Connection connection(Connection connection);

    /** A face of this XA connection, whose connections and XA resource are guarded. */
    XAConnection xaConnection(XAConnection connection);
}
