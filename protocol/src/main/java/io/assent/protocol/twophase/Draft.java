package io.assent.protocol.twophase;

import io.assent.protocol.AbortReason;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Progress;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.LogRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scratch copy of the role's state that one event changes, and what is to be written and sent for it. The moves in
 * here keep it whole; {@link Transition} tells which event makes which.
 */
abstract class Draft {

    final TwoPhaseCoordinator before;
    final long now;
    final List<LogRecord.OfTransaction> append = new ArrayList<>();
    Phase phase;
    List<Member> members;
    boolean dispatched;
    boolean enlistmentsLost;
    boolean inquiring;
    boolean settled;

    @Nullable
    Fact fact;

    @Nullable
    AbortReason reason;

    long decidedAt;
    Progress progress;

    @Nullable
    RequestRefusal refusal;

    Draft(TwoPhaseCoordinator state, long now) {
        this.before = state;
        this.now = now;
        phase = state.phase();
        members = state.members();
        dispatched = state.dispatched();
        enlistmentsLost = state.enlistmentsLost();
        inquiring = state.inquiring();
        settled = state.settled();
        fact = state.fact();
        reason = state.reason();
        decidedAt = state.decidedAt();
        progress = state.progress();
    }

    Step step() {
        TwoPhaseCoordinator next = new TwoPhaseCoordinator(
                before.origin(),
                phase,
                members,
                dispatched,
                enlistmentsLost,
                inquiring,
                settled,
                fact,
                reason,
                decidedAt,
                progress);
        return Step.between(before, next, append, refusal);
    }

    // Moves

    void put(Member member) {
        List<Member> all = new ArrayList<>(members);
        all.removeIf(m -> m.participant().equals(member.participant()));
        all.add(member);
        members = all;
    }

    void decide() {
        decidedAt = now;
        phase = Phase.DECIDING;
        dispatch(new LogRecord.Decided(before.id(), members, now));
    }

    void record(Outcome outcome, @Nullable String words) {
        told(outcome, words);
        decidedAt = now;
        phase = Phase.RECORDING;
        dispatch(new LogRecord.OnePhaseResult(before.id(), outcome, now));
    }

    /** The only member's outcome is known; {@code words} are its own, for people. */
    void told(Outcome outcome, @Nullable String words) {
        Member sole = members.get(0);
        fact = outcome == Outcome.COMMITTED ? Known.COMMITTED : Known.ABORTED;
        if (outcome == Outcome.ABORTED) {
            reason = AbortReason.ofBranch(
                    AbortReason.Code.VOTE_NO,
                    sole.participant(),
                    words != null ? words : "the participant rolled back");
        } else {
            members = List.of(sole.withVote(Vote.YES));
        }
        progress = progress.withAcknowledged(sole.participant());
    }

    void abort(AbortReason why) {
        reason = why;
        if (dispatched) {
            phase = Phase.ABORT_DISPATCHED;
            dispatch(new LogRecord.Aborted(before.id()));
        } else {
            phase = Phase.ABORTING;
            endWhenAllAcknowledged();
        }
    }

    void endWhenAllAcknowledged() {
        boolean committing = phase == Phase.COMMITTING;
        if (!committing && phase != Phase.ABORTING
                || members.stream().anyMatch(m -> isWaitedFor(m, committing))
                || progress.heuristicsLogged() < progress.heuristics().size()) {
            return;
        }
        if (committing) {
            phase = Phase.COMMITTED;
            dispatch(new LogRecord.Acknowledged(before.id(), progress.acknowledged()));
        } else {
            end(Phase.ABORTED);
        }
    }

    boolean isWaitedFor(Member member, boolean committing) {
        if (progress.acknowledged().contains(member.participant())) {
            return false;
        }
        return committing ? member.vote() == Vote.YES : member.vote() != Vote.NO && member.vote() != Vote.READ_ONLY;
    }

    void dispatch(LogRecord.OfTransaction record) {
        dispatched = true;
        append.add(record);
    }

    @Nullable
    Member firstWithVote(@Nullable Vote vote) {
        for (Member member : members) {
            if (member.vote() == vote) {
                return member;
            }
        }
        return null;
    }

    /** A commit finishes, and is forgotten, only when all that voted YES have acknowledged it. */
    void acknowledgedByAll() {
        for (Member member : members) {
            if (isWaitedFor(member, true)) {
                progress = progress.withAcknowledged(member.participant());
            }
        }
    }

    void end(Phase last) {
        phase = last;
        settled = true;
    }
}
