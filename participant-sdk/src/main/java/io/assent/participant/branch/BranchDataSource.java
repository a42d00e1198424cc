package io.assent.participant.branch;

import io.assent.participant.DatabaseGuard;
import io.assent.participant.WorkOutsideBranchException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A {@code DataSource} of the application. Inside a unit of work, the one to which the participant is bound gives the
 * connection of the branch, and any other refuses: what is done with it would commit by itself. Outside, it is what it
 * was before. {@code unwrap} leads to the original.
 */
public final class BranchDataSource extends DelegatingDataSource {

    private final String name;
    private final Units units;
    private final DataSource outside;
    private volatile boolean branched;
    private volatile DatabaseGuard guard = DatabaseGuard.NONE;

    /** Wraps the bean of this name. */
    public BranchDataSource(DataSource original, String name, Units units) {
        super(original);
        this.name = name;
        this.units = units;
        this.outside = new Guarded(original);
    }

    /** The bean's name. */
    public String name() {
        return name;
    }

    /**
     * The participant is bound to the database behind this one.
     *
     * @param guardOfDatabase what its connections go through from now on
     */
    public void bindToParticipant(DatabaseGuard guardOfDatabase) {
        guard = guardOfDatabase;
        branched = true;
    }

    /** The bean as it was. */
    public DataSource original() {
        return obtainTargetDataSource();
    }

    /** The same database outside of all units of work, whichever thread asks. */
    public DataSource outsideOfBranches() {
        return outside;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Optional<Connection> ofBranch = ofBranch();
        return ofBranch.isPresent() ? ofBranch.get() : outside.getConnection();
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        Optional<Connection> ofBranch = ofBranch();
        return ofBranch.isPresent() ? ofBranch.get() : outside.getConnection(username, password);
    }

    private Optional<Connection> ofBranch() {
        Optional<Unit> unit = units.active();
        if (unit.isPresent() && !branched) {
            throw new WorkOutsideBranchException("The data source \"" + name + "\" is not the one of this service's"
                    + " participant: work with it inside a branch would not be part of the transaction. Use it before"
                    + " or after the branch, or in a method with @Transactional(propagation = NOT_SUPPORTED)");
        }
        return unit.map(active -> active.connection().face());
    }

    private final class Guarded extends DelegatingDataSource {
        Guarded(DataSource original) {
            super(original);
        }

        @Override
        public Connection getConnection() throws SQLException {
            return guard.connection(super.getConnection());
        }

        @Override
        public Connection getConnection(String username, String password) throws SQLException {
            return guard.connection(super.getConnection(username, password));
        }
    }
}
