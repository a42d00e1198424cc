package io.assent.protocol.simulation;

import io.assent.protocol.CommitMember;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.participant.Work;
import io.assent.protocol.simulation.ParticipantProcess.Call;
import io.assent.protocol.simulation.ParticipantProcess.CallAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A service that runs one transaction: begins it, calls participants, perhaps one of them twice, and asks for commit
 * with the branches that it saw. Careless ones go on although an answer was lost.
 */
final class Initiator {

    private static final int TRIES = 400;

    private final Simulation world;
    private final Scheduler scheduler;
    private final Swarm.Habits habits;
    private final int number;
    private final int place;
    private final @Nullable String key;
    private final boolean enlistsFirst;
    private final Protocol protocol;
    private final List<Planned> plan = new ArrayList<>();
    private final Map<String, Seen> seen = new TreeMap<>();
    private @Nullable TransactionId id;
    private boolean broken;
    private boolean over;
    private int tries;

    /** A call that is to be made. */
    private record Planned(ParticipantProcess process, Database.@Nullable Effect effect, boolean prepareNow) {}

    /** What the answers of one participant told. */
    private static final class Seen {
        private final String endpoint;
        private @Nullable String token;
        private int answers;
        private boolean wrote;
        private @Nullable Vote vote;

        Seen(String endpoint) {
            this.endpoint = endpoint;
        }
    }

    Initiator(Simulation world, int number, int place) {
        this.world = world;
        this.scheduler = world.scheduler();
        this.habits = world.swarm().habits();
        this.number = number;
        this.place = place;
        key = scheduler.chance(habits.keyed()) ? "key-" + number : null;
        enlistsFirst = scheduler.chance(habits.enlistFirst());
        boolean threePhase = scheduler.chance(world.swarm().mix().threePhase());
        protocol = threePhase
                ? Protocol.THREE_PHASE
                : scheduler.chance(world.swarm().mix().paxos()) ? Protocol.PAXOS_COMMIT : Protocol.TWO_PHASE;
    }

    String name() {
        return "client-" + number;
    }

    boolean isOver() {
        return over;
    }

    // The plan.

    /** Calls that move money between participants; their changes add up to nothing. */
    void plan() {
        List<Integer> left = new ArrayList<>();
        for (int i = 0; i < world.swarm().participants(); i++) {
            left.add(i);
        }
        int wanted = scheduler.chance(habits.alone()) ? 1 : Math.min(left.size(), 2 + scheduler.below(2));
        long sum = 0;
        for (int i = 0; i < wanted; i++) {
            int participant = left.remove(scheduler.below(left.size()));
            if (scheduler.chance(habits.leaveEarly())) {
                // The first call reads and leaves; the second, to a participant that is out already, writes.
                addCall(participant, null, 1.0);
                addCall(participant, 0L, 0.8);
                continue;
            }
            boolean readOnly = scheduler.chance(habits.readOnly());
            boolean twice = scheduler.chance(habits.secondCall());
            long delta = i == wanted - 1 && !readOnly ? -sum : scheduler.between(-50, 50);
            sum += readOnly ? 0 : delta;
            addCall(participant, readOnly ? null : delta, twice ? habits.prepareNow() / 3 : habits.prepareNow());
            if (twice) {
                addCall(participant, scheduler.chance(habits.readOnly()) ? null : 0L, habits.prepareNow());
            }
        }
    }

    private void addCall(int participant, @Nullable Long delta, double preparing) {
        Database.Effect effect = delta == null
                ? null
                : new Database.Effect(world.nextEffect(), scheduler.below(Database.ACCOUNTS), delta);
        plan.add(new Planned(world.anyProcess(participant), effect, scheduler.chance(preparing)));
    }

    void plan(ParticipantProcess process, Database.@Nullable Effect effect, boolean prepareNow) {
        plan.add(new Planned(process, effect, prepareNow));
    }

    // Begin.

    void start() {
        begin();
    }

    private void begin() {
        if (over || id != null) {
            return;
        }
        if (tries++ > TRIES) {
            over = true;
            return;
        }
        CoordinatorNode node = world.leaderOrAny();
        world.network()
                .send(
                        place,
                        node.id(),
                        "begin",
                        () -> node.begin(
                                key,
                                protocol,
                                begun -> world.network().send(node.id(), place, "begun", () -> begun(begun))));
        scheduler.after(scheduler.between(200, 600), "begin times out", this::begin);
    }

    private void begun(@Nullable TransactionId begun) {
        if (begun != null && key != null) {
            world.checker().begunUnder(key, begun);
        }
        if (begun == null || id != null || over) {
            return;
        }
        id = begun;
        call(0);
    }

    // Calls.

    private void call(int at) {
        TransactionId transaction = id;
        if (over || transaction == null) {
            return;
        }
        if (scheduler.chance(habits.vanish() / 4)) {
            world.trace().moment("initiator vanished");
            over = true;
            return;
        }
        if (at == plan.size()) {
            finish();
            return;
        }
        Planned planned = plan.get(at);
        Seen before = seen.get(planned.process().participant());
        if (enlistsFirst && before == null) {
            enlist(planned, () -> place(at, planned, transaction));
        } else {
            place(at, planned, transaction);
        }
    }

    private void enlist(Planned planned, Runnable next) {
        TransactionId transaction = id;
        if (transaction == null) {
            return;
        }
        ParticipantProcess process = planned.process();
        Member member = process.asMember();
        CoordinatorNode node = world.leaderOrAny();
        boolean[] done = {false};
        Consumer<Answer> answer = result -> {
            if (!done[0]) {
                done[0] = true;
                next.run();
            }
        };
        world.network()
                .send(
                        place,
                        node.id(),
                        "enlist",
                        () -> node.ask(
                                leader -> leader.enlist(transaction, member, back(node, answer)),
                                transaction,
                                back(node, answer)));
        scheduler.after(300, "enlist times out", () -> answer.accept(Answer.AGAIN));
    }

    private Consumer<Answer> back(CoordinatorNode node, Consumer<Answer> answer) {
        return result -> world.network().send(node.id(), place, "answer", () -> answer.accept(result));
    }

    private void place(int at, Planned planned, TransactionId transaction) {
        ParticipantProcess process = planned.process();
        Seen before = seen.get(process.participant());
        double forgetful = before != null && before.vote == Vote.READ_ONLY ? 0.8 : 0.4;
        String token = before == null || scheduler.chance(forgetful) ? null : before.token;
        Call call = new Call(
                transaction,
                token,
                planned.effect(),
                scheduler.chance(0.2) ? 2 : 1,
                planned.prepareNow(),
                world.swarm().timeout());
        boolean[] done = {false};
        boolean restarted = before != null && restart(process);
        double losing = habits.lostAnswer() * (before == null ? 1 : restarted ? 5 : 2);
        boolean lost = !world.isHealed() && scheduler.chance(losing);
        world.trace().line(name(), () -> "calls " + process.name() + " in " + world.name(transaction));
        world.network()
                .call(
                        place,
                        process.place(),
                        "call",
                        () -> process.call(call, answer -> {
                            if (!lost) {
                                world.network().call(process.place(), place, "call answer", () -> {
                                    if (!done[0]) {
                                        done[0] = true;
                                        answered(at, planned, answer);
                                    }
                                });
                            }
                        }));
        scheduler.after(scheduler.between(500, 1_200), "call times out", () -> {
            if (!done[0]) {
                done[0] = true;
                lost(at);
            }
        });
    }

    /** Perhaps the participant restarts before it is called again. */
    private boolean restart(ParticipantProcess process) {
        if (world.isHealed() || !process.isUp() || !scheduler.chance(habits.restartBetween())) {
            return false;
        }
        world.trace().moment("participant restarted between two calls");
        process.crash();
        process.restart();
        return true;
    }

    private void lost(int at) {
        world.trace().moment("answer of a call lost");
        if (scheduler.chance(habits.carelessCommit())) {
            call(at + 1);
        } else {
            broken = true;
            finish();
        }
    }

    private void answered(int at, Planned planned, CallAnswer answer) {
        ParticipantProcess process = planned.process();
        Work work = answer.work();
        if (!answer.good() || work == null) {
            world.trace()
                    .moment("call refused or failed: " + (answer.refusal() == null ? answer.vote() : answer.refusal()));
            broken = true;
            finish();
            return;
        }
        Seen known = seen.computeIfAbsent(process.participant(), any -> new Seen(process.endpoint()));
        boolean otherToken = known.answers > 0 && known.token != null && !known.token.equals(work.token());
        if (otherToken || !known.endpoint.equals(process.endpoint())) {
            world.trace().moment("initiator saw two tokens or endpoints");
            broken = true;
            finish();
            return;
        }
        known.token = work.token();
        known.answers++;
        known.wrote |= planned.effect() != null;
        known.vote = answer.vote() != null && work.calls() == known.answers ? answer.vote() : null;
        Database.Effect effect = planned.effect();
        TransactionId transaction = id;
        if (effect != null && transaction != null) {
            world.checker().callAnswered(process.participant(), transaction, effect.id());
            world.answered(transaction, effect);
        }
        call(at + 1);
    }

    // The end.

    private void finish() {
        TransactionId transaction = id;
        if (over || transaction == null) {
            return;
        }
        tries = 0;
        if (broken || scheduler.chance(habits.abort())) {
            abort(transaction);
        } else {
            commit(transaction, members());
        }
    }

    private @Nullable List<CommitMember> members() {
        if (enlistsFirst && scheduler.chance(habits.carelessCommit() / 4)) {
            return null;
        }
        List<CommitMember> members = new ArrayList<>();
        seen.forEach((participant, known) -> members.add(new CommitMember(
                participant,
                known.endpoint,
                null,
                ParticipantProcess.PROTOCOLS,
                known.wrote && known.vote == null,
                known.token,
                known.answers,
                known.vote)));
        return members;
    }

    private void commit(TransactionId transaction, @Nullable List<CommitMember> members) {
        if (over) {
            return;
        }
        if (tries > 0 && tries < 4 && scheduler.chance(habits.impatient() / 2)) {
            world.trace().moment("abort asked after commit");
            abort(transaction);
            return;
        }
        if (tries++ > TRIES || scheduler.chance(habits.vanish() / 8)) {
            over = true;
            return;
        }
        if (tries == 1) {
            world.trace().moment("about to commit");
        }
        CoordinatorNode node = world.leaderOrAny();
        Consumer<Answer> answer = back(node, this::ended);
        world.trace().line(name(), () -> "asks " + node.name() + " to commit " + world.name(transaction));
        world.network()
                .send(
                        place,
                        node.id(),
                        "commit",
                        () -> node.ask(leader -> leader.commit(transaction, members, answer), transaction, answer));
        scheduler.after(scheduler.between(300, 900), "commit again", () -> commit(transaction, members));
    }

    private void abort(TransactionId transaction) {
        if (over) {
            return;
        }
        if (tries++ > 3) {
            over = true;
            return;
        }
        CoordinatorNode node = world.leaderOrAny();
        Consumer<Answer> answer = back(node, this::ended);
        world.network()
                .send(
                        place,
                        node.id(),
                        "abort",
                        () -> node.ask(leader -> leader.abort(transaction, answer), transaction, answer));
        scheduler.after(scheduler.between(300, 900), "abort again", () -> abort(transaction));
    }

    private void ended(Answer answer) {
        TransactionId transaction = id;
        if (over || transaction == null || answer == Answer.AGAIN || answer == Answer.DONE) {
            return;
        }
        over = true;
        world.trace().line(name(), () -> "is told that " + world.name(transaction) + " is " + answer);
        world.trace().moment("initiator told " + answer);
        if (answer == Answer.COMMITTED) {
            world.checker().acknowledged(transaction);
        }
    }
}
