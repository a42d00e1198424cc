package io.assent.protocol.twophase;

import io.assent.protocol.AbortReason;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Progress;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.coordinator.Timer;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.message.Message;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The leader's role for one transaction under two-phase commit with presumed abort (Mohan, Lindsay, Obermarck 1986)
 * over a replicated log: an immutable state, and {@link #on} that leads from one to the next. It knows no clock, no
 * thread and no disk. What is said to participants is computed by {@link #owed} from the fact that stands in the log,
 * so that sending first, sending again, and going on after a change of leader are the same thing.
 *
 * @param origin what never changes
 * @param phase how far the leader is
 * @param members who takes part, with the votes handed over or collected so far; frozen once commit is asked
 * @param dispatched whether any record of it was handed to the log, whatever became of that record
 * @param enlistmentsLost whether an earlier leader took enlistments with it
 * @param inquiring whether the only member of a one-phase commit is asked what it did, not told to commit
 * @param settled whether it may leave the leader's table (L7)
 * @param fact what stands in the log about its outcome, or null while nothing does
 * @param reason why it aborts; once set it never commits (abortFlag of the rules); null otherwise
 * @param decidedAt milliseconds since 1970, 0 while undecided
 * @param progress who has confirmed what
 */
public record TwoPhaseCoordinator(
        Origin origin,
        Phase phase,
        List<Member> members,
        boolean dispatched,
        boolean enlistmentsLost,
        boolean inquiring,
        boolean settled,
        @Nullable Fact fact,
        @Nullable AbortReason reason,
        long decidedAt,
        Progress progress)
        implements CoordinatorRole {

    public TwoPhaseCoordinator {
        members = List.copyOf(members);
    }

    /** A new transaction (L1: only of a ready leader, in its own term). A keyed one is in the log from the start. */
    public static Step begin(Origin origin) {
        return Transition.begin(origin).step();
    }

    /**
     * Takes over what a new leader finds in its applied state (table 1.3).
     *
     * @param origin with the new leader's term, and the record's times
     */
    public static Step takeOver(OpenTransaction found, Origin origin) {
        return Transition.takeOver(found, origin).step();
    }

    @Override
    public Step on(CoordinatorEvent event, long now) {
        Transition transition = new Transition(this, now);
        switch (event) {
            case CoordinatorEvent.Enlisted e -> transition.enlist(e.member());
            case CoordinatorEvent.CommitRequested e -> transition.requestCommit(e.branches());
            case CoordinatorEvent.AbortRequested e -> transition.requestAbort(e.reason());
            case CoordinatorEvent.Replied e -> transition.reply(e.sent(), e.reply());
            case CoordinatorEvent.TimerFired e -> transition.timer();
            case CoordinatorEvent.Applied e -> transition.applied(e.record(), e.fact(), e.standing());
            case CoordinatorEvent.Looked e -> transition.looked(e.standing());
            case CoordinatorEvent.Consulted e -> {} // Only the log decides here.
        }
        return transition.step();
    }

    @Override
    public @Nullable Outcome outcome() {
        return switch (phase) {
            case COMMITTING, COMMITTED -> Outcome.COMMITTED;
            case ABORTING, ABORTED -> Outcome.ABORTED;
            case RECORDING -> fact == Known.COMMITTED ? Outcome.COMMITTED : Outcome.ABORTED;
            case ADOPTING,
                    ACTIVE,
                    PREPARING,
                    DECIDING,
                    PRE_COMMITTING,
                    DELEGATING,
                    DELEGATED,
                    ABORT_DISPATCHED,
                    EXPIRED,
                    DROPPED,
                    DEPOSED -> null;
        };
    }

    @Override
    public Timer timer() {
        return switch (phase) {
            case ADOPTING, ACTIVE, PREPARING -> Timer.DEADLINE;
            case ABORTING -> Timer.ABORT_NOTICE;
            default -> Timer.NONE;
        };
    }

    @Override
    public List<Message> owed() {
        Fact standing = fact;
        boolean silent = phase == Phase.RECORDING || phase == Phase.EXPIRED || phase == Phase.DEPOSED;
        if (standing != null && !silent) {
            return owed(standing);
        }
        return switch (phase) {
            case PREPARING ->
                members.stream()
                        .filter(m -> m.vote() == null)
                        .map(this::prepare)
                        .toList();
            // Aborted from memory: nothing of it was ever dispatched, so nobody else can decide it.
            case ABORTING -> aborts();
            default -> List.of();
        };
    }

    /** What a fact of the log owes: COMMIT, and ABORT of a dispatched transaction, are made here alone (L6). */
    private List<Message> owed(Fact standing) {
        if (standing == Known.COMMITTED) {
            return unacknowledged()
                    .filter(m -> m.vote() == Vote.YES)
                    .<Message>map(m -> new Message.Commit(id(), m.participant(), origin.term(), members))
                    .toList();
        }
        if (standing == Known.ABORTED || standing == Known.DEAD) {
            return phase == Phase.ABORTING ? aborts() : List.of();
        }
        if (standing == Known.ONE_PHASE) {
            return members.stream().map(this::delegate).toList();
        }
        return List.of();
    }

    private List<Message> aborts() {
        return unacknowledged()
                .filter(m -> m.vote() != Vote.NO && m.vote() != Vote.READ_ONLY)
                .<Message>map(m -> new Message.Abort(id(), m.participant(), origin.term()))
                .toList();
    }

    private Message prepare(Member m) {
        return new Message.Prepare(
                id(), m.participant(), origin.term(), members, origin.deadline(), m.token(), m.calls());
    }

    private Message delegate(Member m) {
        return inquiring
                ? new Message.Inquire(id(), m.participant(), origin.term(), true, null)
                : new Message.CommitOnePhase(id(), m.participant(), origin.term(), m.token(), m.calls());
    }

    private Stream<Member> unacknowledged() {
        return members.stream().filter(m -> !progress.acknowledged().contains(m.participant()));
    }
}
