package io.assent.protocol.twophase;

import io.assent.protocol.AbortReason;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.HeuristicOutcome;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
        Progress progress) {

    /** How far the leader is with the transaction. */
    public enum Phase {
        /** Found in the log by a new leader, whose claim on it is not applied yet. */
        ADOPTING,
        /** Branches may be enlisted. */
        ACTIVE,
        /** The members are frozen and asked for their votes. */
        PREPARING,
        /** The decision is dispatched; from here on only the log can answer (L4). */
        DECIDING,
        /** That the only member decides is dispatched; from here on only the log can answer (L4). */
        DELEGATING,
        /** The only member is told to commit, or asked what it did. */
        DELEGATED,
        /** The only member told the outcome, which is on its way to the log. */
        RECORDING,
        /** The commit stands in the log and is told to the members. */
        COMMITTING,
        /** The abort is dispatched; not a word of it leaves before it is applied. */
        ABORT_DISPATCHED,
        /** It is aborted, and that is told to the members. */
        ABORTING,
        /** Every member that voted YES acknowledged the commit. */
        COMMITTED,
        /** It is aborted, and nothing more is sent. */
        ABORTED,
        /** The log has forgotten it: nothing may be concluded. */
        EXPIRED,
        /** The idempotency key belongs to another transaction; this one was never told to anyone. */
        DROPPED,
        /** Another leader owns it: this one says nothing to anyone about it. */
        DEPOSED
    }

    /** What the next {@link TwoPhaseEvent.TimerFired} stands for. */
    public enum Timer {
        /** The transaction's deadline. */
        DEADLINE,
        /** The time for which an abort is told to members that do not answer. */
        ABORT_NOTICE,
        NONE
    }

    /**
     * Who has confirmed what in the second phase.
     *
     * @param acknowledged participants that answered COMMIT or ABORT
     * @param heuristics what participants did of their own
     * @param heuristicsLogged how many of these stand in the log
     */
    public record Progress(List<String> acknowledged, List<HeuristicOutcome> heuristics, int heuristicsLogged) {

        static final Progress NONE = new Progress(List.of(), List.of(), 0);

        public Progress {
            acknowledged = List.copyOf(acknowledged);
            heuristics = List.copyOf(heuristics);
        }

        Progress withAcknowledged(String participant) {
            List<String> all = new ArrayList<>(acknowledged);
            all.add(participant);
            return new Progress(all, heuristics, heuristicsLogged);
        }

        Progress withHeuristic(HeuristicOutcome heuristic) {
            List<HeuristicOutcome> all = new ArrayList<>(heuristics);
            all.add(heuristic);
            return new Progress(acknowledged, all, heuristicsLogged);
        }

        Progress withHeuristicLogged() {
            return new Progress(acknowledged, heuristics, heuristicsLogged + 1);
        }
    }

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

    /**
     * What an event leads to.
     *
     * @param now milliseconds since 1970, noted where the event decides the transaction, and used for nothing else
     */
    public Step on(TwoPhaseEvent event, long now) {
        Transition transition = new Transition(this, now);
        switch (event) {
            case TwoPhaseEvent.Enlisted e -> transition.enlist(e.member());
            case TwoPhaseEvent.CommitRequested e -> transition.requestCommit(e.branches());
            case TwoPhaseEvent.AbortRequested e -> transition.requestAbort(e.reason());
            case TwoPhaseEvent.Replied e -> transition.reply(e.sent(), e.reply());
            case TwoPhaseEvent.TimerFired e -> transition.timer();
            case TwoPhaseEvent.Applied e -> transition.applied(e.record(), e.fact(), e.standing());
            case TwoPhaseEvent.Looked e -> transition.looked(e.standing());
        }
        return transition.step();
    }

    /** The transaction's id. */
    public TransactionId id() {
        return origin.id();
    }

    /** The member with this participant id, or nothing. */
    public Optional<Member> member(String participant) {
        return members.stream().filter(m -> m.participant().equals(participant)).findFirst();
    }

    /** The outcome as soon as it may be told (L6), or null. */
    public @Nullable Outcome outcome() {
        return switch (phase) {
            case COMMITTING, COMMITTED -> Outcome.COMMITTED;
            case ABORTING, ABORTED -> Outcome.ABORTED;
            case RECORDING -> fact == Known.COMMITTED ? Outcome.COMMITTED : Outcome.ABORTED;
            case ADOPTING,
                    ACTIVE,
                    PREPARING,
                    DECIDING,
                    DELEGATING,
                    DELEGATED,
                    ABORT_DISPATCHED,
                    EXPIRED,
                    DROPPED,
                    DEPOSED -> null;
        };
    }

    /** The timer that is to run in this state. */
    public Timer timer() {
        return switch (phase) {
            case ADOPTING, ACTIVE, PREPARING -> Timer.DEADLINE;
            case ABORTING -> Timer.ABORT_NOTICE;
            default -> Timer.NONE;
        };
    }

    /** All messages that this state owes to its members. */
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
