package io.assent.participant.xa;

import io.assent.participant.DatabaseGuard;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** Opens XA connections for a pool that knows only JDBC: each connection is the face of an {@link XaSession}. */
final class XaSessionSource extends AbstractDataSource {

    private final XADataSource xaDataSource;
    private final DatabaseGuard guard;

    XaSessionSource(XADataSource xaDataSource, DatabaseGuard guard) {
        this.xaDataSource = xaDataSource;
        this.guard = guard;
    }

    @Override
    public Connection getConnection() throws SQLException {
        XAConnection opened = guard.xaConnection(xaDataSource.getXAConnection());
        try {
            return new XaSession(opened).connection();
        } catch (SQLException e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("The user of a branch is that of the XADataSource");
    }
}
