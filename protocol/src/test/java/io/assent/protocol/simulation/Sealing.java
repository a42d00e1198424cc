package io.assent.protocol.simulation;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.Standing;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.Ballot;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The floor of a FORGET (Q6), as one leader lays it: a majority seals, and what it reports is learned first. */
final class Sealing {

    private static final long PATIENCE = 2_000;

    private final LeaderProcess leader;
    private final CoordinatorNode node;
    private final Simulation world;
    private final Consultations consultations;
    private Horizon sealed = Horizon.NONE;
    private Horizon urgent = Horizon.NONE;
    private long leastRound = 1;
    private @Nullable Running running;

    /** A seal on its way. */
    private static final class Running {
        final long since;
        final Horizon target;
        final Set<AcceptorId> by = new TreeSet<>();
        final Set<TransactionId> reported = new TreeSet<>();

        Running(long since, Horizon target) {
            this.since = since;
            this.target = target;
        }
    }

    Sealing(LeaderProcess leader, CoordinatorNode node, Simulation world, Consultations consultations) {
        this.leader = leader;
        this.node = node;
        this.world = world;
        this.consultations = consultations;
    }

    /** As far as the horizon may move now, on the way to the one that is wanted. */
    Horizon allow(Horizon wanted) {
        Horizon standing = node.state().horizon();
        if (wanted.compareTo(standing) <= 0 || !world.seams().seals()) {
            return wanted;
        }
        if (wanted.compareTo(sealed) > 0) {
            seal(wanted);
        }
        return wanted.compareTo(sealed) <= 0 ? wanted : sealed.compareTo(standing) > 0 ? sealed : standing;
    }

    /** Somebody's seal stands in the way of finding out what became of this transaction. */
    void isInTheWay(TransactionId id) {
        world.trace().moment("a seal is in the way of a ballot");
        Horizon birth = Horizon.of(id);
        urgent = birth.compareTo(urgent) > 0 ? birth : urgent;
    }

    void work() {
        Running present = running;
        if (present != null && isComplete(present)) {
            world.trace().moment(present.reported.isEmpty() ? "sealed" : "sealed, and what was reported is learned");
            sealed = present.target.compareTo(sealed) > 0 ? present.target : sealed;
            running = null;
        }
        if (!urgent.equals(Horizon.NONE) && seal(urgent)) {
            urgent = Horizon.NONE;
        }
    }

    private boolean isComplete(Running present) {
        return world.acceptorList().isMajority(present.by)
                && present.reported.stream()
                        .noneMatch(id -> leader.contains(id) || node.state().read(id) instanceof Standing.Absent);
    }

    private boolean seal(Horizon target) {
        LogRecord.Founded founded = node.state().founded();
        Running present = running;
        if (founded == null || present != null && world.scheduler().now() - present.since < PATIENCE) {
            return false;
        }
        Running fresh = new Running(world.scheduler().now(), target);
        running = fresh;
        AcceptorId own = world.acceptor(node.id()).id();
        consultations.ask(own, new AcceptorRequest.TakeRounds(leastRound, 1), reply -> {
            if (reply instanceof AcceptorReply.RoundsTaken taken) {
                Ballot ballot = Ballot.of(world.acceptorList(), taken.first(), own);
                AcceptorRequest seal = new AcceptorRequest.Seal(founded.incarnation(), 1, target, leader.term, ballot);
                for (AcceptorList.Entry acceptor : world.acceptorList().acceptors()) {
                    consultations.ask(acceptor.id(), seal, answer -> heard(fresh, acceptor.id(), answer));
                }
            }
        });
        return true;
    }

    private void heard(Running of, AcceptorId from, AcceptorReply answer) {
        if (running != of || !leader.isAlive()) {
            return;
        }
        if (answer instanceof AcceptorReply.Sealed report) {
            of.by.add(from);
            Set<TransactionId> found = new TreeSet<>(report.held());
            leader.ids().stream()
                    .filter(id -> id.protocol() == Protocol.PAXOS_COMMIT
                            && Horizon.of(id).compareTo(of.target) <= 0)
                    .forEach(found::add);
            for (TransactionId id : found) {
                if (of.reported.add(id)) {
                    consultations.recoverIfLost(id);
                    recoverUnderSeal(id, report.seal().ballot());
                }
            }
        } else if (answer instanceof AcceptorReply.SealRefused refused) {
            leastRound = Math.max(leastRound, refused.promised().roundAbove(world.acceptorList()));
        }
    }

    private void recoverUnderSeal(TransactionId id, Ballot ballot) {
        LeaderProcess.Entry entry = leader.entry(id);
        CoordinatorRole role = entry == null ? null : entry.role();
        if (entry != null && role instanceof PaxosCommitCoordinator lost) {
            leader.advance(entry, world.seams().underSeal(lost, ballot), false);
        }
    }
}
