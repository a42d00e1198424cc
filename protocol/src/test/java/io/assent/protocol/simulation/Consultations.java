package io.assent.protocol.simulation;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.coordinator.Consultation;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.Standing;
import io.assent.protocol.paxoscommit.AcceptorCall;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.Ballot;
import io.assent.protocol.paxoscommit.Floor;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator.Place;
import io.assent.protocol.simulation.LeaderProcess.Entry;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What one leader asks the acceptors of its group, until they answer or it is not needed any more. */
final class Consultations {

    private static final long SEAL_PATIENCE = 2_000;

    private final LeaderProcess leader;
    private final CoordinatorNode node;
    private final Simulation world;
    private final Scheduler scheduler;
    private final Floor floor;
    private Horizon sealed = Horizon.NONE;
    private boolean reported;

    Consultations(LeaderProcess leader, CoordinatorNode node, Simulation world) {
        this.leader = leader;
        this.node = node;
        this.world = world;
        this.scheduler = world.scheduler();
        floor = new Floor(leader, node::state, new OfNode(), this::recoverUnderSeal, SEAL_PATIENCE);
    }

    /** As far as the horizon may move now, on the way to the one that is wanted. */
    Horizon allow(Horizon wanted) {
        return world.seams().seals() ? floor.allow(wanted, scheduler.now()) : wanted;
    }

    void goOnSealing() {
        floor.work(scheduler.now());
        if (!floor.sealed().equals(sealed)) {
            world.trace().moment(reported ? "sealed, and what was reported is learned" : "sealed");
            sealed = floor.sealed();
            reported = false;
        }
    }

    /** What a seal asks goes the way of all questions, but that no answer is no event. */
    private final class OfNode implements Floor.Desk {
        @Override
        public AcceptorList.@Nullable Entry own(AcceptorList acceptors) {
            return acceptors.acceptors().get(acceptors.indexOf(place().self()));
        }

        @Override
        public void ask(AcceptorList.Entry to, AcceptorRequest request, Consumer<@Nullable AcceptorReply> answer) {
            Consultations.this.ask(to.id(), request, reply -> {
                if (leader.isAlive()) {
                    answer.accept(reply);
                }
            });
        }
    }

    private void recoverUnderSeal(TransactionId id, Ballot ballot) {
        reported = true;
        recoverIfLost(id);
        Entry entry = leader.entry(id);
        if (entry != null && entry.role() instanceof PaxosCommitCoordinator lost) {
            leader.advance(entry, world.seams().underSeal(lost, ballot), false);
        }
    }

    Place place() {
        return new Place(world.acceptorList(), world.acceptor(node.id()).id());
    }

    /** What acceptors hold of earlier terms and the log has not learned is found out, by asking a majority of them. */
    void askAcceptors() {
        if (!leader.isAlive()) {
            return;
        }
        scheduler.after(scheduler.between(1_500, 3_000), "ask acceptors", this::askAcceptors);
        Set<AcceptorId> answered = new TreeSet<>();
        Set<TransactionId> held = new TreeSet<>();
        AcceptorRequest question = new AcceptorRequest.ListUnlearned(null, 10_000);
        for (AcceptorList.Entry acceptor : world.acceptorList().acceptors()) {
            ask(acceptor.id(), question, reply -> {
                if (reply instanceof AcceptorReply.Unlearned unlearned && answered.add(acceptor.id())) {
                    held.addAll(unlearned.held());
                    if (answered.size() == world.acceptorList().majority()) {
                        held.forEach(this::recoverIfLost);
                    }
                }
            });
        }
    }

    void ask(AcceptorId acceptor, AcceptorRequest request, Consumer<AcceptorReply> answer) {
        int place = world.placeOf(acceptor);
        if (PaxosWords.tells(request)) {
            world.trace()
                    .line(node.name(), () -> "-> " + PaxosWords.acceptor(place) + " " + PaxosWords.of(world, request));
        }
        world.network()
                .send(
                        node.id(),
                        place,
                        "acceptor",
                        () -> world.acceptor(place)
                                .receive(
                                        acceptor,
                                        request,
                                        reply -> world.network()
                                                .send(
                                                        place,
                                                        node.id(),
                                                        "acceptor's answer",
                                                        () -> answer.accept(reply))));
    }

    /** Finds out what became of a transaction of an earlier term of which nothing is known here (Q4). */
    @Nullable
    Entry recoverIfLost(TransactionId id) {
        boolean lost = leader.isAlive()
                && id.protocol() == Protocol.PAXOS_COMMIT
                && id.birthTerm() < leader.term
                && !leader.contains(id)
                && node.state().read(id) instanceof Standing.Absent;
        if (!lost) {
            return null;
        }
        world.trace().moment("recovery of what acceptors hold");
        Origin origin = new Origin(id, leader.term, world.swarm().intent(), 0, leader.now(), null, null);
        return leader.adopt(world.seams().recover(origin, place()));
    }

    /** An acceptor has votes that a participant has brought itself. */
    void reported(AcceptorId by, AcceptorReply.VotesAccepted votes) {
        AcceptorRequest brought =
                new AcceptorRequest.VoteBundle(votes.transaction(), votes.registered(), votes.prepared());
        consulted(votes.transaction(), new AcceptorCall(by, brought), votes);
    }

    void consult(TransactionId id, Consultation asked, int attempt) {
        Entry entry = leader.entry(id);
        boolean needed =
                leader.isAlive() && entry != null && entry.role().asked().contains(asked);
        if (needed && attempt == 0 && asked instanceof AcceptorCall call && call.patient()) {
            scheduler.after(scheduler.between(20, 200), "relay after all", () -> consult(id, asked, 1));
        } else if (needed && asked instanceof AcceptorCall call) {
            ask(call.to(), call.request(), reply -> consulted(id, call, reply));
            scheduler.after(leader.backoff(attempt), "ask again", () -> consult(id, asked, attempt + 1));
        }
    }

    private void consulted(TransactionId id, AcceptorCall call, AcceptorReply reply) {
        Entry entry = leader.entry(id);
        if (leader.isAlive() && entry != null) {
            if (reply instanceof AcceptorReply.Refused) {
                world.trace().moment("an acceptor had promised a higher ballot");
            }
            leader.advance(
                    entry,
                    world.seams().lead(entry.role(), new CoordinatorEvent.Consulted(call, reply), leader.now()),
                    false);
            if (reply instanceof AcceptorReply.Rejected rejected && rejected.reason() == AcceptorReply.Reason.SEALED) {
                world.trace().moment("a seal is in the way of a ballot");
                floor.isInTheWay(id);
            }
        }
    }
}
