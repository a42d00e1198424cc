package io.assent.protocol.participant;

import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.participant.BranchCondition.Aborted;
import io.assent.protocol.participant.BranchCondition.Committed;
import io.assent.protocol.participant.BranchCondition.PreCommitted;
import io.assent.protocol.participant.BranchCondition.Prepared;
import io.assent.protocol.participant.BranchCondition.Unknown;
import io.assent.protocol.participant.BranchCondition.Working;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One branch as one instance of its participant sees it: immutable, volatile, and replaced at every event. What must
 * outlive the process lives in the resource ({@link Facts}); after a restart every branch is {@link #unknown} again.
 *
 * <p>The rules are those of presumed abort with durable votes (Mohan, Lindsay, Obermarck 1986), and a tombstone that
 * makes a late prepare or late work fail where an abort came first. A prepared branch never decides alone: it commits or
 * rolls back because a coordinator said so; under THREE_PHASE also because a peer knows the decision. A pre-committed one
 * may commit alone, because the decision stands.
 *
 * @param transaction the transaction
 * @param participant the participant id, which is the branch id
 * @param condition what is known of the branch
 * @param errand what it is busy with, or null
 * @param seenTerm the highest term of a leader that was heard of, 0 at first (rule P6)
 * @param members the members that the leader of that term named, empty when unknown
 * @param overdue whether the deadline has passed
 * @param belowHorizon whether the transaction is at or below a horizon (rule P7)
 * @param why for people, why it can only roll back, or did; null as long as nothing stands against it. The first reason
 *     stays
 */
public record ParticipantBranch(
        TransactionId transaction,
        String participant,
        BranchCondition condition,
        @Nullable Errand errand,
        long seenTerm,
        List<Member> members,
        boolean overdue,
        boolean belowHorizon,
        @Nullable String why) {

    public ParticipantBranch {
        members = List.copyOf(members);
    }

    /** A branch of which this instance remembers nothing. */
    public static ParticipantBranch unknown(TransactionId transaction, String participant, boolean belowHorizon) {
        return unknown(transaction, participant, belowHorizon, null);
    }

    /**
     * A branch of which this instance remembers nothing but what stood against it.
     *
     * @param why why it was rolled back here, or null; used for words alone, the facts are read all the same
     */
    public static ParticipantBranch unknown(
            TransactionId transaction, String participant, boolean belowHorizon, @Nullable String why) {
        return new ParticipantBranch(
                transaction, participant, new Unknown(null), null, 0, List.of(), false, belowHorizon, why);
    }

    /** Whether it is prepared and waits for a decision: its outcome is to be looked up, again and again. */
    public boolean isInDoubt() {
        return condition instanceof Prepared || condition instanceof PreCommitted;
    }

    /** Whether the connection of the branch, if there is one, is still needed. */
    public boolean holdsConnection() {
        return errand != null || holdsLiveWork() || isInDoubt();
    }

    /** Whether nothing is lost when this object is dropped: what counts is in the resource. */
    public boolean mayBeDropped() {
        return !holdsConnection();
    }

    /** The live or prepared work, for the caller who names the branch to its initiator; null when there is none. */
    public @Nullable Work work() {
        return switch (condition) {
            case Working c -> c.work();
            case Prepared c -> c.work();
            case PreCommitted c -> c.work();
            case Unknown c -> c.work();
            case Committed c -> null;
            case Aborted c -> null;
        };
    }

    /**
     * What follows from an event.
     *
     * @throws IllegalStateException when the event is a report that this branch does not wait for, or work is requested
     *     while a unit runs: the caller broke its contract
     * @throws IllegalArgumentException when the message is for another branch
     */
    public Step on(BranchEvent event) {
        return new ParticipantRole(this).on(event);
    }

    /** Whether it runs three-phase commit, in which peers may be asked and the decision is learned before it is shown. */
    boolean isThreePhase() {
        return transaction.protocol() == Protocol.THREE_PHASE;
    }

    boolean holdsLiveWork() {
        return switch (condition) {
            case Working c -> true;
            case Unknown c -> c.work() != null;
            case Prepared c -> false;
            case PreCommitted c -> false;
            case Committed c -> false;
            case Aborted c -> false;
        };
    }

    ParticipantBranch with(BranchCondition newCondition, @Nullable Errand newErrand) {
        return new ParticipantBranch(
                transaction, participant, newCondition, newErrand, seenTerm, members, overdue, belowHorizon, why);
    }

    /** Remembers why it can only roll back. */
    ParticipantBranch because(String newWhy) {
        return why != null ? this : explained(newWhy);
    }

    /** What stood against an earlier branch of the transaction does not count for the one that is opened. */
    ParticipantBranch afresh() {
        return explained(null);
    }

    private ParticipantBranch explained(@Nullable String newWhy) {
        return new ParticipantBranch(
                transaction, participant, condition, errand, seenTerm, members, overdue, belowHorizon, newWhy);
    }

    ParticipantBranch withErrand(@Nullable Errand newErrand) {
        return with(condition, newErrand);
    }

    /** Remembers the leader's term, and the members that a leader of the highest term names. */
    ParticipantBranch heard(long term, List<Member> named) {
        boolean known = named.isEmpty() || term < seenTerm;
        return new ParticipantBranch(
                transaction,
                participant,
                condition,
                errand,
                Math.max(term, seenTerm),
                known ? members : named,
                overdue,
                belowHorizon,
                why);
    }

    ParticipantBranch outOfTime() {
        return new ParticipantBranch(
                transaction, participant, condition, errand, seenTerm, members, true, belowHorizon, why);
    }

    ParticipantBranch forgottenElsewhere() {
        return new ParticipantBranch(
                transaction, participant, condition, errand, seenTerm, members, overdue, true, why);
    }
}
