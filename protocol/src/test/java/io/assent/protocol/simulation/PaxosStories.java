package io.assent.protocol.simulation;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.Member;
import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.message.Message;
import io.assent.protocol.paxoscommit.Acceptor;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.simulation.GoldenTraceTest.Story;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Stories of Paxos Commit, whose leader is node-1 until it is killed. */
final class PaxosStories {

    private static final Swarm.Mix PAXOS = new Swarm.Mix(0, 1, false, 0);
    private static final String DIRECT = "vote sent to acceptors directly";
    private static final String FORGOTTEN = "an acceptor has forgotten";

    private static final int GROUP = 0;
    private static final long RESTART_SOON = 900;

    /** So soon that a new leader seals before it has asked acceptors what they hold. */
    private static final long FORGETS_SOON = 420;

    /** Longer than a vote takes to acceptors, and their answer to the leader. */
    private static final long VOTES_ARRIVE = 20;

    private PaxosStories() {}

    /** Who brings its vote to F+1 acceptors itself; the others tell the leader alone. */
    private static class Voters extends Seams {
        private final Set<String> direct;

        Voters(String... direct) {
            this.direct = Set.of(direct);
        }

        @Override
        int votesDirectly(String participant, int acceptors, Scheduler chance) {
            return direct.contains(participant) ? acceptors / 2 + 1 : 0;
        }
    }

    /** From a moment on the acceptor of node-2 has another storage than the list of acceptors tells. */
    private static final class Wiped extends Voters {
        private boolean wiped;

        Wiped() {
            super("bank-a", "bank-b");
        }

        void wipe() {
            wiped = true;
        }

        @Override
        Acceptor.Step accept(Acceptor acceptor, AcceptorId addressed, AcceptorRequest request) {
            boolean another = wiped && acceptor.self().replica().equals("node-2");
            AcceptorId self = acceptor.self();
            return another
                    ? new Acceptor(new AcceptorId(self.replica(), self.incarnation() + 1_000), GROUP)
                            .on(addressed, request)
                    : super.accept(acceptor, addressed, request);
        }
    }

    static Stream<Story> all() {
        return Stream.of(
                story("direct-votes", world -> {}),
                new Story(
                        "paxos-commit-relayed-vote",
                        Swarm.story(IntentLog.PREPARE, PAXOS),
                        new Voters("bank-a"),
                        world -> {},
                        ""),
                story(
                        "abort-by-no",
                        world -> world.trace().at("about to commit", () -> GoldenTraceTest.restartAtOnce(world, 1))),
                story("silent-acceptor", world -> world.trace().at("about to commit", () -> silence(world, 1))),
                wipedAcceptor(),
                story("leader-lost-before-it-learned", PaxosStories::loseLeaderBeforeItLearns),
                story("leader-lost-before-one-voted", PaxosStories::loseLeaderBeforeOneVotes),
                story(
                        "leader-lost-before-it-registered",
                        world -> world.trace().at("about to commit", () -> GoldenTraceTest.killLeader(world))),
                new Story(
                        "paxos-commit-seal-before-forget",
                        Swarm.story(IntentLog.PREPARE, PAXOS, FORGETS_SOON),
                        new Voters("bank-a", "bank-b"),
                        world -> {
                            loseLeaderBeforeItLearns(world);
                            world.trace().at("sealed, and what was reported is learned", () -> voteAgain(world));
                            world.trace().at(FORGOTTEN, () -> voteAgain(world));
                        },
                        FORGOTTEN));
    }

    private static Story story(String name, Consumer<Simulation> trouble) {
        return new Story(
                "paxos-commit-" + name,
                Swarm.story(IntentLog.PREPARE, PAXOS),
                new Voters("bank-a", "bank-b"),
                trouble,
                "");
    }

    private static Story wipedAcceptor() {
        Wiped seams = new Wiped();
        return new Story(
                "paxos-commit-wiped-acceptor",
                Swarm.story(IntentLog.PREPARE, PAXOS),
                seams,
                world -> loseLeader(world, RESTART_SOON, seams::wipe),
                "");
    }

    private static void silence(Simulation world, int place) {
        CoordinatorNode node = world.nodes().get(place);
        node.crash(0);
        world.scheduler().after(3_000, "restart node", () -> world.restart(node));
    }

    /** Both votes are with a majority of the acceptors, and no acceptor's answer reaches the leader. */
    private static void loseLeaderBeforeItLearns(Simulation world) {
        loseLeader(world, GoldenTraceTest.RESTART, () -> {});
    }

    private static void loseLeader(Simulation world, long restart, Runnable then) {
        world.trace()
                .at(
                        DIRECT,
                        () -> world.trace().at(DIRECT, () -> {
                            cutFromNodes(world, true);
                            world.scheduler().after(VOTES_ARRIVE, "kill", () -> {
                                GoldenTraceTest.killLeader(world, restart);
                                cutFromNodes(world, false);
                                then.run();
                            });
                        }));
    }

    private static void cutFromNodes(Simulation world, boolean cut) {
        world.nodes().forEach(node -> world.network().cut(node.id(), 0, cut));
    }

    /** PREPARE does not reach the other bank; the vote of the first one is with a majority of the acceptors. */
    private static void loseLeaderBeforeOneVotes(Simulation world) {
        int bank = world.processes().get(1).place();
        world.trace().at("about to commit", () -> world.network().cut(0, bank, true));
        world.trace()
                .at(
                        DIRECT,
                        () -> world.scheduler().after(VOTES_ARRIVE, "kill", () -> GoldenTraceTest.killLeader(world)));
    }

    /** A copy of the vote of bank-a comes late, to the acceptor of the leader. */
    private static void voteAgain(Simulation world) {
        List<Member> members =
                world.processes().stream().map(ParticipantProcess::asMember).toList();
        Message.Prepare prepare = new Message.Prepare(
                world.checker().born().get(0),
                members.get(0).participant(),
                1,
                members,
                0,
                null,
                null,
                world.acceptorList().acceptors());
        world.nodes().stream()
                .filter(CoordinatorNode::leads)
                .forEach(node -> DirectVotes.send(
                        world,
                        world.processes().get(0).place(),
                        prepare,
                        prepare.acceptors().get(node.id())));
    }
}
