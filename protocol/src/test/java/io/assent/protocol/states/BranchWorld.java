package io.assent.protocol.states;

import io.assent.protocol.Outcome;
import io.assent.protocol.message.Message;
import io.assent.protocol.participant.BranchAction;
import io.assent.protocol.participant.ParticipantBranch;
import io.assent.protocol.participant.Step;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One branch at one instance, and all that can happen to it.
 *
 * @param branch what the instance knows
 * @param busy the action whose end is not reported yet, or null
 * @param resource the database
 * @param verdict what the coordinators have decided
 */
record BranchWorld(
        ParticipantBranch branch, BranchAction.@Nullable Reporting busy, Resource resource, Verdict verdict) {

    /** What the coordinators have decided: only what is true is said to a branch. */
    enum Verdict {
        /** Nothing yet. */
        OPEN,
        COMMIT,
        ABORT,
        /** The branch itself decides, and what it did is the outcome (COMMIT_ONE_PHASE). */
        LEFT_TO_IT
    }

    static final String WHY = "why";

    BranchWorld after(Step step) {
        BranchAction.Reporting last = null;
        for (BranchAction action : step.actions()) {
            last = action instanceof BranchAction.Reporting reporting ? reporting : last;
        }
        return new BranchWorld(plain(step.next()), last == null ? busy : last, resource, verdict);
    }

    BranchWorld idle(Resource now) {
        return new BranchWorld(branch, null, now, verdict);
    }

    BranchWorld with(Resource now) {
        return new BranchWorld(branch, busy, now, verdict);
    }

    BranchWorld decided(Verdict now) {
        return new BranchWorld(branch, busy, resource, now);
    }

    /** Commit is decided only where every member has voted YES, and so is, or was, prepared. */
    boolean mayCommit() {
        return verdict == Verdict.COMMIT || verdict == Verdict.OPEN && (resource.prepared() || resource.row());
    }

    boolean mayAbort() {
        return verdict == Verdict.ABORT || verdict == Verdict.OPEN && !resource.row();
    }

    /** What the coordinators may decide now. */
    Stream<Verdict> decisions() {
        return Stream.of(Verdict.COMMIT, Verdict.ABORT).filter(now -> now == Verdict.COMMIT ? mayCommit() : mayAbort());
    }

    /** Whether this message may be on its way; what it says is decided then. */
    @Nullable
    Verdict verdictOf(Message message) {
        return switch (message) {
            case Message.Prepare m -> verdict;
            case Message.PreCommit m -> mayCommit() ? Verdict.COMMIT : null;
            case Message.Commit m -> names(m) ? mayCommit() ? Verdict.COMMIT : null : mayAbort() ? Verdict.ABORT : null;
            case Message.CommitOnePhase m ->
                verdict == Verdict.OPEN || verdict == Verdict.LEFT_TO_IT ? Verdict.LEFT_TO_IT : null;
            case Message.Abort m -> mayAbort() ? Verdict.ABORT : null;
            case Message.Inquire m -> verdict;
        };
    }

    /** Whether this outcome may be told; it stands then. */
    @Nullable
    Verdict verdictOf(Outcome outcome) {
        boolean committed = outcome == Outcome.COMMITTED;
        if (verdict == Verdict.LEFT_TO_IT) {
            return (committed ? resource.row() : resource.tombstone()) ? verdict : null;
        }
        return committed ? mayCommit() ? Verdict.COMMIT : null : mayAbort() ? Verdict.ABORT : null;
    }

    private boolean names(Message.Commit commit) {
        return commit.members().stream().anyMatch(m -> m.participant().equals(branch.participant()));
    }

    /** The words for people make no difference. */
    private static ParticipantBranch plain(ParticipantBranch b) {
        return new ParticipantBranch(
                b.transaction(),
                b.participant(),
                b.condition(),
                b.errand(),
                b.seenTerm(),
                b.members(),
                b.overdue(),
                b.belowHorizon(),
                b.why() == null ? null : WHY);
    }
}
