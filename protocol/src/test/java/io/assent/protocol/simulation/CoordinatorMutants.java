package io.assent.protocol.simulation;

import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.Consultation;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Step;
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
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decorators that drop a rule of the coordinators: of the log, the leader, or who answers. */
final class CoordinatorMutants {

    private CoordinatorMutants() {}

    static final class WaitsForAnyClock extends Seams {
        @Override
        long deadline(OpenTransaction open, long now) {
            return open.deadline() == 0 ? now : open.deadline();
        }
    }

    static final class NoFence extends Seams {
        @Override
        List<Fact> apply(GroupState state, List<LogRecord> records, long author, long entryTerm) {
            return super.apply(state, records, entryTerm, entryTerm);
        }

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

    static final class AbsentMeansAborted extends Seams {
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

    static final class TimeoutMeansAborted extends Seams {
        @Override
        @Nullable
        Fact factOfUnknown(LogRecord record) {
            return record instanceof LogRecord.Decided ? Known.DEAD : null;
        }
    }

    /** Runs further events in the same step. */
    static Step then(Step step, CoordinatorEvent event, long now) {
        Step more = step.next().on(event, now);
        List<LogRecord.OfTransaction> append = new ArrayList<>(step.append());
        append.addAll(more.append());
        List<Message> send = new ArrayList<>(step.send());
        send.addAll(more.send());
        List<Consultation> ask = new ArrayList<>(step.ask());
        ask.addAll(more.ask());
        return new Step(more.next(), append, send, ask, step.refusal());
    }

    static final class CommitBeforeApply extends Seams {
        @Override
        Step lead(CoordinatorRole role, CoordinatorEvent event, long now) {
            Step step = super.lead(role, event, now);
            for (LogRecord.OfTransaction record : step.append()) {
                if (record instanceof LogRecord.Decided) {
                    step = then(step, new CoordinatorEvent.Applied(record, Known.COMMITTED, null), now);
                }
            }
            return step;
        }
    }

    static final class AbortBeforeApply extends Seams {
        @Override
        Step lead(CoordinatorRole role, CoordinatorEvent event, long now) {
            Step step = super.lead(role, event, now);
            for (LogRecord.OfTransaction record : step.append()) {
                if (record instanceof LogRecord.Aborted) {
                    step = then(step, new CoordinatorEvent.Applied(record, Known.ABORTED, null), now);
                }
            }
            return step;
        }
    }

    static final class SendingMeansAcknowledged extends Seams {
        @Override
        Step lead(CoordinatorRole role, CoordinatorEvent event, long now) {
            Step step = super.lead(role, event, now);
            for (Message message : step.send()) {
                if (message instanceof Message.Commit) {
                    Reply reply = new Reply.Acknowledged(message.transaction(), message.branch());
                    step = then(step, new CoordinatorEvent.Replied(message, reply), now);
                }
            }
            return step;
        }
    }

    static final class OnePhasePresumedAborted extends Seams {
        @Override
        Step takeOver(OpenTransaction open, Origin origin, Place place) {
            Step step = super.takeOver(open, origin, place);
            for (Message message : step.send()) {
                if (message instanceof Message.Inquire) {
                    Reply reply = new Reply.StateReported(
                            message.transaction(), message.branch(), BranchState.ABORTED, List.of());
                    step = then(step, new CoordinatorEvent.Replied(message, reply), 0);
                }
            }
            return step;
        }
    }

    static final class ReadOnlyMembersCommit extends Seams {
        @Override
        Status forBranch(OutcomeReader.Answer answer, String participant) {
            boolean member = answer.members().stream()
                    .anyMatch(m -> m.participant().equals(participant) && m.vote() == Vote.READ_ONLY);
            return answer.status() == Status.COMMITTED && member
                    ? Status.COMMITTED
                    : super.forBranch(answer, participant);
        }
    }

    static final class OutsidersCommit extends Seams {
        @Override
        Status forBranch(OutcomeReader.Answer answer, String participant) {
            boolean member =
                    answer.members().stream().anyMatch(m -> m.participant().equals(participant));
            return answer.status() == Status.COMMITTED && !member
                    ? Status.COMMITTED
                    : super.forBranch(answer, participant);
        }
    }

    static final class EmptiedTable extends Seams {
        @Override
        void deposed(Map<TransactionId, ?> table) {
            table.clear();
        }
    }

    static final class AbortOfAbsentIgnored extends Seams {
        @Override
        Fact apply(GroupState state, LogRecord record, long entryTerm) {
            boolean ignored = record instanceof LogRecord.Aborted aborted
                    && entryTerm == aborted.transaction().birthTerm()
                    && state.read(aborted.transaction()) instanceof Standing.Absent;
            return ignored ? Known.ABORTED : super.apply(state, record, entryTerm);
        }
    }

    static final class OwnedMeansDead extends Seams {
        @Override
        Step lead(CoordinatorRole role, CoordinatorEvent event, long now) {
            return event instanceof CoordinatorEvent.Applied applied && applied.fact() instanceof Fact.OwnedBy
                    ? super.lead(
                            role, new CoordinatorEvent.Applied(applied.record(), Known.DEAD, applied.standing()), now)
                    : super.lead(role, event, now);
        }
    }

    /** The same record does something on one replica and nothing on another. */
    static final class OriginSkips extends Seams {
        private int decisions;

        @Override
        Fact apply(GroupState state, LogRecord record, long entryTerm) {
            boolean own = record instanceof LogRecord.Decided && ++decisions % 10 == 0;
            return own ? Known.COMMITTED : super.apply(state, record, entryTerm);
        }
    }

    static final class RefusedBeginLeavesNothing extends Seams {
        @Override
        Fact apply(GroupState state, LogRecord record, long entryTerm) {
            if (record instanceof LogRecord.Enrolled enrolled && enrolled.key() != null) {
                GroupState.KeyedBegin holder = state.begunUnder(enrolled.key());
                boolean refused = holder != null && !holder.transaction().equals(enrolled.transaction());
                if (refused && entryTerm == enrolled.transaction().birthTerm()) {
                    return new Fact.KeyOf(holder.transaction(), true);
                }
            }
            return super.apply(state, record, entryTerm);
        }
    }

    static final class TermOfTheNode extends Seams {
        @Override
        long birthTerm(long own, long seen) {
            return seen;
        }
    }

    static final class SilenceMeansYes extends Seams {
        @Override
        Step lead(CoordinatorRole role, CoordinatorEvent event, long now) {
            if (event instanceof CoordinatorEvent.TimerFired && role.phase() == Phase.PREPARING) {
                Step step = new Step(role, List.of(), List.of(), null);
                for (Message message : role.owed()) {
                    Reply yes = new Reply.Voted(message.transaction(), message.branch(), Vote.YES, null);
                    step = then(step, new CoordinatorEvent.Replied(message, yes), now);
                }
                return step;
            }
            return super.lead(role, event, now);
        }
    }

    static final class DispatchedMeansOver extends Seams {
        @Override
        boolean leaves(CoordinatorRole role) {
            return super.leaves(role) || role.phase() == Phase.DECIDING;
        }
    }

    static final class OutcomeOverlooked extends Seams {
        @Override
        OutcomeReader.Answer read(GroupState state, OutcomeReader.@Nullable BirthTable table, TransactionId id) {
            boolean overlooked = state.read(id) instanceof Standing.Finished && state.lastTerm() > id.birthTerm();
            return overlooked
                    ? new OutcomeReader.Answer(Status.ABORTED, null, List.of())
                    : super.read(state, table, id);
        }
    }

    static final class ForgottenMeansAborted extends Seams {
        @Override
        OutcomeReader.Answer read(GroupState state, OutcomeReader.@Nullable BirthTable table, TransactionId id) {
            OutcomeReader.Answer answer = super.read(state, table, id);
            return answer.status() == Status.EXPIRED
                    ? new OutcomeReader.Answer(Status.ABORTED, null, List.of())
                    : answer;
        }
    }

    static final class BeginToldEarly extends Seams {
        @Override
        boolean awaitsKeyedBegin() {
            return false;
        }
    }

    static final class EnrolledLeftAlone extends Seams {
        @Override
        boolean claims(OpenTransaction open) {
            return open.phase() != OpenTransaction.Phase.ENROLLED;
        }
    }
}
