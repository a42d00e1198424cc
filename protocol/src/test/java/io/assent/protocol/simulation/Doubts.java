package io.assent.protocol.simulation;

import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.OutcomeReader.Status;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.participant.BranchAction;
import io.assent.protocol.participant.BranchCondition;
import io.assent.protocol.participant.BranchEvent;
import io.assent.protocol.participant.BranchEvent.LookupOutcome;
import io.assent.protocol.participant.Errand;
import io.assent.protocol.participant.Facts;
import io.assent.protocol.simulation.ParticipantProcess.Slot;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How one process gets its branches out of doubt: it asks coordinators, and peers when these do not help. */
final class Doubts {

    private static final long LOOK_UP_TIMEOUT = 400;
    private static final long PATIENCE = 3_000;

    private final ParticipantProcess process;
    private final Simulation world;
    private final Scheduler scheduler;

    Doubts(ParticipantProcess process, Simulation world) {
        this.process = process;
        this.world = world;
        this.scheduler = world.scheduler();
    }

    /** Sees to a branch that may be in doubt since the last event. */
    void begin(Slot slot) {
        if (slot.branch.condition() instanceof BranchCondition.PreCommitted && !slot.patient) {
            slot.patient = true;
            int since = process.life();
            scheduler.after(world.clock(process.place()).lasts(PATIENCE), "patience", () -> impatient(slot, since));
        }
        if (slot.branch.isInDoubt() && !slot.lookingUp) {
            slot.lookingUp = true;
            lookUpLater(slot, process.life());
        }
    }

    private void lookUpLater(Slot slot, int since) {
        long pause = Math.min(8_000, 500L << Math.min(4, slot.lookUps++));
        scheduler.after(world.clock(process.place()).lasts(pause + scheduler.between(0, 200)), "look up", () -> {
            if (since != process.life() || !slot.branch.isInDoubt()) {
                slot.lookingUp = false;
                return;
            }
            if (world.swarm().mix().threePhase() + world.swarm().mix().paxos() > 0) {
                askAll(slot, since);
                lookUpLater(slot, since);
                return;
            }
            CoordinatorNode node = world.anyNode();
            TransactionId id = slot.branch.transaction();
            world.network().send(process.place(), node.id(), "look-up", () -> {
                Status status = provenOrPassedOn(node, id);
                Horizon horizon = node.horizon();
                if (status != null) {
                    world.network()
                            .send(
                                    node.id(),
                                    process.place(),
                                    "look-up answer",
                                    () -> learned(slot, since, status, horizon));
                }
            });
            lookUpLater(slot, since);
        });
    }

    /** What a node cannot prove it passes on to the leader; before all is healed, it may not find one. */
    private @Nullable Status provenOrPassedOn(CoordinatorNode asked, TransactionId id) {
        Status proven = asked.lookUp(id, process.participant());
        if (proven == Status.PENDING && world.isHealed()) {
            for (CoordinatorNode node : world.nodes()) {
                if (node.isReady()) {
                    return node.lookUp(id, process.participant());
                }
            }
        }
        return proven;
    }

    /** Asks every coordinator; when none gives a fact in time, the branch is left alone. */
    private void askAll(Slot slot, int since) {
        TransactionId id = slot.branch.transaction();
        long question = ++slot.questions;
        slot.answered = false;
        for (CoordinatorNode node : world.nodes()) {
            world.network().send(process.place(), node.id(), "look-up", () -> {
                Status status = node.lookUp(id, process.participant());
                Horizon horizon = node.horizon();
                if (status != null) {
                    world.network().send(node.id(), process.place(), "look-up answer", () -> {
                        slot.answered |= question == slot.questions;
                        learned(slot, since, status, horizon);
                    });
                }
            });
        }
        scheduler.after(world.clock(process.place()).lasts(LOOK_UP_TIMEOUT), "no fact", () -> {
            if (process.has(slot, since) && question == slot.questions && !slot.isBusy()) {
                leftAlone(slot);
            }
        });
    }

    private void leftAlone(Slot slot) {
        process.feed(slot, new BranchEvent.NoFactLearned(slot.answered));
        process.settle(slot);
    }

    /** A branch that nobody answers finishes alone when it finds that it may: its decision may be there since a moment. */
    void mayFinishAlone(Slot slot, BranchEvent event) {
        Errand errand = slot.branch.errand();
        if (errand != null
                && errand.cause() instanceof Errand.LeftAlone left
                && !left.anybodyAnswered()
                && event instanceof BranchEvent.FactsRead read
                && read.facts() == Facts.PRE_COMMITTED) {
            world.checker().patienceEnded(slot.branch.transaction());
            world.trace().moment("pre-committed branch finished alone");
        }
    }

    private void impatient(Slot slot, int since) {
        if (process.has(slot, since)) {
            world.checker().patienceEnded(slot.branch.transaction());
            process.feed(slot, new BranchEvent.PatienceEnded());
            process.settle(slot);
        }
    }

    void askPeers(Slot slot, BranchAction.AskPeers question) {
        if (!world.swarm().mix().peers()) {
            return;
        }
        int since = process.life();
        TransactionId id = slot.branch.transaction();
        for (Member peer : question.peers()) {
            Message inquiry =
                    new Message.Inquire(id, peer.participant(), question.term(), false, process.participant());
            ParticipantProcess asked = world.processAt(peer, inquiry, 0);
            world.trace().line(process.name(), () -> "-> " + asked.name() + " " + world.describe(inquiry));
            Consumer<Reply> back = reply -> world.network()
                    .send(
                            asked.place(),
                            process.place(),
                            "peer's answer",
                            () -> peerAnswered(slot, since, question.term(), reply));
            world.network().send(process.place(), asked.place(), "inquiry", () -> asked.receive(inquiry, null, back));
        }
    }

    private void peerAnswered(Slot slot, int since, long term, Reply reply) {
        boolean here = process.has(slot, since) && !slot.isBusy();
        if (here && reply instanceof Reply.StateReported state) {
            boolean before = slot.branch.condition() instanceof BranchCondition.Prepared;
            process.feed(slot, new BranchEvent.PeerAnswered(term, state));
            if (before && slot.branch.errand() != null) {
                world.trace().moment("peer termination decided: " + state.state());
            }
            process.settle(slot);
        }
    }

    private void learned(Slot slot, int since, Status status, @Nullable Horizon horizon) {
        if (!process.has(slot, since)) {
            return;
        }
        process.learn(horizon);
        LookupOutcome outcome = switch (status) {
            case COMMITTED -> LookupOutcome.COMMITTED;
            case ABORTED -> LookupOutcome.ABORTED;
            case EXPIRED -> LookupOutcome.EXPIRED;
            case PENDING, NEVER_ISSUED -> LookupOutcome.PENDING;
        };
        if (!slot.isBusy()) {
            world.trace().line(process.name(), () -> "learns " + world.name(slot.branch.transaction()) + " " + outcome);
            world.trace().moment("look-up answered " + outcome);
            process.feed(slot, new BranchEvent.OutcomeLearned(outcome));
            process.settle(slot);
        }
    }
}
