package io.assent.protocol.simulation;

import java.util.Arrays;

/**
 * Loses, duplicates, delays and reorders what is sent, and brings some of it again much later. Places are numbered:
 * coordinator nodes first, then participants' processes, then clients; a link has a direction.
 */
final class Network {

    private final Scheduler scheduler;
    private final Swarm.Wire wire;
    private final boolean[][] cut;
    private boolean healed;

    Network(Scheduler scheduler, Swarm.Wire wire, int places) {
        this.scheduler = scheduler;
        this.wire = wire;
        cut = new boolean[places][places];
    }

    void send(int from, int to, String label, Runnable delivery) {
        send(from, to, label, delivery, 1);
    }

    /** A business call, or its answer: troubled less than the protocol, or hardly any work would come to its commit. */
    void call(int from, int to, String label, Runnable delivery) {
        send(from, to, label, delivery, 0.25);
    }

    private void send(int from, int to, String label, Runnable delivery, double troubled) {
        if (!healed) {
            if (scheduler.chance(troubled * wire.loss())) {
                return;
            }
            if (scheduler.chance(troubled * wire.duplicate())) {
                deliver(from, to, delay(), label, delivery);
            }
            if (scheduler.chance(wire.late())) {
                deliver(from, to, scheduler.between(500, 12_000), label, delivery);
            }
        }
        deliver(from, to, delay(), label, delivery);
    }

    private void deliver(int from, int to, long delay, String label, Runnable delivery) {
        scheduler.after(delay, label, () -> {
            if (!cut[from][to]) {
                delivery.run();
            }
        });
    }

    private long delay() {
        return scheduler.between(wire.fastest(), healed ? Math.min(5, wire.slowest()) : wire.slowest());
    }

    void cut(int from, int to, boolean now) {
        cut[from][to] = now;
    }

    boolean isCut(int from, int to) {
        return cut[from][to];
    }

    void heal() {
        healed = true;
        for (boolean[] row : cut) {
            Arrays.fill(row, false);
        }
    }
}
