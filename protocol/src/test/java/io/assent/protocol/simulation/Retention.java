package io.assent.protocol.simulation;

import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.Mark;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.simulation.LeaderProcess.Entry;
import java.util.List;

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
        boolean seals = world.swarm().mix().paxos() > 0;
        Sealing sealing = leader.consultations().sealing();
        sealing.work();
        leader.entries().forEach(this::look);
        GroupState state = node.state();
        Horizon next = wanted(state);
        next = seals ? sealing.allow(next) : next;
        List<Mark> marks = state.marks();
        Mark last = marks.isEmpty() ? new Mark(0, Horizon.NONE) : marks.get(marks.size() - 1);
        if (leader.now() + 1_000 < last.at()) {
            world.trace().moment("a leader finds a mark of its future");
        }
        Horizon born = leader.issued() < 0 ? last.born() : new Horizon(leader.term, leader.issued());
        if (next.compareTo(state.horizon()) > 0 || born.compareTo(last.born()) > 0) {
            leader.append(new LogRecord.Forgotten(next, new Mark(leader.now(), born)));
        }
    }

    /** As far as everything is finished and old. */
    private Horizon wanted(GroupState state) {
        Horizon oldest = new Horizon(Long.MAX_VALUE, Long.MAX_VALUE);
        for (Entry entry : leader.entries()) {
            oldest = earlier(oldest, Horizon.of(entry.role().id()));
        }
        for (OpenTransaction open : state.open()) {
            oldest = earlier(oldest, Horizon.of(open.id()));
        }
        Horizon next = state.horizon();
        for (Mark mark : state.marks()) {
            boolean old = mark.at() <= leader.now() - world.swarm().retention();
            next = old && mark.born().compareTo(oldest) < 0 ? mark.born() : next;
        }
        return next;
    }

    private static Horizon earlier(Horizon one, Horizon other) {
        return one.compareTo(other) < 0 ? one : other;
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
