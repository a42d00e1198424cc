package io.assent.protocol.states;

import io.assent.protocol.AbortReason;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Progress;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.message.Message;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator.Ballots;
import io.assent.protocol.paxoscommit.RegistrarValue;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import io.assent.protocol.paxoscommit.Tally;
import io.assent.protocol.threephase.ThreePhaseCoordinator;
import io.assent.protocol.twophase.TwoPhaseCoordinator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One leader with one transaction, and all that can happen to it: the replicated state behind it, which is the real one,
 * records that it has handed over, and messages that somebody may still answer.
 *
 * @param role the leader's role
 * @param handedOver records that may still be applied, in any order (rule G4)
 * @param log the replicated state, as a snapshot
 * @param sent what may be answered, each message once
 * @param acceptors what may be answered by acceptors
 */
record CoordinatorWorld(
        CoordinatorRole role,
        List<LogRecord.OfTransaction> handedOver,
        String log,
        List<Message> sent,
        AcceptorGroup acceptors) {

    private static final Tally NOT_COUNTED = Tally.of(AcceptorGroup.LIST);
    private static final Ballots NO_BALLOTS = new Ballots(new TreeMap<>(), Set.of(), NOT_COUNTED, null);

    static CoordinatorWorld of(GroupState log, Step first, AcceptorGroup acceptors) {
        return new CoordinatorWorld(first.next(), List.of(), Snapshots.of(log), List.of(), acceptors).with(first);
    }

    /** The role as it steps. What it has counted is told by the acceptors, so that equal worlds are one. */
    CoordinatorRole live() {
        return role instanceof PaxosCommitCoordinator r
                ? with(
                        r,
                        new Ballots(
                                r.ballots().accepted(),
                                Set.of(),
                                acceptors.heard(r.id(), r.ballots().accepted()),
                                r.ballots().attempt()))
                : role;
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
                        .distinct()),
                acceptorsAfter(step.next()));
    }

    /** The world in which a record that was handed over is not on its way any more, and the log is this. */
    CoordinatorWorld without(LogRecord.OfTransaction record, GroupState state) {
        List<LogRecord.OfTransaction> rest = new ArrayList<>(handedOver);
        rest.remove(record);
        return new CoordinatorWorld(role, rest, Snapshots.of(state), sent, acceptors);
    }

    /** The world in which this record is on its way as well. */
    CoordinatorWorld handedOver(LogRecord.OfTransaction record) {
        return new CoordinatorWorld(
                role, sorted(Stream.concat(handedOver.stream(), Stream.of(record))), log, sent, acceptors);
    }

    CoordinatorWorld with(GroupState state) {
        return new CoordinatorWorld(role, handedOver, Snapshots.of(state), sent, acceptors);
    }

    CoordinatorWorld with(AcceptorGroup now) {
        return new CoordinatorWorld(role, handedOver, log, sent, now);
    }

    /** Who may be prepared, because it has not said NO. */
    List<String> mayVote() {
        Registered j = acceptors.registered();
        return j == null
                ? List.of()
                : j.participants().stream()
                        .map(RegistrarValue.Address::participant)
                        .filter(name ->
                                role.member(name).map(m -> m.vote() != Vote.NO).orElse(true))
                        .toList();
    }

    private AcceptorGroup acceptorsAfter(CoordinatorRole next) {
        return switch (next.phase()) {
            case ACTIVE -> acceptors;
            case PREPARING -> acceptors.frozen(next.members());
            case DECIDING -> next.asked().isEmpty() ? AcceptorGroup.NOT_ASKED : acceptors;
            default ->
                role.phase() == Phase.ACTIVE || acceptors.acceptors().isEmpty() && !acceptors.forgotten()
                        ? AcceptorGroup.NOT_ASKED
                        : AcceptorGroup.DONE;
        };
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
        return switch (role) {
            case ThreePhaseCoordinator r ->
                new ThreePhaseCoordinator(plain(r.decision()), sorted(r.preCommitted().stream()), r.patienceEnded());
            case PaxosCommitCoordinator r -> plain(r);
            default -> plain((TwoPhaseCoordinator) role);
        };
    }

    private static PaxosCommitCoordinator plain(PaxosCommitCoordinator r) {
        boolean asks = r.phase() == Phase.PREPARING || r.phase() == Phase.DECIDING;
        SortedMap<AcceptorId, List<String>> votes = new TreeMap<>();
        r.ballots().accepted().forEach((by, of) -> votes.put(by, sorted(of.stream())));
        return with(
                r, asks ? new Ballots(votes, Set.of(), NOT_COUNTED, r.ballots().attempt()) : NO_BALLOTS);
    }

    private static PaxosCommitCoordinator with(PaxosCommitCoordinator r, Ballots ballots) {
        return new PaxosCommitCoordinator(
                r.origin(),
                r.place(),
                r.phase(),
                sorted(r.members().stream()),
                ballots,
                r.learned(),
                r.settled(),
                plain(r.reason()),
                r.decidedAt(),
                plain(r.progress()));
    }

    private static @Nullable AbortReason plain(@Nullable AbortReason reason) {
        return reason == null ? null : AbortReason.of(AbortReason.Code.OPERATOR);
    }

    private static Progress plain(Progress progress) {
        return new Progress(
                sorted(progress.acknowledged().stream()),
                sorted(progress.heuristics().stream()),
                progress.heuristicsLogged());
    }

    private static TwoPhaseCoordinator plain(TwoPhaseCoordinator r) {
        return new TwoPhaseCoordinator(
                r.origin(),
                r.phase(),
                sorted(r.members().stream()),
                r.dispatched(),
                r.enlistmentsLost(),
                r.inquiring(),
                r.settled(),
                r.fact(),
                plain(r.reason()),
                r.decidedAt(),
                plain(r.progress()));
    }

    private static <T> List<T> sorted(Stream<? extends T> all) {
        return all.<T>map(one -> one)
                .sorted(Comparator.comparing(Object::toString))
                .toList();
    }
}
