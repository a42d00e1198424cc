package io.assent.protocol.simulation;

import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.participant.BranchAction;
import io.assent.protocol.participant.BranchEvent;
import io.assent.protocol.participant.BranchEvent.LookupOutcome;
import io.assent.protocol.participant.ParticipantBranch;
import io.assent.protocol.participant.Step;
import io.assent.protocol.participant.Work;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decorators that drop a rule of the participants, or of what they may expect of their databases. */
final class ParticipantMutants {

    private ParticipantMutants() {}

    static final class PreparedGivesUp extends Seams {
        @Override
        Step participate(ParticipantBranch branch, BranchEvent event) {
            boolean givesUp =
                    event instanceof BranchEvent.DeadlinePassed && branch.isInDoubt() && branch.errand() == null;
            return super.participate(branch, givesUp ? new BranchEvent.OutcomeLearned(LookupOutcome.ABORTED) : event);
        }
    }

    static final class NoTombstone extends Seams {
        @Override
        boolean buries() {
            return false;
        }
    }

    static final class MissingMeansCommitted extends Seams {
        @Override
        boolean takesMissingForCommitted() {
            return true;
        }
    }

    /** Makes messages name the work that is there. */
    private abstract static class Uncompared extends Seams {

        abstract @Nullable String token(@Nullable Work work, @Nullable String named);

        abstract @Nullable Integer calls(@Nullable Work work, @Nullable Integer named);

        @Override
        Step participate(ParticipantBranch branch, BranchEvent event) {
            return super.participate(
                    branch,
                    event instanceof BranchEvent.MessageReceived received
                            ? new BranchEvent.MessageReceived(renamed(branch, received.message()))
                            : event);
        }

        private Message renamed(ParticipantBranch branch, Message message) {
            Work work = branch.work();
            return switch (message) {
                case Message.Prepare m ->
                    new Message.Prepare(
                            m.transaction(),
                            m.branch(),
                            m.term(),
                            m.members(),
                            m.deadline(),
                            token(work, m.token()),
                            calls(work, m.calls()));
                case Message.CommitOnePhase m ->
                    new Message.CommitOnePhase(
                            m.transaction(), m.branch(), m.term(), token(work, m.token()), calls(work, m.calls()));
                case Message.PreCommit m -> m;
                case Message.Commit m -> m;
                case Message.Abort m -> m;
                case Message.Inquire m -> m;
            };
        }
    }

    static final class TokenIgnored extends Uncompared {
        @Override
        @Nullable
        String token(@Nullable Work work, @Nullable String named) {
            return work == null ? named : work.token();
        }

        @Override
        @Nullable
        Integer calls(@Nullable Work work, @Nullable Integer named) {
            return named;
        }
    }

    static final class CallsIgnored extends Uncompared {
        @Override
        @Nullable
        String token(@Nullable Work work, @Nullable String named) {
            return named;
        }

        @Override
        @Nullable
        Integer calls(@Nullable Work work, @Nullable Integer named) {
            return work == null ? named : (Integer) work.calls();
        }
    }

    static final class RebuiltSaysYes extends Seams {
        @Override
        Step participate(ParticipantBranch branch, BranchEvent event) {
            boolean rebuilt = branch.isInDoubt() && branch.work() == null && branch.errand() == null;
            return rebuilt
                            && event instanceof BranchEvent.MessageReceived received
                            && received.message() instanceof Message.Prepare prepare
                    ? new Step(branch, List.of(yes(prepare)))
                    : super.participate(branch, event);
        }
    }

    static final class OnePhaseWithoutProof extends Seams {
        @Override
        boolean provesOnePhase() {
            return false;
        }
    }

    static final class PreparedCommits extends Seams {
        @Override
        Step participate(ParticipantBranch branch, BranchEvent event) {
            boolean givesUp =
                    event instanceof BranchEvent.DeadlinePassed && branch.isInDoubt() && branch.errand() == null;
            return super.participate(branch, givesUp ? new BranchEvent.OutcomeLearned(LookupOutcome.COMMITTED) : event);
        }
    }

    static final class YesBeforePrepare extends Seams {
        @Override
        Step participate(ParticipantBranch branch, BranchEvent event) {
            Step step = super.participate(branch, event);
            boolean prepares = step.actions().stream().anyMatch(BranchAction.EndAndPrepare.class::isInstance);
            if (!prepares
                    || !(event instanceof BranchEvent.MessageReceived received)
                    || !(received.message() instanceof Message.Prepare message)) {
                return step;
            }
            List<BranchAction> actions = new ArrayList<>(List.of(yes(message)));
            actions.addAll(step.actions());
            return new Step(step.next(), actions);
        }
    }

    static final class RowComesLate extends Seams {
        @Override
        boolean rowComesWithWork() {
            return false;
        }
    }

    static final class AbortOfAnyBranch extends Seams {
        @Override
        TransactionId meant(TransactionId told, Collection<TransactionId> prepared) {
            return prepared.contains(told)
                    ? told
                    : prepared.stream().findFirst().orElse(told);
        }
    }

    static final class StalePrepareRollsBack extends Seams {
        @Override
        Step participate(ParticipantBranch branch, BranchEvent event) {
            boolean stale = branch.isInDoubt()
                    && event instanceof BranchEvent.MessageReceived received
                    && received.message() instanceof Message.Prepare prepare
                    && prepare.term() < branch.seenTerm();
            return super.participate(
                    branch,
                    stale
                            ? new BranchEvent.MessageReceived(
                                    new Message.Abort(branch.transaction(), branch.participant(), branch.seenTerm()))
                            : event);
        }
    }

    static final class RowsGoByAge extends Seams {
        @Override
        boolean keepsRows() {
            return false;
        }
    }

    static final class WorksBelowHorizon extends Seams {
        @Override
        boolean looksAtHorizonBeforeWork() {
            return false;
        }
    }

    static final class ConnectionGivenBack extends Seams {
        @Override
        boolean pins() {
            return false;
        }
    }

    static final class ErrorSwallowed extends Seams {
        @Override
        boolean noticesErrors() {
            return false;
        }
    }

    private static BranchAction yes(Message.Prepare message) {
        return new BranchAction.Reply(new Reply.Voted(message.transaction(), message.branch(), Vote.YES, null));
    }
}
