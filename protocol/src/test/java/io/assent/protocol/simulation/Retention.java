package io.assent.protocol.simulation;

import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.Forgetting;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.simulation.LeaderProcess.Entry;

/** How one leader forgets: now and then it moves the horizon over what is finished and old. */
final class Retention {

    private final LeaderProcess leader;
    private final CoordinatorNode node;
    private final Simulation world;
    private final Scheduler scheduler;

    Retention(LeaderProcess leader, CoordinatorNode node, Simulation world) {
        this.leader = leader;
        this.node = node;
        this.world = world;
        this.scheduler = world.scheduler();
    }

    void start() {
        long pause =
                scheduler.between(world.swarm().retention() / 6, world.swarm().retention() / 3);
        scheduler.after(pause, "retention", this::forget);
    }

    private void forget() {
        if (!leader.isAlive()) {
            return;
        }
        start();
        leader.consultations().goOnSealing();
        leader.entries().forEach(this::look);
        GroupState state = node.state();
        boolean future = state.marks().stream().anyMatch(mark -> leader.now() + 1_000 < mark.at());
        if (future) {
            world.trace().moment("a leader finds a mark of its future");
        }
        Horizon wanted =
                Forgetting.wanted(state, leader, leader.now(), world.swarm().retention());
        boolean acceptors = world.swarm().mix().paxos() > 0;
        Horizon allowed = acceptors ? leader.consultations().allow(wanted) : wanted;
        Forgetting.record(state, leader, allowed, leader.now()).ifPresent(leader::append);
    }

    /** Whether records of an earlier leader have ended it. */
    private void look(Entry entry) {
        CoordinatorEvent event =
                new CoordinatorEvent.Looked(node.state().read(entry.role().id()));
        Step step = world.seams().lead(entry.role(), event, leader.now());
        if (step.next().settled()) {
            world.trace().moment("ended by records of an earlier leader");
        }
        leader.advance(entry, step, false);
    }
}
