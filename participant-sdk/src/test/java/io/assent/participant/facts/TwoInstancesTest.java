package io.assent.participant.facts;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.participant.BranchEvent.Obstacle;
import io.assent.protocol.participant.BranchEvent.TombstoneResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two instances of a participant work on one database, and a coordinator tells a horizon to one of them. */
class TwoInstancesTest {

    private static final String PARTICIPANT = "bank-a";
    private static final IncarnationKey KEY = new IncarnationKey(new byte[IncarnationKey.LENGTH]);

    private final JdbcDataSource database = new JdbcDataSource();
    private final H2Dialect dialect = new H2Dialect();
    private final DatabaseLedger told = new DatabaseLedger(PARTICIPANT, database, dialect);
    private final FactStore ofTold = new FactStore(PARTICIPANT, database, dialect);
    private final DatabaseLedger untold = new DatabaseLedger(PARTICIPANT, database, dialect);
    private final FactStore ofUntold = new FactStore(PARTICIPANT, database, dialect);

    private Connection open;

    @BeforeEach
    void start() throws SQLException {
        database.setURL("jdbc:h2:mem:" + UUID.randomUUID());
        open = database.getConnection();
        Schema.CREATE.apply(database, dialect);
        told.open();
        untold.open();
    }

    @AfterEach
    void end() throws SQLException {
        open.close();
    }

    private static TransactionId.Birth birth(long sequence) {
        return new TransactionId.Birth(0, 7, 3, sequence);
    }

    private static TransactionId transaction(long sequence) {
        return TransactionId.issue(birth(sequence), Protocol.TWO_PHASE, 5, KEY);
    }

    private void commitAndForget(TransactionId transaction, String horizon) throws SQLException {
        open.setAutoCommit(false);
        assertThat(ofTold.insertInside(open, transaction)).isEmpty();
        open.commit();
        assertThat(told.advance(horizon)).isTrue();
        assertThat(ofTold.forget(horizon)).isEqualTo(1);
    }

    @Test
    void rowsAreWrittenAlsoWhenTheConnectionThatCreatedTheTablesIsClosed() throws SQLException {
        open.setAutoCommit(false);
        assertThat(ofTold.insertInside(open, transaction(1))).isEmpty();
        assertThat(ofTold.writeTombstone(transaction(2))).isEqualTo(TombstoneResult.STANDS);
    }

    @Test
    void noTombstoneIsWrittenBelowAHorizonThatAnotherInstanceStored_P7() throws SQLException {
        TransactionId committed = transaction(1);
        commitAndForget(committed, TransactionId.upperBound(birth(1)));
        assertThat(untold.isForgotten(committed)).as("this one was not told").isFalse();

        assertThat(ofUntold.writeTombstone(committed)).isEqualTo(TombstoneResult.UNKNOWN);

        assertThat(ofUntold.row(committed)).isEmpty();
        assertThat(ofUntold.isForgotten(committed)).isTrue();
    }

    @Test
    void noWorkIsBegunBelowAHorizonThatAnotherInstanceStored_P7() throws SQLException {
        TransactionId committed = transaction(1);
        commitAndForget(committed, TransactionId.upperBound(birth(1)));

        assertThat(ofUntold.insertInside(open, committed)).contains(Obstacle.FORGOTTEN);

        open.rollback();
        assertThat(ofUntold.row(committed)).isEmpty();
        assertThat(ofUntold.insertInside(open, transaction(2))).isEmpty();
    }

    @Test
    void aboveTheHorizonTombstonesStand_F3() throws SQLException {
        commitAndForget(transaction(1), TransactionId.upperBound(birth(1)));
        TransactionId above = transaction(2);

        assertThat(ofUntold.writeTombstone(above)).isEqualTo(TombstoneResult.STANDS);

        assertThat(ofUntold.row(above)).contains(FactStore.Row.ABORTED);
        assertThat(ofUntold.isForgotten(above)).isFalse();
    }

    @Test
    void theHorizonOfAnotherIncarnationSaysNothing_D3() throws SQLException {
        commitAndForget(transaction(9), TransactionId.upperBound(birth(9)));
        TransactionId ofAnother = TransactionId.issue(new TransactionId.Birth(0, 6, 3, 1), Protocol.TWO_PHASE, 5, KEY);

        assertThat(ofUntold.writeTombstone(ofAnother)).isEqualTo(TombstoneResult.STANDS);
    }
}
