package io.assent.protocol.twophase;

import io.assent.protocol.AbortReason;
import io.assent.protocol.CommitMember;
import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Progress;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.HeuristicOutcome;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.group.Standing;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step of the role: what each event does to its state (table 1.2). It lives as long as {@link TwoPhaseCoordinator#on}. */
final class Transition extends Draft {

    Transition(TwoPhaseCoordinator state, long now) {
        super(state, now);
    }

    private static Transition from(Origin origin, Phase phase, List<Member> members) {
        return new Transition(
                new TwoPhaseCoordinator(
                        origin, phase, members, false, false, false, false, null, null, 0, Progress.NONE),
                0);
    }

    static Transition begin(Origin origin) {
        Transition transition = from(origin, Phase.ACTIVE, List.of());
        if (origin.key() != null || origin.intent() == IntentLog.BEGIN) {
            transition.dispatch(origin.enrolled(null));
        }
        return transition;
    }

    static Transition takeOver(OpenTransaction found, Origin origin) {
        List<Member> known = found.members() == null ? List.of() : found.members();
        Transition transition = from(origin, Phase.ADOPTING, List.of());
        transition.dispatched = true;
        transition.decidedAt = found.decidedAt();
        transition.progress = new Progress(
                found.acknowledged(), found.heuristics(), found.heuristics().size());
        switch (found.phase()) {
            case ENROLLED -> {
                transition.enlistmentsLost = found.members() == null;
                // A YES was given to another leader; it is asked for again (L3). Who left read-only is not.
                transition.members = known.stream()
                        .map(m -> m.vote() == Vote.READ_ONLY ? m : m.withVote(null))
                        .toList();
                transition.dispatch(new LogRecord.Adopted(origin.id()));
            }
            case ONE_PHASE -> {
                transition.delegated(found);
            }
            case COMMITTED -> transition.committed(known);
            case ABORTED -> {
                transition.members = known;
                transition.aborted(Known.ABORTED);
            }
        }
        return transition;
    }

    // Requests

    void enlist(Member member) {
        if (phase == Phase.ADOPTING) {
            refusal = RequestRefusal.ADOPTING;
        } else if (phase != Phase.ACTIVE) {
            refusal = RequestRefusal.NOT_ACTIVE;
        } else if (!member.protocols().contains(before.id().protocol())) {
            refusal = RequestRefusal.UNSUPPORTED_PROTOCOL;
        } else {
            Member earlier = before.member(member.participant()).orElse(null);
            Member merged = earlier == null ? member : CommitMember.of(member).mergedInto(earlier);
            if (merged == null) {
                refusal = RequestRefusal.BRANCH_CONFLICT;
            } else {
                put(merged);
            }
        }
    }

    void requestCommit(@Nullable List<CommitMember> branches) {
        switch (phase) {
            case ADOPTING -> refusal = RequestRefusal.ADOPTING;
            case ACTIVE -> freeze(branches);
            case PREPARING -> repeatCommit(branches);
            case DECIDING, DELEGATING, DELEGATED, RECORDING, PRE_COMMITTING, COMMITTING, COMMITTED -> {
                if (branches != null && !CommitMember.nameAll(branches, members)) {
                    refusal = RequestRefusal.BRANCH_MISMATCH;
                }
            }
            case ABORT_DISPATCHED, ABORTING, ABORTED, EXPIRED, DROPPED, DEPOSED -> {}
        }
    }

    private void freeze(@Nullable List<CommitMember> branches) {
        if (branches == null && enlistmentsLost) {
            // What was enlisted since is not all of it.
            abort(AbortReason.of(AbortReason.Code.COORDINATOR_LOST));
            return;
        }
        if (branches == null && members.isEmpty()) {
            refusal = RequestRefusal.NO_BRANCHES;
            return;
        }
        if (branches != null) {
            List<Member> all = CommitMember.merge(branches, members);
            if (all == null) {
                abort(AbortReason.of(AbortReason.Code.BRANCH_MISMATCH));
                return;
            }
            if (!all.stream().allMatch(m -> m.protocols().contains(before.id().protocol()))) {
                refusal = RequestRefusal.UNSUPPORTED_PROTOCOL;
                return;
            }
            members = all;
        }
        Member refusing = firstWithVote(Vote.NO);
        if (refusing != null) {
            abort(AbortReason.ofBranch(AbortReason.Code.VOTE_NO, refusing.participant(), null));
        } else {
            askForVotes();
        }
    }

    private void askForVotes() {
        boolean alone = members.size() == 1
                && members.get(0).onePhase()
                && members.get(0).vote() == null;
        if (alone) {
            Origin origin = before.origin();
            dispatch(new LogRecord.OnePhase(origin.id(), members.get(0), origin.createdAt(), origin.deadline()));
            phase = Phase.DELEGATING;
        } else if (firstWithVote(null) == null) {
            decide();
        } else {
            phase = Phase.PREPARING;
            if (before.origin().intent() != IntentLog.OFF) {
                dispatch(before.origin().enrolled(members));
            }
        }
    }

    private void repeatCommit(@Nullable List<CommitMember> branches) {
        if (branches == null) {
            return;
        }
        boolean same = CommitMember.nameAll(branches, members) && CommitMember.merge(branches, members) != null;
        if (!same) {
            abort(AbortReason.of(AbortReason.Code.BRANCH_MISMATCH));
            return;
        }
        for (CommitMember branch : branches) {
            if (branch.vote() == Vote.NO) {
                abort(AbortReason.ofBranch(AbortReason.Code.VOTE_NO, branch.participant(), null));
                return;
            }
        }
    }

    void requestAbort(AbortReason why) {
        switch (phase) {
            case ADOPTING, ACTIVE, PREPARING -> abort(why);
            case PRE_COMMITTING, COMMITTING, COMMITTED -> refusal = RequestRefusal.ALREADY_COMMITTED;
            case RECORDING -> refusal = fact == Known.COMMITTED ? RequestRefusal.ALREADY_COMMITTED : null;
            case DECIDING, DELEGATING, DELEGATED -> {}
            case ABORT_DISPATCHED, ABORTING, ABORTED, EXPIRED, DROPPED, DEPOSED -> {}
        }
    }

    void timer() {
        switch (phase) {
            case ACTIVE -> abort(AbortReason.of(AbortReason.Code.TIMEOUT));
            case ADOPTING, PREPARING -> {
                Member missing = firstWithVote(null);
                abort(
                        missing == null
                                ? AbortReason.of(AbortReason.Code.TIMEOUT)
                                : AbortReason.ofBranch(
                                        AbortReason.Code.UNREACHABLE, missing.participant(), "no vote in time"));
            }
            case ABORTING -> {
                phase = Phase.ABORTED;
                settled = true;
            }
            default -> {}
        }
    }

    // Replies

    void reply(Message sent, Reply reply) {
        Member member = before.member(reply.branch()).orElse(null);
        if (member == null || sent.term() != before.origin().term()) {
            return;
        }
        switch (reply) {
            case Reply.Voted r -> vote(member, r);
            case Reply.Acknowledged r -> acknowledge(sent, member);
            case Reply.Heuristic r -> heuristic(sent, member, r.kind());
            case Reply.OutcomeReported r -> {
                if (phase == Phase.DELEGATED) {
                    record(r.outcome(), r.reason());
                }
            }
            case Reply.StateReported r -> state(r);
            case Reply.Expired r -> {
                if (sent instanceof Message.Abort) {
                    acknowledge(sent, member);
                }
            }
        }
    }

    private void vote(Member member, Reply.Voted voted) {
        if (phase != Phase.PREPARING || member.vote() != null) {
            return;
        }
        members = members.stream()
                .map(m -> m.participant().equals(member.participant()) ? m.withVote(voted.vote()) : m)
                .toList();
        if (voted.vote() == Vote.NO) {
            abort(AbortReason.ofBranch(AbortReason.Code.VOTE_NO, member.participant(), voted.reason()));
        } else if (firstWithVote(null) == null) {
            decide();
        }
    }

    private void acknowledge(Message sent, Member member) {
        if (!isOwedAnAnswer(sent, member)) {
            return;
        }
        progress = progress.withAcknowledged(member.participant());
        endWhenAllAcknowledged();
    }

    private boolean isOwedAnAnswer(Message sent, Member member) {
        boolean asked = phase == Phase.COMMITTING && sent instanceof Message.Commit
                || phase == Phase.ABORTING && sent instanceof Message.Abort;
        return asked && !progress.acknowledged().contains(member.participant());
    }

    private void heuristic(Message sent, Member member, HeuristicKind kind) {
        if (!isOwedAnAnswer(sent, member)) {
            return;
        }
        progress = progress.withHeuristic(new HeuristicOutcome(member.participant(), kind, false));
        dispatch(new LogRecord.HeuristicReported(before.id(), member.participant(), kind));
        acknowledge(sent, member);
    }

    private void state(Reply.StateReported reported) {
        if (phase != Phase.DELEGATED || !inquiring) {
            return;
        }
        switch (reported.state()) {
            case COMMITTED -> record(Outcome.COMMITTED, null);
            case ABORTED -> record(Outcome.ABORTED, null);
            case PREPARED -> inquiring = false;
            case NOT_VOTED, PRE_COMMITTED, UNKNOWN -> {}
        }
    }

    // Facts of the log

    void applied(LogRecord.OfTransaction record, Fact applied, @Nullable OpenTransaction standing) {
        switch (applied) {
            case Known known -> {
                switch (known) {
                    case APPLIED -> confirmed(record);
                    case COMMITTED -> committedInLog(record, standing);
                    case ABORTED, DEAD -> aborted(known);
                    case ONE_PHASE -> delegated(standing);
                    case EXPIRED -> end(Phase.EXPIRED);
                    case SLOT_ELSEWHERE -> end(Phase.DROPPED);
                }
            }
            case Fact.OwnedBy owner -> end(Phase.DEPOSED);
            case Fact.KeyOf other -> end(Phase.DROPPED);
        }
    }

    /**
     * Records of an earlier leader, which were on their way, may acknowledge or end what this one is still telling.
     * Then nothing is owed any more, and who is told may have forgotten it by right, and never answers (L7).
     */
    void looked(Standing standing) {
        boolean committing = phase == Phase.COMMITTING;
        if (!committing && phase != Phase.DELEGATED) {
            return;
        }
        switch (standing) {
            case Standing.Finished finished -> {
                if (committing) {
                    acknowledgedByAll();
                } else {
                    told(finished.outcome(), null);
                }
                end(finished.outcome() == Outcome.COMMITTED ? Phase.COMMITTED : Phase.ABORTED);
            }
            case Standing.Expired expired -> {
                if (committing) {
                    acknowledgedByAll();
                }
                end(committing ? Phase.COMMITTED : Phase.EXPIRED);
            }
            case Standing.Open open -> {}
            case Standing.Absent absent -> {}
        }
    }

    private void confirmed(LogRecord.OfTransaction record) {
        if (record instanceof LogRecord.Adopted && phase == Phase.ADOPTING) {
            if (enlistmentsLost) {
                phase = Phase.ACTIVE;
            } else if (firstWithVote(null) == null) {
                decide();
            } else {
                phase = Phase.PREPARING;
            }
        } else if (record instanceof LogRecord.HeuristicReported) {
            progress = progress.withHeuristicLogged();
            endWhenAllAcknowledged();
        }
    }

    private void committedInLog(LogRecord.OfTransaction record, @Nullable OpenTransaction standing) {
        if (phase == Phase.COMMITTED || phase == Phase.RECORDING) {
            phase = Phase.COMMITTED;
            settled = settled || record instanceof LogRecord.Acknowledged || record instanceof LogRecord.OnePhaseResult;
        } else if (phase != Phase.COMMITTING) {
            committed(standing == null || standing.members() == null ? members : standing.members());
        }
    }

    private void committed(List<Member> decided) {
        members = decided;
        fact = Known.COMMITTED;
        reason = null;
        phase = Phase.COMMITTING;
        if (decided.stream().noneMatch(m -> m.vote() == Vote.YES)) {
            phase = Phase.COMMITTED;
            settled = true;
        } else {
            endWhenAllAcknowledged();
        }
    }

    private void aborted(Known known) {
        if (phase == Phase.ABORTED || phase == Phase.ABORTING) {
            return;
        }
        if (phase == Phase.RECORDING) {
            end(Phase.ABORTED);
            return;
        }
        fact = known;
        if (reason == null) {
            reason = AbortReason.of(AbortReason.Code.COORDINATOR_LOST);
        }
        phase = Phase.ABORTING;
        endWhenAllAcknowledged();
    }

    private void delegated(@Nullable OpenTransaction standing) {
        if (phase == Phase.RECORDING || phase == Phase.DELEGATED) {
            return;
        }
        // Another leader may have told the member to commit; only who dispatched the record knows that nobody did.
        inquiring = phase != Phase.DELEGATING;
        members = standing == null || standing.members() == null ? members : standing.members();
        fact = Known.ONE_PHASE;
        phase = Phase.DELEGATED;
    }
}
