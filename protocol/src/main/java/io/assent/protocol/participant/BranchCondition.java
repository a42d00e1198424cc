package io.assent.protocol.participant;

import io.assent.protocol.Member;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What this instance knows of its branch: the rows of table 1.7. NOT_VOTED has no row here, because another instance on
 * the same database may begin to work at any time: it is what a reading of the facts finds, never what is remembered.
 */
public sealed interface BranchCondition {

    /**
     * Nothing is known, or no longer: the facts are read before the next message is answered.
     *
     * @param work the work whose prepare or one-phase commit ended without a certain result, else null; its connection
     *     is kept until the branch is rolled back or committed
     */
    record Unknown(@Nullable Work work) implements BranchCondition {}

    /** WORKING: this instance holds the live branch. */
    record Working(Work work) implements BranchCondition {}

    /**
     * PREPARED, in doubt: never decides alone.
     *
     * @param work the work that was prepared, or null when the branch was rebuilt without that knowledge
     * @param doubted whether a commit or rollback ended without a certain result, so that the facts are read before the
     *     next message is answered
     * @param votedTerm the term of the last PREPARE that this instance answered with YES: its members are the peers that
     *     may be asked. {@link #NOBODY} when this instance does not know in which terms the branch has voted
     */
    record Prepared(@Nullable Work work, boolean doubted, long votedTerm) implements BranchCondition {

        /** No PREPARE was answered here, so that nobody is a peer. */
        static final long NOBODY = -1;
    }

    /**
     * PRE_COMMITTED (THREE_PHASE): it is known here, durably (F4), that the decision is commit. It is not shown before a
     * coordinator says so, or nobody is there to say it.
     *
     * @param work as for {@link Prepared}
     * @param members the members of the decision, empty where they are not known
     * @param doubted as for {@link Prepared}
     * @param patienceEnded whether it has waited so long that no coordinator can still wait for others to pre-commit
     */
    record PreCommitted(@Nullable Work work, List<Member> members, boolean doubted, boolean patienceEnded)
            implements BranchCondition {
        public PreCommitted {
            members = List.copyOf(members);
        }
    }

    /**
     * COMMITTED: the row of the branch is visible (F2).
     *
     * @param members the members of the decision where they were written down before (F4), else empty
     */
    record Committed(List<Member> members) implements BranchCondition {
        public Committed {
            members = List.copyOf(members);
        }

        /** Committed, with members that are not known. */
        public Committed() {
            this(List.of());
        }
    }

    /** ABORTED: the tombstone stands (F3). */
    record Aborted() implements BranchCondition {}
}
