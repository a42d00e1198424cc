package io.assent.protocol.simulation;

import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.group.OutcomeReader;
import io.assent.protocol.group.OutcomeReader.Status;
import io.assent.protocol.group.Standing;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.participant.BranchAction;
import io.assent.protocol.participant.BranchEvent;
import io.assent.protocol.participant.BranchEvent.LookupOutcome;
import io.assent.protocol.participant.ParticipantBranch;
import io.assent.protocol.participant.Work;
import io.assent.protocol.twophase.Origin;
import io.assent.protocol.twophase.Step;
import io.assent.protocol.twophase.TwoPhaseCoordinator;
import io.assent.protocol.twophase.TwoPhaseEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rules, each dropped by one decorator. The simulator must notice every one. */
enum Mutant {
    M1("G1", "a record applies in whatever term its entry has"),
    M2("U1", "absent means aborted, whatever term was applied last"),
    M3("L4", "a decision whose append timed out is taken for refused"),
    M4("L6", "COMMIT is sent when the decision is dispatched"),
    M5("1.7", "a prepared branch rolls back at its deadline"),
    M8("P2", "an abort leaves no tombstone"),
    M9("P4", "a commit of a branch that is not there counts as done"),
    M10("1.4", "a transaction is forgotten before all acknowledged"),
    M14("1.3", "a one-phase commit without result is presumed aborted"),
    M15("L2", "a look-up tells a later branch of a READ_ONLY member to commit"),
    M17("U2", "a deposed leader answers from a table that it has emptied"),
    M18("L2", "a look-up tells a branch outside the decision to commit"),
    M19("G1", "an abort of an absent transaction leaves no record"),
    M20("G5", "a record refused for its owner is read as dead"),
    M24("L8", "the token is not compared"),
    M25("L8", "the calls are not compared"),
    M26("1.2", "ABORTED is told before it is applied"),
    M29("1.5", "one-phase commit for a resource that cannot prove it"),
    M30("L8", "a rebuilt prepared branch repeats YES to work it cannot compare");

    private final String rule;
    private final String drops;

    Mutant(String rule, String drops) {
        this.rule = rule;
        this.drops = drops;
    }

    String rule() {
        return rule;
    }

    String drops() {
        return drops;
    }

    /** The decorator that drops the rule. */
    Seams seams() {
        return switch (this) {
            case M1 -> new NoFence();
            case M2 -> new AbsentMeansAborted();
            case M3 -> new TimeoutMeansAborted();
            case M4 -> new CommitBeforeApply();
            case M5 -> new PreparedGivesUp();
            case M8 -> new NoTombstone();
            case M9 -> new MissingMeansCommitted();
            case M10 -> new SendingMeansAcknowledged();
            case M14 -> new OnePhasePresumedAborted();
            case M15 -> new ReadOnlyMembersCommit();
            case M17 -> new EmptiedTable();
            case M18 -> new OutsidersCommit();
            case M19 -> new AbortOfAbsentIgnored();
            case M20 -> new OwnedMeansDead();
            case M24 -> new TokenIgnored();
            case M25 -> new CallsIgnored();
            case M26 -> new AbortBeforeApply();
            case M29 -> new OnePhaseWithoutProof();
            case M30 -> new RebuiltSaysYes();
        };
    }

    private static final class NoFence extends Seams {
        @Override
        Fact apply(GroupState state, LogRecord record, long entryTerm) {
            if (!(record instanceof LogRecord.OfTransaction ofTransaction) || record instanceof LogRecord.Adopted) {
                return super.apply(state, record, entryTerm);
            }
            OpenTransaction open = state.open(ofTransaction.transaction());
            long owner = open == null ? ofTransaction.transaction().birthTerm() : open.owner();
            return super.apply(state, record, owner);
        }
    }

    private static final class AbsentMeansAborted extends Seams {
        @Override
        OutcomeReader.Answer read(GroupState state, OutcomeReader.@Nullable BirthTable table, TransactionId id) {
            OutcomeReader.Answer answer = super.read(state, table, id);
            boolean absent = state.founded() != null && state.read(id) instanceof Standing.Absent;
            boolean here = table != null && table.contains(id);
            return answer.status() == Status.PENDING && absent && !here
                    ? new OutcomeReader.Answer(Status.ABORTED, null, List.of())
                    : answer;
        }
    }

    private static final class TimeoutMeansAborted extends Seams {
        @Override
        @Nullable
        Fact factOfUnknown(LogRecord record) {
            return record instanceof LogRecord.Decided ? Known.DEAD : null;
        }
    }

    /** Runs further events in the same step. */
    private static Step then(Step step, TwoPhaseEvent event, long now) {
        Step more = step.next().on(event, now);
        List<LogRecord.OfTransaction> append = new ArrayList<>(step.append());
        append.addAll(more.append());
        List<Message> send = new ArrayList<>(step.send());
        send.addAll(more.send());
        return new Step(more.next(), append, send, step.refusal());
    }

    private static final class CommitBeforeApply extends Seams {
        @Override
        Step lead(TwoPhaseCoordinator role, TwoPhaseEvent event, long now) {
            Step step = super.lead(role, event, now);
            for (LogRecord.OfTransaction record : step.append()) {
                if (record instanceof LogRecord.Decided) {
                    step = then(step, new TwoPhaseEvent.Applied(record, Known.COMMITTED, null), now);
                }
            }
            return step;
        }
    }

    private static final class AbortBeforeApply extends Seams {
        @Override
        Step lead(TwoPhaseCoordinator role, TwoPhaseEvent event, long now) {
            Step step = super.lead(role, event, now);
            for (LogRecord.OfTransaction record : step.append()) {
                if (record instanceof LogRecord.Aborted) {
                    step = then(step, new TwoPhaseEvent.Applied(record, Known.ABORTED, null), now);
                }
            }
            return step;
        }
    }

    private static final class PreparedGivesUp extends Seams {
        @Override
        io.assent.protocol.participant.Step participate(ParticipantBranch branch, BranchEvent event) {
            boolean givesUp =
                    event instanceof BranchEvent.DeadlinePassed && branch.isInDoubt() && branch.errand() == null;
            return super.participate(branch, givesUp ? new BranchEvent.OutcomeLearned(LookupOutcome.ABORTED) : event);
        }
    }

    private static final class NoTombstone extends Seams {
        @Override
        boolean buries() {
            return false;
        }
    }

    private static final class MissingMeansCommitted extends Seams {
        @Override
        boolean takesMissingForCommitted() {
            return true;
        }
    }

    private static final class SendingMeansAcknowledged extends Seams {
        @Override
        Step lead(TwoPhaseCoordinator role, TwoPhaseEvent event, long now) {
            Step step = super.lead(role, event, now);
            for (Message message : step.send()) {
                if (message instanceof Message.Commit) {
                    Reply reply = new Reply.Acknowledged(message.transaction(), message.branch());
                    step = then(step, new TwoPhaseEvent.Replied(message, reply), now);
                }
            }
            return step;
        }
    }

    private static final class OnePhasePresumedAborted extends Seams {
        @Override
        Step takeOver(OpenTransaction open, Origin origin) {
            Step step = super.takeOver(open, origin);
            for (Message message : step.send()) {
                if (message instanceof Message.Inquire) {
                    Reply reply = new Reply.StateReported(
                            message.transaction(), message.branch(), BranchState.ABORTED, List.of());
                    step = then(step, new TwoPhaseEvent.Replied(message, reply), 0);
                }
            }
            return step;
        }
    }

    private static final class ReadOnlyMembersCommit extends Seams {
        @Override
        Status forBranch(OutcomeReader.Answer answer, String participant) {
            boolean member = answer.members().stream()
                    .anyMatch(m -> m.participant().equals(participant) && m.vote() == Vote.READ_ONLY);
            return answer.status() == Status.COMMITTED && member
                    ? Status.COMMITTED
                    : super.forBranch(answer, participant);
        }
    }

    private static final class OutsidersCommit extends Seams {
        @Override
        Status forBranch(OutcomeReader.Answer answer, String participant) {
            boolean member =
                    answer.members().stream().anyMatch(m -> m.participant().equals(participant));
            return answer.status() == Status.COMMITTED && !member
                    ? Status.COMMITTED
                    : super.forBranch(answer, participant);
        }
    }

    private static final class EmptiedTable extends Seams {
        @Override
        void deposed(Map<TransactionId, ?> table) {
            table.clear();
        }
    }

    private static final class AbortOfAbsentIgnored extends Seams {
        @Override
        Fact apply(GroupState state, LogRecord record, long entryTerm) {
            boolean ignored = record instanceof LogRecord.Aborted aborted
                    && entryTerm == aborted.transaction().birthTerm()
                    && state.read(aborted.transaction()) instanceof Standing.Absent;
            return ignored ? Known.ABORTED : super.apply(state, record, entryTerm);
        }
    }

    private static final class OwnedMeansDead extends Seams {
        @Override
        Step lead(TwoPhaseCoordinator role, TwoPhaseEvent event, long now) {
            return event instanceof TwoPhaseEvent.Applied applied && applied.fact() instanceof Fact.OwnedBy
                    ? super.lead(role, new TwoPhaseEvent.Applied(applied.record(), Known.DEAD, applied.standing()), now)
                    : super.lead(role, event, now);
        }
    }

    /** Makes messages name the work that is there. */
    private abstract static class Uncompared extends Seams {

        abstract @Nullable String token(@Nullable Work work, @Nullable String named);

        abstract @Nullable Integer calls(@Nullable Work work, @Nullable Integer named);

        @Override
        io.assent.protocol.participant.Step participate(ParticipantBranch branch, BranchEvent event) {
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

    private static final class TokenIgnored extends Uncompared {
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

    private static final class CallsIgnored extends Uncompared {
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

    private static final class RebuiltSaysYes extends Seams {
        @Override
        io.assent.protocol.participant.Step participate(ParticipantBranch branch, BranchEvent event) {
            boolean rebuilt = branch.isInDoubt() && branch.work() == null && branch.errand() == null;
            return rebuilt
                            && event instanceof BranchEvent.MessageReceived received
                            && received.message() instanceof Message.Prepare prepare
                    ? new io.assent.protocol.participant.Step(branch, List.of(yes(prepare)))
                    : super.participate(branch, event);
        }

        private static BranchAction yes(Message.Prepare message) {
            return new BranchAction.Reply(new Reply.Voted(message.transaction(), message.branch(), Vote.YES, null));
        }
    }

    private static final class OnePhaseWithoutProof extends Seams {
        @Override
        boolean provesOnePhase() {
            return false;
        }
    }
}
