package io.assent.protocol.threephase;

import io.assent.protocol.AbortReason;
import io.assent.protocol.CommitMember;
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
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.twophase.TwoPhaseCoordinator;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The leader's role for one transaction under three-phase commit (after Skeen 1981). It decides exactly as two-phase
 * commit does, by a record in the replicated log. Only when the commit stands there, and cannot be undone, it lets every
 * member that voted YES learn of it with PRE_COMMIT, and only when all have written that down it tells them to show it
 * with COMMIT. So a member that has pre-committed may finish without any coordinator, and a member that has not need not
 * guess: the classical protocol, in which a time-out decides, splits in a partition.
 *
 * <p>A member that does not answer PRE_COMMIT for a while holds up only itself: the others are told to commit.
 *
 * @param decision how the outcome is found
 * @param preCommitted members that answered PRE_COMMIT
 * @param patienceEnded whether those that did not answer PRE_COMMIT are not waited for any more
 */
public record ThreePhaseCoordinator(TwoPhaseCoordinator decision, List<String> preCommitted, boolean patienceEnded)
        implements CoordinatorRole {

    public ThreePhaseCoordinator {
        preCommitted = List.copyOf(preCommitted);
    }

    /** A new transaction (L1: only of a ready leader, in its own term). A keyed one is in the log from the start. */
    public static Step begin(Origin origin) {
        return around(TwoPhaseCoordinator.begin(origin));
    }

    /**
     * Takes over what a new leader finds in its applied state (table 1.3): of a committed one, who has pre-committed is
     * not in the log, and asked again.
     *
     * @param origin with the new leader's term, and the record's times
     */
    public static Step takeOver(OpenTransaction found, Origin origin) {
        return around(TwoPhaseCoordinator.takeOver(found, origin));
    }

    private static Step around(Step first) {
        ThreePhaseCoordinator next = new ThreePhaseCoordinator((TwoPhaseCoordinator) first.next(), List.of(), false);
        return new Step(next, first.append(), next.owed(), first.refusal());
    }

    @Override
    public Step on(CoordinatorEvent event, long now) {
        if (event instanceof CoordinatorEvent.TimerFired && phase() == Phase.PRE_COMMITTING) {
            return step(new ThreePhaseCoordinator(decision, preCommitted, true), List.of());
        }
        if (event instanceof CoordinatorEvent.Replied r
                && r.sent() instanceof Message.PreCommit
                && r.reply() instanceof Reply.Acknowledged reply) {
            return step(acknowledgedBy(r.sent(), reply.branch()), List.of());
        }
        Step decided = decision.on(translated(event), now);
        ThreePhaseCoordinator next =
                new ThreePhaseCoordinator((TwoPhaseCoordinator) decided.next(), preCommitted, patienceEnded);
        return decided.refusal() == null
                ? step(next, decided.append())
                : new Step(next, decided.append(), List.of(), decided.refusal());
    }

    private Step step(ThreePhaseCoordinator next, List<LogRecord.OfTransaction> append) {
        return Step.between(this, next, append, null);
    }

    private ThreePhaseCoordinator acknowledgedBy(Message sent, String participant) {
        boolean awaited = phase() != Phase.DEPOSED
                && sent.term() == origin().term()
                && member(participant).isPresent()
                && !preCommitted.contains(participant);
        return awaited
                ? new ThreePhaseCoordinator(
                        decision,
                        Stream.concat(preCommitted.stream(), Stream.of(participant))
                                .toList(),
                        patienceEnded)
                : this;
    }

    /** There is no vote before PREPARE here, none that leaves early, and nobody who may decide by himself. */
    private static CoordinatorEvent translated(CoordinatorEvent event) {
        return switch (event) {
            case CoordinatorEvent.Enlisted e ->
                new CoordinatorEvent.Enlisted(e.member().withoutShortcuts());
            case CoordinatorEvent.CommitRequested e -> {
                List<CommitMember> branches = e.branches();
                yield branches == null
                        ? e
                        : new CoordinatorEvent.CommitRequested(branches.stream()
                                .map(CommitMember::withoutShortcuts)
                                .toList());
            }
            case CoordinatorEvent.Replied e ->
                e.reply() instanceof Reply.Voted voted && voted.vote() == Vote.READ_ONLY
                        ? new CoordinatorEvent.Replied(
                                e.sent(), new Reply.Voted(voted.transaction(), voted.branch(), Vote.YES, null))
                        : e;
            case CoordinatorEvent.AbortRequested e -> e;
            case CoordinatorEvent.TimerFired e -> e;
            case CoordinatorEvent.Applied e -> e;
            case CoordinatorEvent.Looked e -> e;
            case CoordinatorEvent.Consulted e -> e;
        };
    }

    // What it owes.

    @Override
    public List<Message> owed() {
        if (decision.phase() != Phase.COMMITTING) {
            return decision.owed();
        }
        boolean all = allPreCommitted();
        List<Message> owed = new ArrayList<>();
        for (Message commit : decision.owed()) {
            boolean known = hasPreCommitted(commit.branch());
            if (all || patienceEnded && known) {
                owed.add(commit);
            } else if (!known) {
                owed.add(preCommit(commit.branch()));
            }
        }
        return owed;
    }

    private Message preCommit(String participant) {
        return new Message.PreCommit(id(), participant, origin().term(), members());
    }

    private boolean allPreCommitted() {
        return members().stream()
                .filter(m -> m.vote() == Vote.YES)
                .map(Member::participant)
                .allMatch(p -> hasPreCommitted(p) || progress().acknowledged().contains(p));
    }

    @Override
    public boolean hasPreCommitted(String participant) {
        return preCommitted.contains(participant);
    }

    @Override
    public Phase phase() {
        Phase phase = decision.phase();
        return phase == Phase.COMMITTING && !patienceEnded && !allPreCommitted() ? Phase.PRE_COMMITTING : phase;
    }

    @Override
    public Timer timer() {
        return phase() == Phase.PRE_COMMITTING ? Timer.PRE_COMMIT_NOTICE : decision.timer();
    }

    // The decision's.

    @Override
    public Origin origin() {
        return decision.origin();
    }

    @Override
    public List<Member> members() {
        return decision.members();
    }

    @Override
    public Progress progress() {
        return decision.progress();
    }

    @Override
    public @Nullable AbortReason reason() {
        return decision.reason();
    }

    @Override
    public long decidedAt() {
        return decision.decidedAt();
    }

    @Override
    public boolean settled() {
        return decision.settled();
    }

    @Override
    public @Nullable Outcome outcome() {
        return decision.outcome();
    }
}
