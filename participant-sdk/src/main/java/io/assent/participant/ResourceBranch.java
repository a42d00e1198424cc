package io.assent.participant;

import io.assent.protocol.Member;
import io.assent.protocol.participant.BranchEvent.FactsRead;
import io.assent.protocol.participant.BranchEvent.Obstacle;
import io.assent.protocol.participant.BranchEvent.PrepareResult;
import io.assent.protocol.participant.BranchEvent.TombstoneResult;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import org.springframework.transaction.annotation.Isolation;

/**
 * One branch in its resource: the hand that carries out what the participant's role decides. No method throws; what is
 * not certain is reported as such. Called by one thread at a time; while a unit of work runs, only {@link #connection} and
 * {@link #isIntact} are called.
 */
public interface ResourceBranch {

    /**
     * How work begins.
     *
     * @param open whether to take a connection and start the branch on it; otherwise it is started
     * @param insertRow whether to insert the row of the branch inside it (F2)
     * @param isolation isolation level of the branch, counts when it is opened
     * @param until until when a free connection is waited for
     */
    record Opening(boolean open, boolean insertRow, Isolation isolation, Deadline until) {}

    /**
     * Begins work.
     *
     * @return what kept it from beginning, in which case a branch opened by this call is closed again and left nothing;
     *     empty when work may be done
     */
    Optional<Obstacle> begin(Opening opening);

    /**
     * The connection on which the branch works, for units of work: it never ends the branch, whatever is called on it.
     *
     * @throws IllegalStateException when the branch is not open
     */
    Connection connection();

    /** Whether all work of the branch is still there: false when an error inside it undid more than one statement. */
    boolean isIntact();

    /** Ends the branch and prepares it; keeps the connection where the engine needs it until the decision (P8). */
    PrepareResult prepare();

    /** For people: what stood against the last {@link #prepare} that did not promise; empty when nothing is known. */
    default Optional<String> objection() {
        return Optional.empty();
    }

    /** Commits the prepared branch. Returns whether the resource said that it did. */
    boolean commitPrepared();

    /** Ends the live branch and commits it with its row. Returns whether the resource said that it did. */
    boolean commitOnePhase();

    /** Rolls back on the connection that this instance holds for the branch, if it holds one, and gives it back. */
    void rollBackLive();

    /** The same, and then rolls the prepared branch back by its id; that there is none is fine. */
    void rollBack();

    /** Inserts the tombstone (F3), durably, waiting for its key at most a second. */
    TombstoneResult writeTombstone();

    /**
     * Writes down that the decision is commit (F4), durably; that it is written already is fine.
     *
     * @param members the members of the decision, empty where they are not known
     * @return whether it surely stands
     */
    boolean writeKnown(List<Member> members);

    /** Reads the facts: first whether the branch is prepared, then whether the decision is known, then its row. */
    FactsRead readFacts();
}
