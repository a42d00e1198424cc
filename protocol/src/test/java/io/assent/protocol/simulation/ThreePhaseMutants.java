package io.assent.protocol.simulation;

import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.participant.BranchAction;
import io.assent.protocol.participant.BranchCondition;
import io.assent.protocol.participant.BranchEvent;
import io.assent.protocol.participant.BranchEvent.LookupOutcome;
import io.assent.protocol.participant.ParticipantBranch;
import io.assent.protocol.participant.Step;
import java.util.List;

/** Decorators that drop a rule of three-phase commit, or of what peers tell each other. */
final class ThreePhaseMutants {

    private ThreePhaseMutants() {}

    private static boolean isPrepared(ParticipantBranch branch) {
        return branch.condition() instanceof BranchCondition.Prepared && branch.errand() == null;
    }

    private static boolean runsThreePhase(ParticipantBranch branch) {
        return branch.transaction().protocol() == Protocol.THREE_PHASE;
    }

    /** The classical protocol: who is uncertain and hears from no coordinator aborts. */
    static final class UncertainAborts extends Seams {
        @Override
        Step participate(ParticipantBranch branch, BranchEvent event) {
            boolean alone = event instanceof BranchEvent.NoFactLearned left && !left.anybodyAnswered();
            return super.participate(
                    branch,
                    alone && isPrepared(branch) && runsThreePhase(branch)
                            ? new BranchEvent.OutcomeLearned(LookupOutcome.ABORTED)
                            : event);
        }
    }

    static final class UncertainPeersAbort extends Seams {
        @Override
        Step participate(ParticipantBranch branch, BranchEvent event) {
            boolean uncertain = event instanceof BranchEvent.PeerAnswered peer
                    && peer.state().state() == BranchState.PREPARED;
            return super.participate(
                    branch,
                    uncertain && isPrepared(branch) ? new BranchEvent.OutcomeLearned(LookupOutcome.ABORTED) : event);
        }
    }

    static final class KnownIsNotWritten extends Seams {
        @Override
        boolean writesKnown() {
            return false;
        }
    }

    static final class LookUpShows extends Seams {
        @Override
        Step participate(ParticipantBranch branch, BranchEvent event) {
            boolean told =
                    event instanceof BranchEvent.OutcomeLearned learned && learned.outcome() == LookupOutcome.COMMITTED;
            if (told && isPrepared(branch) && runsThreePhase(branch)) {
                Member self = Member.of(branch.participant(), "");
                Message commit = new Message.Commit(
                        branch.transaction(), branch.participant(), branch.seenTerm(), List.of(self));
                return super.participate(branch, new BranchEvent.MessageReceived(commit));
            }
            return super.participate(branch, event);
        }
    }

    static final class PeerAbortsUnwritten extends Seams {
        @Override
        Step participate(ParticipantBranch branch, BranchEvent event) {
            boolean notVoted = branch.condition() instanceof BranchCondition.Working && branch.errand() == null;
            if (notVoted
                    && event instanceof BranchEvent.MessageReceived received
                    && received.message() instanceof Message.Inquire inquiry
                    && inquiry.from() != null) {
                Reply told = new Reply.StateReported(
                        branch.transaction(), branch.participant(), BranchState.ABORTED, List.of());
                return new Step(branch, List.of(new BranchAction.Reply(told)));
            }
            return super.participate(branch, event);
        }
    }

    /** Peers are asked in two-phase commit as well, where having left with READ_ONLY looks like not having voted. */
    static final class PeersInTwoPhase extends Seams {
        @Override
        Step participate(ParticipantBranch branch, BranchEvent event) {
            if (runsThreePhase(branch)) {
                return super.participate(branch, event);
            }
            if (event instanceof BranchEvent.NoFactLearned && isPrepared(branch)) {
                List<Member> peers = branch.members().stream()
                        .filter(member -> !member.participant().equals(branch.participant()))
                        .toList();
                return new Step(branch, List.of(new BranchAction.AskPeers(peers, branch.seenTerm())));
            }
            if (event instanceof BranchEvent.PeerAnswered peer
                    && peer.state().state() == BranchState.ABORTED
                    && isPrepared(branch)) {
                return super.participate(branch, new BranchEvent.OutcomeLearned(LookupOutcome.ABORTED));
            }
            if (event instanceof BranchEvent.MessageReceived received
                    && received.message() instanceof Message.Inquire inquiry
                    && inquiry.from() != null) {
                Message fence =
                        new Message.Inquire(inquiry.transaction(), inquiry.branch(), inquiry.term(), true, null);
                return super.participate(branch, new BranchEvent.MessageReceived(fence));
            }
            return super.participate(branch, event);
        }
    }

    static final class NobodyIsWaitedFor extends Seams {
        @Override
        io.assent.protocol.coordinator.Step lead(CoordinatorRole role, CoordinatorEvent event, long now) {
            io.assent.protocol.coordinator.Step step = super.lead(role, event, now);
            TransactionId id = role.id();
            return id.protocol() == Protocol.THREE_PHASE && step.next().phase() == Phase.PRE_COMMITTING
                    ? CoordinatorMutants.then(step, new CoordinatorEvent.TimerFired(), now)
                    : step;
        }
    }
}
