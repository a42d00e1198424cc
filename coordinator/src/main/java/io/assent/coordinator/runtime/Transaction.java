package io.assent.coordinator.runtime;

import io.assent.protocol.AbortReason;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.group.HeuristicOutcome;
import io.assent.protocol.group.MemberVote;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.group.OutcomeReader;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A transaction as it can be shown to somebody. Times are milliseconds since 1970, 0 where they are not known.
 *
 * @param outcome null while it is not known
 * @param reason why it aborted, or null
 * @param description what only the leader that began it knows; {@link Description#NONE} elsewhere
 * @param term the term that owns it
 */
public record Transaction(
        TransactionId id,
        State state,
        @Nullable Outcome outcome,
        @Nullable AbortReason reason,
        List<HeuristicOutcome> heuristics,
        List<Branch> branches,
        Description description,
        long term,
        long createdAt,
        long deadline,
        long decidedAt,
        long completedAt) {

    /** The states of a transaction; their names are on the wire. */
    public enum State {
        ACTIVE,
        PREPARING,
        PRE_COMMITTING,
        COMMITTING,
        ABORTING,
        COMMITTED,
        ABORTED
    }

    /** The states of a branch as the coordinator sees it; their names are on the wire. */
    public enum BranchState {
        WORKING,
        PREPARED,
        PRE_COMMITTED,
        COMMITTED,
        ABORTED
    }

    /**
     * What the initiator told about a transaction at begin; it is not in the log.
     *
     * @param labels null where they are not known
     */
    public record Description(
            @Nullable String name,
            @Nullable String initiator,
            @Nullable Map<String, String> labels) {

        /** Nothing is known. */
        public static final Description NONE = new Description(null, null, null);
    }

    /**
     * A branch.
     *
     * @param endpoint null where it is not known any more
     * @param vote null while there is none
     * @param attempts how many times it was sent something, 0 where that is not known
     * @param lastError what went wrong last, in words for an operator, or null
     */
    public record Branch(
            String participant,
            @Nullable String endpoint,
            @Nullable String fallbackEndpoint,
            BranchState state,
            @Nullable Vote vote,
            int attempts,
            @Nullable String lastError) {}

    /** What became of the messages to one branch. */
    record Contact(int attempts, @Nullable String lastError) {
        static final Contact NONE = new Contact(0, null);
    }

    /** As its leader sees it. */
    static Transaction of(
            CoordinatorRole role, Description description, Map<String, Contact> contacts, long completedAt) {
        State state = stateOf(role.phase(), role.outcome());
        List<Branch> branches = role.members().stream()
                .map(m -> branch(m, stateOf(m, role), contacts.get(m.participant())))
                .toList();
        return new Transaction(
                role.id(),
                state,
                role.outcome(),
                role.outcome() == Outcome.ABORTED ? role.reason() : null,
                role.progress().heuristics(),
                branches,
                description,
                role.origin().term(),
                role.origin().createdAt(),
                role.origin().deadline(),
                role.decidedAt(),
                completedAt);
    }

    private static State stateOf(Phase phase, @Nullable Outcome outcome) {
        return switch (phase) {
            case ADOPTING, PREPARING, DECIDING, DELEGATING, DELEGATED -> State.PREPARING;
            case ACTIVE -> State.ACTIVE;
            case RECORDING -> outcome == Outcome.COMMITTED ? State.COMMITTED : State.ABORTED;
            case PRE_COMMITTING -> State.PRE_COMMITTING;
            case COMMITTING -> State.COMMITTING;
            case COMMITTED -> State.COMMITTED;
            case ABORT_DISPATCHED, ABORTING -> State.ABORTING;
            case ABORTED, EXPIRED, DROPPED, DEPOSED -> State.ABORTED;
        };
    }

    private static Branch branch(Member member, BranchState state, @Nullable Contact contact) {
        Contact known = contact == null ? Contact.NONE : contact;
        return new Branch(
                member.participant(),
                member.endpoint().isEmpty() ? null : member.endpoint(),
                member.fallbackEndpoint(),
                state,
                member.vote(),
                known.attempts(),
                known.lastError());
    }

    private static BranchState stateOf(Member member, CoordinatorRole role) {
        boolean acknowledged = role.progress().acknowledged().contains(member.participant());
        return !acknowledged && role.hasPreCommitted(member.participant())
                ? BranchState.PRE_COMMITTED
                : branchState(member.vote(), role.outcome(), acknowledged);
    }

    private static BranchState branchState(@Nullable Vote vote, @Nullable Outcome outcome, boolean acknowledged) {
        if (vote == Vote.NO) {
            return BranchState.ABORTED;
        }
        if (vote == Vote.READ_ONLY) {
            return outcome == Outcome.ABORTED ? BranchState.ABORTED : BranchState.COMMITTED;
        }
        if (acknowledged) {
            return outcome == Outcome.COMMITTED ? BranchState.COMMITTED : BranchState.ABORTED;
        }
        return vote == Vote.YES ? BranchState.PREPARED : BranchState.WORKING;
    }

    /** As the log knows it. */
    public static Transaction of(OpenTransaction open) {
        Outcome outcome = switch (open.phase()) {
            case COMMITTED -> Outcome.COMMITTED;
            case ABORTED -> Outcome.ABORTED;
            case ENROLLED, ONE_PHASE -> null;
        };
        State state = switch (open.phase()) {
            case ENROLLED -> open.members() == null ? State.ACTIVE : State.PREPARING;
            case ONE_PHASE -> State.PREPARING;
            case COMMITTED -> open.owing().isEmpty() ? State.COMMITTED : State.COMMITTING;
            case ABORTED -> State.ABORTED;
        };
        List<Member> members = open.members() == null ? List.of() : open.members();
        return new Transaction(
                open.id(),
                state,
                outcome,
                null,
                open.heuristics(),
                members.stream()
                        .map(m -> branch(
                                m,
                                branchState(
                                        m.vote(), outcome, open.acknowledged().contains(m.participant())),
                                null))
                        .toList(),
                Description.NONE,
                open.owner(),
                open.createdAt(),
                open.deadline(),
                open.decidedAt(),
                0);
    }

    /** A finished one, of which only the outcome is known. */
    public static Transaction finished(TransactionId id, OutcomeReader.Answer answer) {
        boolean committed = answer.status() == OutcomeReader.Status.COMMITTED;
        return new Transaction(
                id,
                committed ? State.COMMITTED : State.ABORTED,
                committed ? Outcome.COMMITTED : Outcome.ABORTED,
                answer.reason(),
                List.of(),
                answer.members().stream().map(Transaction::finishedBranch).toList(),
                Description.NONE,
                id.birthTerm(),
                0,
                0,
                0,
                0);
    }

    private static Branch finishedBranch(MemberVote member) {
        return new Branch(member.participant(), null, null, BranchState.COMMITTED, member.vote(), 0, null);
    }
}
