package io.assent.protocol.simulation;

import java.util.List;

/** Kills, cuts, elects and compacts, as often as the swarm says, until the system is healed. */
final class Nemesis {

    private static final long PACE = 100;

    private final Simulation world;
    private final Scheduler scheduler;
    private final Swarm.Trouble trouble;
    private boolean healed;
    private boolean wiped;

    Nemesis(Simulation world) {
        this.world = world;
        this.scheduler = world.scheduler();
        this.trouble = world.swarm().trouble();
    }

    void start() {
        scheduler.after(PACE, "nemesis", this::strike);
    }

    private void strike() {
        if (healed) {
            return;
        }
        scheduler.after(PACE, "nemesis", this::strike);
        if (scheduler.chance(trouble.nodeCrash() * 0.04)) {
            killNode();
        }
        if (scheduler.chance(world.swarm().mix().outage() * 0.01)) {
            killAllNodes();
        }
        if (scheduler.chance(trouble.participantCrash() * 0.05)) {
            killParticipant();
        }
        if (scheduler.chance(trouble.partition() * 0.06)) {
            cut();
        }
        if (scheduler.chance(trouble.election() * 0.08)) {
            world.raft().campaign(candidate());
        }
        if (scheduler.chance(trouble.compaction() * 0.15)) {
            Replica replica = any(world.raft().replicas());
            if (replica.up) {
                replica.compact();
                world.trace().moment("log compacted");
            }
        }
        if (scheduler.chance(world.swarm().faults().jumps() * 0.08)) {
            jump(any(world.nodes()));
        }
        if (scheduler.chance(world.swarm().faults().wipe() * 0.01)) {
            wipe(any(world.nodes()));
        }
    }

    /** Somebody sets the wall clock of a node, and sets it wrong. */
    private void jump(CoordinatorNode node) {
        long farthest = world.swarm().faults().farthest();
        boolean forwards = node.clock().set(scheduler.between(-farthest, farthest));
        world.trace().moment(forwards ? "a wall clock jumped forwards" : "a wall clock jumped backwards");
    }

    /** The directory of an acceptor gets lost: once in a run, for of three no second one may. */
    void wipe(CoordinatorNode node) {
        boolean listed = world.nodes().stream()
                .anyMatch(other -> !other.state().acceptors().all().isEmpty());
        if (healed || wiped || !listed) {
            return;
        }
        wiped = true;
        kill(node);
        world.acceptor(node.id()).wipe();
        world.trace().line(node.name(), () -> "has lost what its acceptor knew");
        world.trace().moment("an acceptor's directory was wiped");
    }

    /** Wipes an acceptor that may have accepted what only this leader knows yet, and that leader perhaps dies as well. */
    void wipeBeside(CoordinatorNode leader) {
        wipe(world.nodes()
                .get((leader.id() + 1 + scheduler.below(world.nodes().size() - 1))
                        % world.nodes().size()));
        if (scheduler.chance(0.6)) {
            scheduler.after(scheduler.between(0, 4), "kill leader", () -> kill(leader));
        }
    }

    /** Any node, or one on which a deposed leader has not noticed yet. */
    private Replica candidate() {
        for (CoordinatorNode node : world.nodes()) {
            if (node.isHaunted() && scheduler.chance(0.6)) {
                return node.replica();
            }
        }
        return any(world.raft().replicas());
    }

    private <T> T any(List<T> list) {
        return list.get(scheduler.below(list.size()));
    }

    private void killNode() {
        kill(scheduler.chance(0.5) ? world.leaderOrAny() : any(world.nodes()));
    }

    void kill(CoordinatorNode node) {
        if (!healed && node.replica().up) {
            node.crash(scheduler.below(3));
            world.trace().moment("coordinator killed");
            scheduler.after(scheduler.between(50, 3_000), "restart node", () -> world.restart(node));
        }
    }

    void killAllNodes() {
        world.trace().moment("all coordinators killed");
        long length = scheduler.between(1_000, 8_000);
        for (CoordinatorNode node : world.nodes()) {
            if (node.replica().up) {
                node.crash(scheduler.below(3));
                scheduler.after(length + scheduler.between(0, 500), "restart node", () -> world.restart(node));
            }
        }
    }

    /** Cuts one participant off from all coordinators, and what they tell some others for a shorter while. */
    void strand(int participant) {
        if (healed) {
            return;
        }
        world.trace().moment("voter stranded");
        long length = scheduler.between(1_500, 4_000);
        for (CoordinatorNode node : world.nodes()) {
            cut(participant, node.id(), length);
            cut(node.id(), participant, length);
        }
        for (int other = world.nodes().size(); other < world.places() - 2; other++) {
            if (other != participant && scheduler.chance(0.5)) {
                long shorter = scheduler.between(800, 2_000);
                for (CoordinatorNode node : world.nodes()) {
                    cut(node.id(), other, shorter);
                }
            }
        }
    }

    private void killParticipant() {
        ParticipantProcess process = any(world.processes());
        if (process.isUp()) {
            process.crash();
            world.trace().moment("participant killed");
            scheduler.after(scheduler.between(20, 1_000), "restart participant", () -> world.restart(process));
        }
    }

    /** One direction of a link, both, or everything of a node. */
    private void cut() {
        int from = scheduler.below(world.places());
        int to = scheduler.below(world.places());
        int kind = scheduler.below(4);
        long length = scheduler.between(100, 4_000);
        world.trace().moment("network cut");
        if (kind == 0) {
            cut(from, to, length);
        } else if (kind == 1) {
            cut(from, to, length);
            cut(to, from, length);
        } else if (kind == 2) {
            int node = world.leaderOrAny().id();
            boolean answersOnly = scheduler.chance(0.5);
            for (int other = world.nodes().size(); other < world.places() - 2; other++) {
                cut(other, node, length);
                if (!answersOnly) {
                    cut(node, other, length);
                }
            }
        } else {
            int node = world.leaderOrAny().id();
            for (int other = 0; other < world.places(); other++) {
                if (other != node && (other < world.nodes().size() || scheduler.chance(0.3))) {
                    cut(node, other, length);
                    cut(other, node, length);
                }
            }
        }
    }

    private void cut(int from, int to, long length) {
        world.network().cut(from, to, true);
        scheduler.after(length, "mend", () -> world.network().cut(from, to, false));
    }

    void heal() {
        healed = true;
    }
}
