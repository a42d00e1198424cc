package io.assent.protocol.simulation;

import io.assent.protocol.AcceptorList;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.Consultation;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.OutcomeReader;
import io.assent.protocol.group.OutcomeReader.Status;
import io.assent.protocol.group.Standing;
import io.assent.protocol.message.Reply;
import io.assent.protocol.paxoscommit.AcceptorCall;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.Ballot;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator;
import io.assent.protocol.paxoscommit.Proposal;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Decorators that drop a rule of Paxos Commit. */
final class PaxosMutants {

    private PaxosMutants() {}

    private static boolean isPaxosCommit(TransactionId id) {
        return id.protocol() == Protocol.PAXOS_COMMIT;
    }

    /** As if every acceptor had accepted the abort in this ballot. */
    private static Step aborted(Step step, PaxosCommitCoordinator role, Ballot ballot, long now) {
        AcceptorRequest.Phase2a abort = new AcceptorRequest.Phase2a(role.id(), ballot, Proposal.ABORT);
        Step last = step;
        for (AcceptorList.Entry acceptor : role.place().acceptors().acceptors()) {
            last = CoordinatorMutants.then(
                    last,
                    new CoordinatorEvent.Consulted(
                            new AcceptorCall(acceptor.id(), abort), new AcceptorReply.Phase2b(role.id(), ballot)),
                    now);
        }
        return last;
    }

    static final class RecoveryAborts extends Seams {
        @Override
        Step lead(CoordinatorRole role, CoordinatorEvent event, long now) {
            return event instanceof CoordinatorEvent.Consulted consulted
                            && consulted.answer() instanceof AcceptorReply.Phase1b promise
                    ? super.lead(
                            role,
                            new CoordinatorEvent.Consulted(
                                    consulted.asked(),
                                    new AcceptorReply.Phase1b(
                                            promise.transaction(), promise.ballot(), null, new TreeMap<>())),
                            now)
                    : super.lead(role, event, now);
        }
    }

    static final class NoVotesMeansAborted extends Seams {
        @Override
        Step lead(CoordinatorRole role, CoordinatorEvent event, long now) {
            Step step = super.lead(role, event, now);
            for (Consultation asked : step.ask()) {
                if (asked instanceof AcceptorCall call
                        && call.request() instanceof AcceptorRequest.Phase2a proposed
                        && proposed.proposal().equals(Proposal.ABORT)
                        && step.next() instanceof PaxosCommitCoordinator next) {
                    return aborted(step, next, proposed.ballot(), now);
                }
            }
            return step;
        }
    }

    static final class AcceptorForgets extends Seams {
        @Override
        boolean forgetsPromises() {
            return true;
        }
    }

    static final class WipedComesBack extends Seams {
        @Override
        boolean comesBackWiped() {
            return true;
        }
    }

    static final class TornEndStays extends Seams {
        @Override
        boolean cutsTornEnds() {
            return false;
        }
    }

    static final class NoIsRelayed extends Seams {
        @Override
        Step lead(CoordinatorRole role, CoordinatorEvent event, long now) {
            return isPaxosCommit(role.id())
                            && event instanceof CoordinatorEvent.Replied replied
                            && replied.reply() instanceof Reply.Voted voted
                            && voted.vote() == Vote.NO
                    ? super.lead(
                            role,
                            new CoordinatorEvent.Replied(
                                    replied.sent(),
                                    new Reply.Voted(voted.transaction(), voted.branch(), Vote.YES, null)),
                            now)
                    : super.lead(role, event, now);
        }
    }

    static final class AbortFromMemory extends Seams {
        @Override
        Step lead(CoordinatorRole role, CoordinatorEvent event, long now) {
            Step step = super.lead(role, event, now);
            return role.phase() == Phase.PREPARING
                            && step.next().reason() != null
                            && step.next() instanceof PaxosCommitCoordinator next
                    ? aborted(step, next, new Ballot(1_000), now)
                    : step;
        }
    }

    static final class AbsentMeansAborted extends Seams {
        @Override
        OutcomeReader.Answer read(GroupState state, OutcomeReader.@Nullable BirthTable table, TransactionId id) {
            boolean later = state.founded() != null
                    && state.read(id) instanceof Standing.Absent absent
                    && absent.lastTerm() > id.birthTerm();
            return isPaxosCommit(id) && later
                    ? new OutcomeReader.Answer(Status.ABORTED, null, List.of())
                    : super.read(state, table, id);
        }
    }

    static final class ForgetsWithoutSealing extends Seams {
        @Override
        boolean seals() {
            return false;
        }
    }

    static final class LeavesBeforeItIsLearned extends Seams {
        @Override
        boolean leaves(CoordinatorRole role) {
            return super.leaves(role) || isPaxosCommit(role.id()) && role.phase() == Phase.COMMITTING;
        }
    }

    static final class ForgottenMeansExpired extends Seams {
        @Override
        Step lead(CoordinatorRole role, CoordinatorEvent event, long now) {
            Step step = super.lead(role, event, now);
            return event instanceof CoordinatorEvent.Consulted
                            && step.next() instanceof PaxosCommitCoordinator next
                            && next.phase() == Phase.DEPOSED
                    ? Step.between(role, expired(next), step.append(), step.refusal())
                    : step;
        }

        private static PaxosCommitCoordinator expired(PaxosCommitCoordinator role) {
            return new PaxosCommitCoordinator(
                    role.origin(),
                    role.place(),
                    Phase.EXPIRED,
                    role.members(),
                    role.ballots(),
                    role.learned(),
                    role.settled(),
                    role.reason(),
                    role.decidedAt(),
                    role.progress());
        }
    }
}
