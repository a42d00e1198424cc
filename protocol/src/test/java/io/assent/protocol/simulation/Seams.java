package io.assent.protocol.simulation;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.TransactionId;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.group.OutcomeReader;
import io.assent.protocol.participant.BranchEvent;
import io.assent.protocol.participant.ParticipantBranch;
import io.assent.protocol.paxoscommit.Acceptor;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.Ballot;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator.Place;
import io.assent.protocol.threephase.ThreePhaseCoordinator;
import io.assent.protocol.twophase.TwoPhaseCoordinator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the simulator calls the production classes and its model of a database. A mutant overrides one of these places,
 * and so drops one rule; production code has no switch for it.
 */
class Seams {

    List<Fact> apply(GroupState state, List<LogRecord> records, long author, long entryTerm) {
        if (author != entryTerm) {
            return state.apply(records, author, entryTerm);
        }
        List<Fact> facts = new ArrayList<>();
        for (LogRecord record : records) {
            facts.add(apply(state, record, entryTerm));
        }
        state.advance(entryTerm);
        return facts;
    }

    Fact apply(GroupState state, LogRecord record, long entryTerm) {
        return state.apply(record, entryTerm);
    }

    OutcomeReader.Answer read(GroupState state, OutcomeReader.@Nullable BirthTable table, TransactionId id) {
        return OutcomeReader.read(state, table, id);
    }

    OutcomeReader.Status forBranch(OutcomeReader.Answer answer, String participant) {
        return answer.forBranch(participant);
    }

    Step lead(CoordinatorRole role, CoordinatorEvent event, long now) {
        return role.on(event, now);
    }

    Step begin(Origin origin, Place place) {
        return switch (origin.id().protocol()) {
            case TWO_PHASE -> TwoPhaseCoordinator.begin(origin);
            case THREE_PHASE -> ThreePhaseCoordinator.begin(origin);
            case PAXOS_COMMIT -> PaxosCommitCoordinator.begin(origin, place);
        };
    }

    Step takeOver(OpenTransaction open, Origin origin, Place place) {
        return switch (origin.id().protocol()) {
            case TWO_PHASE -> TwoPhaseCoordinator.takeOver(open, origin);
            case THREE_PHASE -> ThreePhaseCoordinator.takeOver(open, origin);
            case PAXOS_COMMIT -> PaxosCommitCoordinator.takeOver(open, origin, place);
        };
    }

    /** Until when a leader that takes a transaction over may wait for it, by its own clock. */
    long deadline(OpenTransaction open, long now) {
        return open.deadlineAt(now);
    }

    /** What a later leader does about a transaction that acceptors hold and the log has not learned. */
    Step recover(Origin origin, Place place) {
        return PaxosCommitCoordinator.recover(origin, place);
    }

    /** Whether acceptors seal what is to be forgotten. */
    boolean seals() {
        return true;
    }

    Step underSeal(PaxosCommitCoordinator role, Ballot ballot) {
        return role.underSeal(ballot);
    }

    /** To how many acceptors a participant that is prepared brings its vote itself; 0: its leader alone is told. */
    int votesDirectly(String participant, int acceptors, Scheduler chance) {
        if (!chance.chance(0.6)) {
            return 0;
        }
        return chance.chance(0.7) ? acceptors / 2 + 1 : acceptors;
    }

    /** What an acceptor makes of a request. */
    Acceptor.Step accept(Acceptor acceptor, AcceptorId addressed, AcceptorRequest request) {
        return acceptor.on(addressed, request);
    }

    /** Whether an acceptor that dies loses its disk, and comes back under the same name. */
    boolean forgetsPromises() {
        return false;
    }

    /** Whether an acceptor whose directory was wiped comes back under its old identity. */
    boolean comesBackWiped() {
        return false;
    }

    /** Whether a torn end of an acceptor's storage is cut off before anything is written behind it. */
    boolean cutsTornEnds() {
        return true;
    }

    /** What a leader makes of a record of which nobody knows whether it was appended; null: hand it over again. */
    @Nullable
    Fact factOfUnknown(LogRecord record) {
        return null;
    }

    /**
     * The term that is written into a new id: the leader's own, which may go on after it was deposed.
     *
     * @param seen the highest term that its node has seen
     */
    long birthTerm(long own, long seen) {
        return own;
    }

    /** Whether who asked for a keyed begin is told only when the record is applied. */
    boolean awaitsKeyedBegin() {
        return true;
    }

    /** Whether a new leader claims what it finds in the log. */
    boolean claims(OpenTransaction open) {
        return true;
    }

    /** Whether a transaction leaves the leader's table. */
    boolean leaves(CoordinatorRole role) {
        return role.settled();
    }

    /** A leader lost its term; its table stays as it is. */
    void deposed(Map<TransactionId, ?> table) {}

    io.assent.protocol.participant.Step participate(ParticipantBranch branch, BranchEvent event) {
        return branch.on(event);
    }

    /** Whether the row of a branch is inserted when the branch first works; else when it commits. */
    boolean rowComesWithWork() {
        return true;
    }

    /** Whether an error of the database inside a call is noticed, though the application swallowed it. */
    boolean noticesErrors() {
        return true;
    }

    /** Whether the connection of a prepared branch stays with it; the engine rolls back what loses its connection. */
    boolean pins() {
        return true;
    }

    /** Whether rows of branches are kept until the horizon tells. */
    boolean keepsRows() {
        return true;
    }

    /** Whether the horizon that the database keeps is looked at when the row of a branch is inserted. */
    boolean looksAtHorizonBeforeWork() {
        return true;
    }

    /** The branch that is rolled back when one is told to. */
    TransactionId meant(TransactionId told, Collection<TransactionId> prepared) {
        return told;
    }

    /** Whether a rolled back branch leaves a tombstone. */
    boolean buries() {
        return true;
    }

    /** Whether a participant writes down that the decision is commit before it says so. */
    boolean writesKnown() {
        return true;
    }

    /** Whether the error "no such branch" of a commit is read as success. */
    boolean takesMissingForCommitted() {
        return false;
    }

    /** Whether a one-phase commit writes the row of the branch in the same atomic step. */
    boolean provesOnePhase() {
        return true;
    }
}
