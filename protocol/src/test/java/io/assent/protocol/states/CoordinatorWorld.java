package io.assent.protocol.states;

import io.assent.protocol.AbortReason;
import io.assent.protocol.TransactionId;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.Progress;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.message.Message;
import io.assent.protocol.threephase.ThreePhaseCoordinator;
import io.assent.protocol.twophase.TwoPhaseCoordinator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * One leader with one transaction, and all that can happen to it: the replicated state behind it, which is the real one,
 * records that it has handed over, and messages that somebody may still answer.
 *
 * @param role the leader's role
 * @param handedOver records that may still be applied, in any order (rule G4)
 * @param log the replicated state, as a snapshot
 * @param sent what may be answered, each message once
 */
record CoordinatorWorld(
        CoordinatorRole role, List<LogRecord.OfTransaction> handedOver, String log, List<Message> sent) {

    static CoordinatorWorld of(GroupState log, Step first) {
        return new CoordinatorWorld(first.next(), List.of(), Snapshots.of(log), List.of()).with(first);
    }

    long term() {
        return role.origin().term();
    }

    /** The world after a step of the leader. */
    CoordinatorWorld with(Step step) {
        return new CoordinatorWorld(
                plain(step.next()),
                sorted(Stream.concat(handedOver.stream(), step.append().stream())),
                log,
                sorted(Stream.concat(sent.stream(), step.send().stream().map(CoordinatorWorld::plain))
                        .distinct()));
    }

    /** The world in which a record that was handed over is not on its way any more, and the log is this. */
    CoordinatorWorld without(LogRecord.OfTransaction record, GroupState state) {
        List<LogRecord.OfTransaction> rest = new ArrayList<>(handedOver);
        rest.remove(record);
        return new CoordinatorWorld(role, rest, Snapshots.of(state), sent);
    }

    CoordinatorWorld with(GroupState state) {
        return new CoordinatorWorld(role, handedOver, Snapshots.of(state), sent);
    }

    GroupState state() {
        return Snapshots.read(log);
    }

    // What makes no difference is left out, so that there are fewer worlds.

    private static Message plain(Message message) {
        TransactionId id = message.transaction();
        String branch = message.branch();
        long term = message.term();
        return switch (message) {
            case Message.Prepare m -> new Message.Prepare(id, branch, term, List.of(), 0, null, null);
            case Message.PreCommit m -> new Message.PreCommit(id, branch, term, List.of());
            case Message.Commit m -> new Message.Commit(id, branch, term, List.of());
            case Message.CommitOnePhase m -> new Message.CommitOnePhase(id, branch, term, null, null);
            case Message.Abort m -> m;
            case Message.Inquire m -> m;
        };
    }

    private static CoordinatorRole plain(CoordinatorRole role) {
        return role instanceof ThreePhaseCoordinator r
                ? new ThreePhaseCoordinator(plain(r.decision()), sorted(r.preCommitted().stream()), r.patienceEnded())
                : plain((TwoPhaseCoordinator) role);
    }

    private static TwoPhaseCoordinator plain(TwoPhaseCoordinator r) {
        Progress progress = r.progress();
        return new TwoPhaseCoordinator(
                r.origin(),
                r.phase(),
                sorted(r.members().stream()),
                r.dispatched(),
                r.enlistmentsLost(),
                r.inquiring(),
                r.settled(),
                r.fact(),
                r.reason() == null ? null : AbortReason.of(AbortReason.Code.OPERATOR),
                r.decidedAt(),
                new Progress(
                        sorted(progress.acknowledged().stream()),
                        sorted(progress.heuristics().stream()),
                        progress.heuristicsLogged()));
    }

    private static <T> List<T> sorted(Stream<? extends T> all) {
        return all.<T>map(one -> one)
                .sorted(Comparator.comparing(Object::toString))
                .toList();
    }
}
