package io.assent.protocol.paxoscommit;

import io.assent.protocol.AbortReason;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.CommitMember;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Progress;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.HeuristicOutcome;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.group.Standing;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator.Ballots;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator.Place;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step of the role: what each event does to its state. It lives as long as {@link PaxosCommitCoordinator#on}. */
final class PaxosTransition {

    private final PaxosCommitCoordinator before;
    private final long now;
    private final List<LogRecord.OfTransaction> append = new ArrayList<>();
    private Phase phase;
    private List<Member> members;
    private Ballots ballots;
    private boolean learned;
    private boolean settled;
    private @Nullable AbortReason reason;
    private long decidedAt;
    private Progress progress;
    private @Nullable RequestRefusal refusal;

    PaxosTransition(PaxosCommitCoordinator state, long now) {
        this.before = state;
        this.now = now;
        phase = state.phase();
        members = state.members();
        ballots = state.ballots();
        learned = state.learned();
        settled = state.settled();
        reason = state.reason();
        decidedAt = state.decidedAt();
        progress = state.progress();
    }

    private static PaxosTransition from(Origin origin, Place place, Phase phase) {
        return new PaxosTransition(
                new PaxosCommitCoordinator(
                        origin,
                        place,
                        phase,
                        List.of(),
                        Ballots.none(place.acceptors()),
                        false,
                        false,
                        null,
                        0,
                        Progress.NONE),
                0);
    }

    static PaxosTransition begin(Origin origin, Place place) {
        PaxosTransition transition = from(origin, place, Phase.ACTIVE);
        if (origin.key() != null) {
            transition.append.add(origin.enrolled(null));
        }
        return transition;
    }

    static PaxosTransition takeOver(OpenTransaction found, Origin origin, Place place) {
        PaxosTransition transition = from(origin, place, Phase.DECIDING);
        transition.members = found.members() == null ? List.of() : found.members();
        transition.decidedAt = found.decidedAt();
        transition.progress = new Progress(
                found.acknowledged(), found.heuristics(), found.heuristics().size());
        transition.learned(found.phase() == OpenTransaction.Phase.COMMITTED ? Known.COMMITTED : Known.ABORTED, found);
        return transition;
    }

    static PaxosTransition recover(Origin origin, Place place) {
        PaxosTransition transition = from(origin, place, Phase.PREPARING);
        transition.propose();
        return transition;
    }

    Step step() {
        PaxosCommitCoordinator next = new PaxosCommitCoordinator(
                before.origin(),
                before.place(),
                phase,
                members,
                ballots,
                learned,
                settled,
                reason,
                decidedAt,
                progress);
        return Step.between(before, next, append, refusal);
    }

    private AcceptorList acceptors() {
        return before.place().acceptors();
    }

    // Requests

    void enlist(Member member) {
        if (phase != Phase.ACTIVE) {
            refusal = RequestRefusal.NOT_ACTIVE;
        } else if (!member.protocols().contains(Protocol.PAXOS_COMMIT)) {
            refusal = RequestRefusal.UNSUPPORTED_PROTOCOL;
        } else {
            Member fresh = member.withoutShortcuts();
            Member earlier = before.member(member.participant()).orElse(null);
            Member merged = earlier == null ? fresh : CommitMember.of(fresh).mergedInto(earlier);
            if (merged == null) {
                refusal = RequestRefusal.BRANCH_CONFLICT;
            } else {
                List<Member> all = new ArrayList<>(members);
                all.removeIf(m -> m.participant().equals(merged.participant()));
                all.add(merged);
                members = all;
            }
        }
    }

    void requestCommit(@Nullable List<CommitMember> branches) {
        if (before.isUnknown()) {
            refusal = RequestRefusal.ADOPTING;
            return;
        }
        boolean other = branches != null && !CommitMember.nameAll(branches, members);
        switch (phase) {
            case ACTIVE -> freeze(branches);
            case PREPARING -> {
                if (other) {
                    abort(AbortReason.of(AbortReason.Code.BRANCH_MISMATCH));
                }
            }
            case DECIDING, COMMITTING, COMMITTED -> refusal = other ? RequestRefusal.BRANCH_MISMATCH : null;
            default -> {}
        }
    }

    private void freeze(@Nullable List<CommitMember> branches) {
        if (branches == null && members.isEmpty()) {
            refusal = RequestRefusal.NO_BRANCHES;
            return;
        }
        if (branches != null) {
            List<Member> all = CommitMember.merge(
                    branches.stream().map(CommitMember::withoutShortcuts).toList(), members);
            if (all == null) {
                abort(AbortReason.of(AbortReason.Code.BRANCH_MISMATCH));
                return;
            }
            if (!all.stream().allMatch(m -> m.protocols().contains(Protocol.PAXOS_COMMIT))) {
                refusal = RequestRefusal.UNSUPPORTED_PROTOCOL;
                return;
            }
            members = all;
        }
        Member refusing = firstWithVote(Vote.NO);
        if (refusing != null) {
            abort(AbortReason.ofBranch(AbortReason.Code.VOTE_NO, refusing.participant(), null));
        } else if (members.isEmpty()) {
            // Nobody votes, so no acceptor is asked: the log alone keeps it, and until then nobody is told.
            phase = Phase.DECIDING;
            learn(Outcome.COMMITTED);
        } else {
            phase = Phase.PREPARING;
        }
    }

    void requestAbort(AbortReason why) {
        switch (phase) {
            case ACTIVE, PREPARING -> abort(why);
            case COMMITTING, COMMITTED -> refusal = RequestRefusal.ALREADY_COMMITTED;
            default -> {}
        }
    }

    void timer() {
        switch (phase) {
            case ACTIVE -> abort(AbortReason.of(AbortReason.Code.TIMEOUT));
            case PREPARING -> {
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

    /** Before a PREPARE has left the leader's memory decides; afterwards only the acceptors do (Q8). */
    private void abort(AbortReason why) {
        reason = why;
        if (phase == Phase.PREPARING) {
            propose();
        } else {
            phase = Phase.ABORTING;
            endWhenAllAcknowledged();
        }
    }

    /** A ballot of its own; what it finds may also be that the commit is chosen. */
    private void propose() {
        phase = Phase.DECIDING;
        ballots = ballots.with(new Attempt.TakingRound(1));
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
            case Reply.Heuristic r -> {
                if (isAwaited(sent, member)) {
                    progress = progress.withHeuristic(new HeuristicOutcome(member.participant(), r.kind(), false));
                    if (learned) {
                        append.add(new LogRecord.HeuristicReported(before.id(), member.participant(), r.kind()));
                    }
                    acknowledge(sent, member);
                }
            }
            case Reply.Expired r -> {
                if (sent instanceof Message.Abort) {
                    acknowledge(sent, member);
                }
            }
            case Reply.OutcomeReported r -> {}
            case Reply.StateReported r -> {}
        }
    }

    private void vote(Member member, Reply.Voted voted) {
        if (phase != Phase.PREPARING || member.vote() != null) {
            return;
        }
        Vote vote = voted.vote() == Vote.NO ? Vote.NO : Vote.YES;
        members = members.stream()
                .map(m -> m.participant().equals(member.participant()) ? m.withVote(vote) : m)
                .toList();
        if (vote == Vote.YES && voted.direct()) {
            ballots = ballots.sentDirectly(member.participant());
        }
        if (vote == Vote.NO) {
            abort(AbortReason.ofBranch(AbortReason.Code.VOTE_NO, member.participant(), voted.reason()));
        }
    }

    private boolean isAwaited(Message sent, Member member) {
        boolean asked = phase == Phase.COMMITTING && sent instanceof Message.Commit
                || phase == Phase.ABORTING && sent instanceof Message.Abort;
        return asked && !progress.acknowledged().contains(member.participant());
    }

    private void acknowledge(Message sent, Member member) {
        if (isAwaited(sent, member)) {
            progress = progress.withAcknowledged(member.participant());
            endWhenAllAcknowledged();
        }
    }

    // Acceptors

    void consulted(AcceptorCall call, AcceptorReply reply) {
        if (phase != Phase.PREPARING && phase != Phase.DECIDING) {
            return;
        }
        Attempt attempt = ballots.attempt();
        switch (reply) {
            case AcceptorReply.VotesAccepted r -> {
                ballots = ballots.votesAccepted(call.to(), r);
                decideIfChosen();
            }
            case AcceptorReply.RoundsTaken r -> {
                // An answer that comes twice must not begin the same ballot twice.
                if (attempt instanceof Attempt.TakingRound taking && r.first() >= taking.atLeast()) {
                    ballots = ballots.with(
                            Attempt.ofRound(acceptors(), before.place().self(), r.first()));
                }
            }
            case AcceptorReply.Phase1b r -> {
                if (attempt != null) {
                    ballots = ballots.with(attempt.promised(acceptors(), call.to(), r));
                }
            }
            case AcceptorReply.Phase2b r -> {
                if (call.request() instanceof AcceptorRequest.Phase2a asked
                        && asked.ballot().equals(r.ballot())) {
                    ballots = ballots.with(ballots.tally().with(call.to(), r.ballot(), asked.proposal()));
                    decideIfChosen();
                }
            }
            case AcceptorReply.Refused r -> refused(attempt, call.to(), r.promised());
            case AcceptorReply.Rejected r -> rejected(r);
            case AcceptorReply.Misaddressed r -> {} // Its storage is another one now: it counts no more (Q1).
            default -> {}
        }
    }

    /** Somebody else runs a ballot: the outcome is found by one of our own, above it. */
    private void refused(@Nullable Attempt attempt, AcceptorId from, Ballot promised) {
        if (attempt != null) {
            ballots = ballots.with(attempt.refused(acceptors(), from, promised));
        } else if (phase == Phase.PREPARING) {
            phase = Phase.DECIDING;
            ballots = ballots.with(new Attempt.TakingRound(promised.roundAbove(acceptors())));
        }
    }

    private void rejected(AcceptorReply.Rejected rejected) {
        switch (rejected.reason()) {
            // What the leader that began it holds, only another leader can have finished and forgotten.
            case FORGOTTEN -> end(before.origin().term() == before.id().birthTerm() ? Phase.DEPOSED : Phase.EXPIRED);
            case SEALED -> {} // Who sealed it finds the outcome, and the log learns it.
            case LEARNED -> {} // The log has it: it is applied here in a moment, or another node leads.
            case CONTRADICTION ->
                throw new IllegalStateException("An acceptor holds something else of " + before.id() + ": " + rejected);
        }
    }

    private void decideIfChosen() {
        Outcome outcome = ballots.tally().outcome();
        if (outcome == null) {
            return;
        }
        if (outcome == Outcome.COMMITTED) {
            members = ballots.registeredOf(members);
            reason = null;
            phase = Phase.COMMITTING;
        } else {
            members = members.isEmpty() ? ballots.registeredOf(members) : members;
            if (reason == null) {
                reason = AbortReason.of(AbortReason.Code.COORDINATOR_LOST);
            }
            phase = Phase.ABORTING;
        }
        decidedAt = now;
        ballots = ballots.with((Attempt) null);
        learn(outcome);
    }

    private void learn(Outcome outcome) {
        decidedAt = now;
        append.add(new LogRecord.Learned(
                before.id(), outcome == Outcome.COMMITTED ? members : List.of(), outcome, decidedAt));
    }

    // Facts of the log

    void applied(LogRecord.OfTransaction record, Fact fact, @Nullable OpenTransaction standing) {
        switch (fact) {
            case Known known -> {
                switch (known) {
                    case COMMITTED, ABORTED -> {
                        if (record instanceof LogRecord.Acknowledged) {
                            settled = true;
                        } else {
                            learned(known, standing);
                        }
                    }
                    case APPLIED -> heuristicLogged(record);
                    case EXPIRED -> end(Phase.EXPIRED);
                    case SLOT_ELSEWHERE -> end(Phase.DROPPED);
                    case DEAD, ONE_PHASE -> {}
                }
            }
            case Fact.OwnedBy owner -> end(Phase.DEPOSED);
            case Fact.KeyOf other -> end(Phase.DROPPED);
        }
    }

    private void heuristicLogged(LogRecord.OfTransaction record) {
        if (record instanceof LogRecord.HeuristicReported) {
            progress = progress.withHeuristicLogged();
            endWhenAllAcknowledged();
        }
    }

    private void learned(Known known, @Nullable OpenTransaction standing) {
        if (learned) {
            return;
        }
        learned = true;
        boolean committed = known == Known.COMMITTED;
        if (committed && standing != null && standing.members() != null) {
            members = standing.members();
        }
        if (phase == Phase.DECIDING || phase == Phase.PREPARING) {
            phase = committed ? Phase.COMMITTING : Phase.ABORTING;
        }
        for (HeuristicOutcome heuristic : progress.heuristics()
                .subList(progress.heuristicsLogged(), progress.heuristics().size())) {
            append.add(new LogRecord.HeuristicReported(before.id(), heuristic.participant(), heuristic.kind()));
        }
        endWhenAllAcknowledged();
    }

    void looked(Standing standing) {
        switch (standing) {
            case Standing.Finished finished ->
                end(finished.outcome() == Outcome.COMMITTED ? Phase.COMMITTED : Phase.ABORTED);
            case Standing.Expired expired -> {
                if (phase == Phase.COMMITTING || phase == Phase.DECIDING) {
                    end(phase == Phase.COMMITTING ? Phase.COMMITTED : Phase.EXPIRED);
                }
            }
            case Standing.Open open -> {
                if (open.transaction().isTerminal()) {
                    learned(
                            open.transaction().phase() == OpenTransaction.Phase.COMMITTED
                                    ? Known.COMMITTED
                                    : Known.ABORTED,
                            open.transaction());
                }
            }
            case Standing.Absent absent -> {}
        }
    }

    /** ACKED follows LEARNED; what aborted from memory needs neither. */
    private void endWhenAllAcknowledged() {
        if (phase == Phase.COMMITTING) {
            boolean all = members.stream().allMatch(m -> progress.acknowledged().contains(m.participant()));
            if (all
                    && learned
                    && progress.heuristicsLogged() >= progress.heuristics().size()) {
                phase = Phase.COMMITTED;
                if (members.isEmpty()) {
                    settled = true;
                } else {
                    append.add(new LogRecord.Acknowledged(before.id(), progress.acknowledged()));
                }
            }
        } else if (phase == Phase.ABORTING) {
            boolean all = members.stream()
                    .allMatch(
                            m -> m.vote() == Vote.NO || progress.acknowledged().contains(m.participant()));
            if (all && (learned || wasNeverPrepared())) {
                end(Phase.ABORTED);
            }
        }
    }

    /** No PREPARE has left: nobody can have voted, and no acceptor knows of it. */
    private boolean wasNeverPrepared() {
        return before.phase() == Phase.ACTIVE;
    }

    private void end(Phase last) {
        phase = last;
        settled = true;
    }

    private @Nullable Member firstWithVote(@Nullable Vote vote) {
        for (Member member : members) {
            if (member.vote() == vote) {
                return member;
            }
        }
        return null;
    }
}
