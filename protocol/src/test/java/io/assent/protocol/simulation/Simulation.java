package io.assent.protocol.simulation;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run: a group of coordinators, participants with their databases, initiators, and a nemesis. First anything may
 * fail and only safety is asked for; then everything is healed and must come to its end.
 */
final class Simulation {

    private static final long LONGEST_HEALING = 90_000;
    private static final long FIRST_CALLS = 400;

    private final Scheduler scheduler;
    private final Swarm swarm;
    private final Seams seams;
    private final Trace trace;
    private final Checker checker = new Checker();
    private final Network network;
    private final RaftGroup raft;
    private final Nemesis nemesis;
    private final List<Clock> clocks = new ArrayList<>();
    private final List<CoordinatorNode> nodes = new ArrayList<>();
    private final List<AcceptorProcess> acceptors = new ArrayList<>();
    private final AcceptorList acceptorList;
    private final List<List<ParticipantProcess>> participants = new ArrayList<>();
    private final List<Database> databases = new ArrayList<>();
    private final List<Initiator> initiators = new ArrayList<>();
    private final Map<Integer, TransactionId> effectOf = new LinkedHashMap<>();
    private final Map<Integer, Long> deltaOf = new LinkedHashMap<>();
    private int effects;
    private boolean healed;

    /** What a run came to. */
    record Result(long events, long fingerprint, long virtualMillis, Map<String, Integer> moments) {}

    Simulation(Scheduler scheduler, Swarm swarm, Seams seams, boolean traced) {
        this.scheduler = scheduler;
        this.swarm = swarm;
        this.seams = seams;
        trace = new Trace(scheduler, traced);
        int processes = swarm.participants() * swarm.instances();
        network = new Network(scheduler, swarm.wire(), swarm.nodes() + processes + 2);
        raft = new RaftGroup(scheduler, network, swarm.nodes(), new Wiring());
        nemesis = new Nemesis(this);
        for (Replica replica : raft.replicas()) {
            Clock clock = addClock(scheduler.between(0, 400));
            nodes.add(new CoordinatorNode(replica, this, clock));
            acceptors.add(new AcceptorProcess(this, replica.id));
        }
        acceptorList = new AcceptorList(acceptors.stream()
                .map(acceptor -> new AcceptorList.Entry(acceptor.id(), ""))
                .toList());
        int place = swarm.nodes();
        for (int p = 0; p < swarm.participants(); p++) {
            String name = "bank-" + (char) ('a' + p);
            Database database = new Database(name, checker, seams, scheduler);
            databases.add(database);
            Resource resource = new Resource(
                    this,
                    database,
                    swarm.trouble().serverDatabase(),
                    swarm.trouble().boundConnections());
            List<ParticipantProcess> instances = new ArrayList<>();
            for (int i = 0; i < swarm.instances(); i++) {
                addClock(0);
                instances.add(new ParticipantProcess(this, name, i, place++, resource));
            }
            participants.add(instances);
        }
    }

    private Clock addClock(long offset) {
        Clock clock = new Clock(scheduler, offset);
        if (swarm.faults().drifting()) {
            clock.drift(scheduler.between(50, 200) / 100.0);
        }
        clocks.add(clock);
        return clock;
    }

    private final class Wiring implements RaftGroup.Host {
        @Override
        public void gained(Replica replica, long term) {
            nodes.get(replica.id).gained(term);
        }

        @Override
        public void lost(Replica replica) {
            nodes.get(replica.id).lost();
        }

        @Override
        public void suffixLost(Replica replica) {
            trace.moment("suffix of a deposed leader lost");
        }

        @Override
        public void installed(Replica replica) {
            trace.moment("snapshot installed");
        }

        @Override
        public void apply(Replica replica, int index, Replica.Entry entry) {
            nodes.get(replica.id).apply(index, entry);
        }
    }

    // A run.

    Result run(int budget) {
        start();
        for (int i = 0; i < swarm.transactions(); i++) {
            Initiator initiator = addInitiator();
            initiator.plan();
            scheduler.after(FIRST_CALLS + scheduler.between(0, swarm.transactions() * 120L), "start", initiator::start);
        }
        nemesis.start();
        readOften();
        while (scheduler.executed() < budget && scheduler.step()) {
            if (scheduler.executed() % 64 == 0 && initiators.stream().allMatch(Initiator::isOver)) {
                break;
            }
        }
        heal();
        converge();
        return new Result(scheduler.executed(), scheduler.fingerprint(), scheduler.now(), trace.moments());
    }

    void start() {
        raft.start();
        scheduler.after(
                scheduler.between(5, 30),
                "first election",
                () -> raft.campaign(raft.replicas().get(0)));
        for (ParticipantProcess process : processes()) {
            scheduler.after(scheduler.between(1_000, 3_000), "recover", () -> process.recover(0));
        }
    }

    Initiator addInitiator() {
        Initiator initiator = new Initiator(this, initiators.size() + 1, places() - 1 - initiators.size() % 2);
        initiators.add(initiator);
        return initiator;
    }

    /** Somebody always asks some node what came of some transaction. */
    private void readOften() {
        scheduler.after(scheduler.between(20, 150), "read", this::readOften);
        read(anyNode());
    }

    private void read(CoordinatorNode node) {
        List<TransactionId> known = checker.born();
        if (!known.isEmpty()) {
            int youngest = known.size() - 1;
            int back = scheduler.below(scheduler.chance(0.7) ? Math.min(6, known.size()) : known.size());
            node.read(known.get(youngest - back));
        }
    }

    /** Somebody asks a node that has just been deposed. */
    void askSoon(CoordinatorNode node) {
        for (int i = 0; i < 6 && !healed; i++) {
            scheduler.after(scheduler.between(0, 60), "read", () -> read(node));
        }
    }

    void heal() {
        healed = true;
        trace.moment("healed");
        nemesis.heal();
        network.heal();
        clocks.forEach(Clock::heal);
        nodes.forEach(this::restart);
        processes().forEach(this::restart);
    }

    /** Goes on until nothing is left to do. */
    void finish() {
        converge();
        for (Database database : databases) {
            trace.line(database.participant(), () -> "has " + database.total());
        }
    }

    private void converge() {
        long end = scheduler.now() + LONGEST_HEALING;
        long next = scheduler.now() + 1_000;
        while (scheduler.now() < end) {
            if (!scheduler.step()) {
                break;
            }
            if (scheduler.now() >= next) {
                next += 500;
                if (unsettled() == null) {
                    finalChecks();
                    return;
                }
            }
        }
        throw new Violation("I5", "not settled " + LONGEST_HEALING + " ms after healing: " + unsettled());
    }

    /** What keeps the system from rest, or null. */
    private @Nullable String unsettled() {
        for (Initiator initiator : initiators) {
            if (!initiator.isOver()) {
                return initiator.name() + " has no answer";
            }
        }
        List<CoordinatorNode> present = present();
        Replica first = present.get(0).replica();
        for (CoordinatorNode node : present) {
            Replica replica = node.replica();
            boolean even = replica.appliedIndex == replica.commitIndex && replica.appliedIndex == first.appliedIndex;
            if (!even || !node.state().open().isEmpty() || !node.isIdle()) {
                return node.name() + " has open transactions: " + node.state().open() + node.busyWith();
            }
        }
        for (Database database : databases) {
            if (!database.isQuiet()) {
                return database.toString();
            }
        }
        for (ParticipantProcess process : processes()) {
            if (!process.isQuiet()) {
                return process.name() + " is busy";
            }
        }
        return checker.unfinished();
    }

    /** I10 and I15: replicas are equal, and no money came or went but by answered calls of committed branches. */
    private void finalChecks() {
        byte[] expected = Replica.write(present().get(0).state());
        for (CoordinatorNode node : present()) {
            if (!Arrays.equals(expected, Replica.write(node.state()))) {
                throw new Violation("I10", "replicas differ at the end");
            }
        }
        long total = databases.stream().mapToLong(Database::total).sum();
        long due = 0;
        for (Map.Entry<Integer, TransactionId> entry : effectOf.entrySet()) {
            TransactionTruth truth = checker.truth(entry.getValue());
            boolean committed = truth.branches().values().stream()
                    .anyMatch(b -> b.committed && b.answered.contains(entry.getKey()));
            due += committed ? deltaOf.getOrDefault(entry.getKey(), 0L) : 0;
        }
        if (total != due) {
            throw new Violation("I15", "there is " + total + ", there should be " + due);
        }
    }

    /** All but one whose acceptor lost its directory: it must not come back as the one it was (Q1). */
    private List<CoordinatorNode> present() {
        return nodes.stream().filter(node -> !isRefused(node)).toList();
    }

    private boolean isRefused(CoordinatorNode node) {
        return acceptors.get(node.id()).isWiped() && !seams.comesBackWiped();
    }

    void restart(CoordinatorNode node) {
        if (isRefused(node)) {
            trace.moment("a node whose acceptor was wiped is refused");
        } else if (!node.replica().up) {
            trace.line(node.name(), () -> "starts again");
            raft.restart(node.replica());
            acceptors.get(node.id()).restart();
        }
    }

    AcceptorProcess acceptor(int place) {
        return acceptors.get(place);
    }

    AcceptorList acceptorList() {
        return acceptorList;
    }

    int placeOf(AcceptorId acceptor) {
        return acceptorList.indexOf(acceptor);
    }

    void restart(ParticipantProcess process) {
        if (!process.isUp()) {
            process.restart();
        }
    }

    // What everybody uses.

    Scheduler scheduler() {
        return scheduler;
    }

    Swarm swarm() {
        return swarm;
    }

    Seams seams() {
        return seams;
    }

    Trace trace() {
        return trace;
    }

    Checker checker() {
        return checker;
    }

    Network network() {
        return network;
    }

    RaftGroup raft() {
        return raft;
    }

    boolean isHealed() {
        return healed;
    }

    double unknownAppend() {
        return healed ? 0 : swarm.trouble().unknownAppend();
    }

    double databaseError() {
        return healed ? 0 : swarm.trouble().databaseError();
    }

    /** Somebody has just pre-committed: the moment at which losing all coordinators tells the most. */
    void coordinatorsMayFail() {
        if (!healed && scheduler.chance(swarm.mix().outage() * 0.05)) {
            nemesis.killAllNodes();
        }
    }

    /** Somebody has just voted: perhaps no coordinator can be reached from there any more, and others are not asked yet. */
    void voterMayBeStranded(int place) {
        if (!healed && scheduler.chance(swarm.mix().outage() * 0.04)) {
            scheduler.after(30, "strand", () -> nemesis.strand(place));
        }
    }

    /** A leader has just found out what acceptors chose, and nobody else knows: the moment at which losing it tells most. */
    void leaderMayDie(CoordinatorNode node) {
        if (!healed && scheduler.chance(swarm.trouble().nodeCrash() * 0.2)) {
            scheduler.after(scheduler.between(0, 4), "kill leader", () -> nemesis.kill(node));
        }
        if (!healed && scheduler.chance(swarm.faults().wipe() * 0.1)) {
            nemesis.wipeBeside(node);
        }
    }

    /** A node is just writing what it has not flushed: where writes tear, it may die now. */
    void writerMayDie(int node) {
        if (!healed && swarm.faults().torn() && scheduler.chance(0.004)) {
            scheduler.after(scheduler.between(0, 2), "kill writer", () -> nemesis.kill(nodes.get(node)));
        }
    }

    double crashAtPrepared() {
        return healed ? 0 : swarm.trouble().participantCrash() * 0.06;
    }

    long lingering() {
        return healed
                ? Math.min(100, swarm.trouble().lingering())
                : swarm.trouble().lingering();
    }

    Clock clock(int place) {
        return clocks.get(place);
    }

    int places() {
        return swarm.nodes() + swarm.participants() * swarm.instances() + 2;
    }

    List<CoordinatorNode> nodes() {
        return nodes;
    }

    List<ParticipantProcess> processes() {
        return participants.stream().flatMap(List::stream).toList();
    }

    CoordinatorNode anyNode() {
        return nodes.get(scheduler.below(nodes.size()));
    }

    /** Whether a node can talk to less than a majority. */
    boolean isInMinority(CoordinatorNode node) {
        int reached = 0;
        for (CoordinatorNode other : nodes) {
            boolean talks = !network.isCut(node.id(), other.id()) && !network.isCut(other.id(), node.id());
            reached += other == node || (talks && other.replica().up) ? 1 : 0;
        }
        return reached <= nodes.size() / 2;
    }

    /** Often the leader, sometimes a node that is not. */
    CoordinatorNode leaderOrAny() {
        if (scheduler.chance(0.8)) {
            for (CoordinatorNode node : nodes) {
                if (node.isReady()) {
                    return node;
                }
            }
        }
        return anyNode();
    }

    ParticipantProcess anyProcess(int participant) {
        List<ParticipantProcess> instances = participants.get(participant);
        return instances.get(scheduler.chance(0.85) ? 0 : scheduler.below(instances.size()));
    }

    /** The process to which a message goes: the member's own, or, by chance or after failures, another of its database. */
    ParticipantProcess processAt(Member member, Message message, int attempt) {
        List<ParticipantProcess> instances =
                participants.get(member.participant().charAt(5) - 'a');
        ParticipantProcess own = instances.stream()
                .filter(process -> process.endpoint().equals(member.endpoint()))
                .findFirst()
                .orElseThrow();
        boolean secondPhase = !(message instanceof Message.Prepare) && !(message instanceof Message.CommitOnePhase);
        // What another instance prepared on an engine that binds it to its connection, only that instance can end.
        boolean onePhase = message instanceof Message.CommitOnePhase;
        double elsewhere = secondPhase ? attempt > 2 ? 0.5 : 0.1 : onePhase && attempt > 5 ? 0.3 : 0.03;
        if (instances.size() > 1 && scheduler.chance(elsewhere)) {
            return instances.get(scheduler.below(instances.size()));
        }
        return own;
    }

    /**
     * What an operator does, after everything was healed, with a branch whose outcome was forgotten: it was in nobody's
     * way of finishing, so its transaction did not commit it.
     */
    boolean operatorRollsBack(TransactionId id, String participant) {
        if (!healed) {
            return false;
        }
        if (checker.truth(id).commits(participant)) {
            throw new Violation("I13", participant + " is to commit " + id + ", which was forgotten");
        }
        trace.moment("operator settled an expired branch");
        return true;
    }

    int nextEffect() {
        return ++effects;
    }

    void answered(TransactionId id, Database.Effect effect) {
        effectOf.put(effect.id(), id);
        deltaOf.put(effect.id(), effect.delta());
    }

    // Words for traces.

    String name(TransactionId id) {
        return trace.name(id);
    }

    String describe(Message message) {
        return Words.of(this, message);
    }

    String describe(Reply reply) {
        return Words.of(this, reply);
    }

    String describe(LogRecord record) {
        return Words.of(this, record);
    }
}
