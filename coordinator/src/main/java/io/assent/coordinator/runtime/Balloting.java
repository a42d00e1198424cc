package io.assent.coordinator.runtime;

import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.coordinator.Consultation;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.Standing;
import io.assent.protocol.paxoscommit.AcceptorCall;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.Ballot;
import io.assent.protocol.paxoscommit.Floor;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator.Place;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A leader's part in what acceptors decide (PAXOS_COMMIT): it asks them what the roles ask, finds out what became of
 * transactions that earlier leaders left, and seals before the horizon moves. Used by the loop only.
 */
final class Balloting {

    private static final long SEAL_PATIENCE_MILLIS = 10_000;

    private final Leader.Surroundings around;
    private final TransactionTable table;
    private final Leader leader;
    private final AcceptorDesk desk;
    private final Consultations consultations;
    private final Floor floor;

    Balloting(Leader.Surroundings around, TransactionTable table, AppendPipeline pipeline, Leader leader) {
        this.around = around;
        this.table = table;
        this.leader = leader;
        desk = new AcceptorDesk(around, table, pipeline);
        consultations = new Consultations(desk, table, this::consulted);
        floor = new Floor(table, this::state, desk, this::recoverUnderSeal, SEAL_PATIENCE_MILLIS);
    }

    private GroupState state() {
        return around.log().state();
    }

    Floor floor() {
        return floor;
    }

    void work(long now) {
        desk.work(now, this::recoverIfLost);
        floor.work(now);
        consultations.work(now);
    }

    long nextWork() {
        return Math.min(desk.nextWork(), consultations.nextWork());
    }

    void retire() {
        begun().forEach(begin -> begin.answer().complete(Answer.Plain.LEADER_CHANGED));
    }

    // Begins

    /** Whether transactions of the protocol may be born in this term. */
    boolean isReady() {
        return desk.isNamed() && desk.hasOwn();
    }

    /** Keeps a begin until they may. */
    void await(Request.Begin begin) {
        desk.await(begin);
    }

    /** The begins that waited; they wait no more. */
    List<Request.Begin> begun() {
        return desk.takeWaiting();
    }

    @Nullable
    Place place(TransactionId id) {
        return id.protocol() == Protocol.PAXOS_COMMIT ? desk.place(id) : null;
    }

    @Nullable
    Place placeOfLearned(TransactionId id) {
        return id.protocol() == Protocol.PAXOS_COMMIT ? desk.placeOfLearned(id) : null;
    }

    // What roles ask

    void ask(TransactionId id, List<Consultation> fresh) {
        if (!fresh.isEmpty()) {
            consultations.ask(id, fresh, around.now());
        }
    }

    void forget(TransactionId id) {
        consultations.forget(id);
    }

    private void consulted(TransactionTable.Entry entry, AcceptorCall call, AcceptorReply reply) {
        leader.advance(entry, entry.role().on(new CoordinatorEvent.Consulted(call, reply), around.now()));
        if (reply instanceof AcceptorReply.Rejected rejected && rejected.reason() == AcceptorReply.Reason.SEALED) {
            floor.isInTheWay(rejected.transaction());
        }
    }

    /** Votes have reached an acceptor without this leader. */
    void handle(Notification.Voted voted) {
        AcceptorReply.VotesAccepted votes = voted.votes();
        TransactionTable.Entry entry = table.get(votes.transaction());
        if (entry != null) {
            AcceptorRequest brought =
                    new AcceptorRequest.VoteBundle(votes.transaction(), votes.registered(), votes.prepared());
            consulted(entry, new AcceptorCall(voted.by(), brought), votes);
        }
    }

    // What earlier leaders left

    /** Finds out by a ballot what became of a transaction of an earlier term of which the log knows nothing (Q4). */
    TransactionTable.@Nullable Entry recoverIfLost(TransactionId id) {
        boolean lost = id.protocol() == Protocol.PAXOS_COMMIT
                && id.birthTerm() < table.term()
                && !table.contains(id)
                && state().read(id) instanceof Standing.Absent absent
                && !absent.neverBorn();
        Place place = lost ? desk.place(id) : null;
        if (place == null || table.size() >= around.settings().limits().openTransactions()) {
            return null;
        }
        return leader.adopt(PaxosCommitCoordinator.recover(leader.origin(id, 0, around.now()), place), "UNKNOWN");
    }

    private void recoverUnderSeal(TransactionId id, Ballot ballot) {
        recoverIfLost(id);
        TransactionTable.Entry entry = table.get(id);
        if (entry != null && entry.role() instanceof PaxosCommitCoordinator role) {
            leader.advance(entry, role.underSeal(ballot));
        }
    }
}
