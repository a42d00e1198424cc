package io.assent.protocol.group;

import io.assent.protocol.AbortReason;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers what came of a transaction, by rules U1 to U5: "unknown means aborted" exactly where it is proven. Needs no
 * leader, no lease and no loop; any thread may ask at any replica, however stale.
 */
public final class OutcomeReader {

    private OutcomeReader() {}

    /**
     * The transactions that the leader of one term holds in memory. A leader that loses its term replaces the whole
     * object and never empties it, so that readers of the old one do not take "moved away" for "absent".
     */
    public interface BirthTable {
        /** The term whose leader it belongs to. */
        long term();

        /** The greatest sequence number issued in that term, -1 before the first; raised after the table holds it. */
        long issuedSequence();

        /** Whether anything of the transaction is in it. */
        boolean contains(TransactionId id);
    }

    /** What may be answered. */
    public enum Status {
        COMMITTED,
        ABORTED,
        /** Not decided, or not known here. */
        PENDING,
        /** Forgotten, or of another incarnation: nothing may be concluded. */
        EXPIRED,
        /** The living leader of its term never issued it. */
        NEVER_ISSUED
    }

    /**
     * An answer.
     *
     * @param reason why it aborted, where that is known from its absence; else null
     * @param members the members of a committed transaction with their votes; else empty
     */
    public record Answer(Status status, @Nullable AbortReason reason, List<MemberVote> members) {

        private static Answer of(Status status) {
            return new Answer(status, null, List.of());
        }

        private static Answer aborted(AbortReason.@Nullable Code code) {
            return new Answer(Status.ABORTED, code == null ? null : AbortReason.of(code), List.of());
        }

        /**
         * What one branch is to do: it commits only if it voted YES and is a member of the committed decision (L2);
         * one that nobody issued may still be told so later, and waits.
         */
        public Status forBranch(String participant) {
            return switch (status) {
                case COMMITTED -> MemberVote.committed(members, participant) ? Status.COMMITTED : Status.ABORTED;
                case NEVER_ISSUED -> Status.PENDING;
                case ABORTED, PENDING, EXPIRED -> status;
            };
        }
    }

    /**
     * Reads the outcome.
     *
     * @param state a replica's applied state
     * @param table the table of the leader on this node that was not replaced yet, or null when there is none
     */
    public static Answer read(GroupState state, @Nullable BirthTable table, TransactionId id) {
        // The table first, then the state: a transaction moves from the one to the other (U2).
        boolean birthLeader = table != null && table.term() == id.birthTerm() && state.isOfThisIncarnation(id);
        boolean issued = birthLeader && table != null && id.sequence() <= table.issuedSequence();
        boolean inTable = birthLeader && table != null && table.contains(id);
        return switch (state.read(id)) {
            case Standing.Open open -> ofOpen(open.transaction());
            case Standing.Finished finished ->
                finished.outcome() == Outcome.COMMITTED
                        ? new Answer(Status.COMMITTED, null, finished.members())
                        : Answer.aborted(null);
            case Standing.Expired expired -> Answer.of(Status.EXPIRED);
            case Standing.Absent absent -> {
                boolean ofAcceptors = id.protocol() == Protocol.PAXOS_COMMIT;
                if (ofAcceptors ? absent.neverBorn() : absent.lastTerm() > id.birthTerm()) {
                    yield Answer.aborted(AbortReason.Code.COORDINATOR_LOST);
                }
                if (!birthLeader || inTable) {
                    yield Answer.of(Status.PENDING);
                }
                yield issued ? Answer.aborted(AbortReason.Code.PRESUMED) : Answer.of(Status.NEVER_ISSUED);
            }
        };
    }

    private static Answer ofOpen(OpenTransaction transaction) {
        return switch (transaction.phase()) {
            case ENROLLED, ONE_PHASE -> Answer.of(Status.PENDING);
            case ABORTED -> Answer.aborted(null);
            case COMMITTED ->
                new Answer(
                        Status.COMMITTED,
                        null,
                        MemberVote.of(transaction.members() == null ? List.of() : transaction.members()));
        };
    }
}
