package io.assent.protocol.simulation;

import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.participant.BranchAction;
import io.assent.protocol.participant.BranchCondition;
import io.assent.protocol.participant.BranchEvent;
import io.assent.protocol.participant.BranchEvent.LookupOutcome;
import io.assent.protocol.participant.Errand;
import io.assent.protocol.participant.Notice;
import io.assent.protocol.participant.ParticipantBranch;
import io.assent.protocol.participant.Refusal;
import io.assent.protocol.participant.Step;
import io.assent.protocol.participant.Work;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One process of a participant: branches in memory, and the execution of what their role asks for. */
final class ParticipantProcess {

    static final List<Protocol> PROTOCOLS = List.of(Protocol.values());

    private static final int MAX_WAITING = 12;

    private final Simulation world;
    private final Scheduler scheduler;
    private final String participant;
    private final int instance;
    private final int place;
    private final Resource resource;
    private final Doubts doubts;
    private final Map<TransactionId, Slot> slots = new TreeMap<>();
    private boolean up = true;
    private int life;
    private Horizon knownHorizon = Horizon.NONE;

    /** A business call, or its repetition. */
    record Call(
            TransactionId transaction,
            @Nullable String token,
            Database.@Nullable Effect effect,
            int units,
            boolean prepareNow,
            long timeout) {}

    /** The answer of a business call; without work when the call was refused. */
    record CallAnswer(
            boolean good,
            @Nullable Refusal refusal,
            @Nullable Work work,
            @Nullable Vote vote) {}

    private record Asked(Message message, Consumer<Reply> sender) {}

    /** A call that runs. */
    private static final class Running {
        private final Call call;
        private final Consumer<CallAnswer> answer;
        private int unitsLeft;
        private boolean begun;
        private boolean cancelled;
        private boolean failed;

        Running(Call call, Consumer<CallAnswer> answer) {
            this.call = call;
            this.answer = answer;
            unitsLeft = call.units();
        }
    }

    /** A branch in memory. */
    static final class Slot {
        ParticipantBranch branch;
        private Database.@Nullable Session session;
        private @Nullable Running running;
        private boolean unitRuns;
        boolean lookingUp;
        boolean patient;
        long questions;
        boolean answered;
        private boolean answersPreCommit;
        int lookUps;
        private @Nullable Work lastWork;
        private final Deque<Runnable> waiting = new ArrayDeque<>();
        private final List<Asked> asked = new ArrayList<>();

        Slot(ParticipantBranch branch) {
            this.branch = branch;
        }

        boolean isBusy() {
            return branch.errand() != null || running != null;
        }
    }

    ParticipantProcess(Simulation world, String participant, int instance, int place, Resource resource) {
        this.world = world;
        this.scheduler = world.scheduler();
        this.participant = participant;
        this.instance = instance;
        this.place = place;
        this.resource = resource;
        doubts = new Doubts(this, world);
    }

    String name() {
        return instance == 0 ? participant : participant + "'";
    }

    String participant() {
        return participant;
    }

    String endpoint() {
        return "http://" + participant + "/" + instance;
    }

    Member asMember() {
        Member member = Member.of(participant, endpoint());
        return new Member(member.participant(), member.endpoint(), null, PROTOCOLS, false, null, null, null);
    }

    int place() {
        return place;
    }

    Database database() {
        return resource.database();
    }

    /** The number of the life in which the process is: it changes when the process dies. */
    int life() {
        return life;
    }

    /** Whether this is still the branch that the process has in hand. */
    boolean has(Slot slot, int since) {
        return since == life && up && slots.get(slot.branch.transaction()) == slot;
    }

    boolean isUp() {
        return up;
    }

    // Life.

    void crash() {
        world.trace().line(name(), () -> "is killed");
        up = false;
        life++;
        resource.processDied();
        for (Slot slot : slots.values()) {
            Database.Session session = slot.session;
            if (session != null) {
                resource.connectionLost(session);
            }
            if (slot.branch.condition() instanceof BranchCondition.Working) {
                world.trace().moment("participant lost live work");
            }
        }
        slots.clear();
    }

    private void crashAndRestart() {
        if (up) {
            crash();
            scheduler.after(scheduler.between(20, 1_000), "restart participant", () -> world.restart(this));
        }
    }

    void restart() {
        world.trace().line(name(), () -> "starts again");
        up = true;
        knownHorizon = resource.database().horizon();
        scheduler.after(scheduler.between(1, 200), "recover", () -> recover(life));
    }

    /** At start and now and then: what the database lists as prepared and memory does not know is looked up. */
    void recover(int since) {
        if (!up || since != life) {
            return;
        }
        if (!world.seams().keepsRows()) {
            resource.database().forgetAll();
        }
        for (TransactionId id : resource.database().inDoubt()) {
            Slot slot = slot(id);
            if (!slot.isBusy()) {
                feed(slot, new BranchEvent.FoundPrepared(null, null));
                settle(slot);
            }
        }
        scheduler.after(scheduler.between(2_000, 6_000), "recover", () -> recover(since));
    }

    private Slot slot(TransactionId id) {
        return slots.computeIfAbsent(id, any -> {
            // Another instance may have been told a higher one, which the database keeps.
            return new Slot(ParticipantBranch.unknown(id, participant, knownHorizon.covers(id)));
        });
    }

    // Messages.

    void receive(Message message, @Nullable Horizon horizon, Consumer<Reply> sender) {
        if (!up) {
            return;
        }
        learn(horizon);
        Slot slot = slot(message.transaction());
        arrive(
                slot,
                () -> {
                    slot.asked.removeIf(other -> other.message().getClass() == message.getClass());
                    slot.asked.add(new Asked(message, sender));
                    if (message instanceof Message.Prepare
                            && slot.branch.condition() instanceof BranchCondition.Aborted) {
                        world.trace().moment("late PREPARE met a tombstone");
                    }
                    feed(slot, new BranchEvent.MessageReceived(message));
                },
                slot.unitRuns);
    }

    void learn(@Nullable Horizon horizon) {
        if (horizon == null || horizon.compareTo(knownHorizon) <= 0) {
            return;
        }
        knownHorizon = horizon;
        resource.database().forget(horizon);
        for (Slot slot : new ArrayList<>(slots.values())) {
            if (horizon.covers(slot.branch.transaction())) {
                feed(slot, new BranchEvent.HorizonPassed());
                settle(slot);
            }
        }
    }

    /** One after the other, but for what may meet a running unit. */
    private void arrive(Slot slot, Runnable event, boolean meetsUnit) {
        if (!slot.isBusy() || meetsUnit) {
            event.run();
            settle(slot);
        } else if (slot.waiting.size() < MAX_WAITING) {
            slot.waiting.add(event);
        }
    }

    void settle(Slot slot) {
        while (!slot.isBusy() && !slot.waiting.isEmpty()) {
            slot.waiting.remove().run();
        }
        if (!slot.branch.holdsConnection() && slot.session != null && slot.running == null) {
            resource.database().close(slot.session);
            slot.session = null;
        } else if (slot.branch.isInDoubt()
                && slot.session != null
                && !world.seams().pins()) {
            resource.database().rollBackPrepared(slot.branch.transaction(), slot.session, true);
            slot.session = null;
        }
        if (!slot.isBusy() && slot.branch.mayBeDropped() && scheduler.chance(0.3)) {
            slots.remove(slot.branch.transaction(), slot);
        }
        doubts.begin(slot);
    }

    // Work.

    void call(Call call, Consumer<CallAnswer> answer) {
        if (!up) {
            return;
        }
        Slot slot = slot(call.transaction());
        arrive(slot, () -> begin(slot, new Running(call, answer)), false);
    }

    private void begin(Slot slot, Running running) {
        slot.running = running;
        feed(
                slot,
                new BranchEvent.WorkRequested(
                        running.begun ? tokenOf(slot) : running.call.token(),
                        !running.begun,
                        running.call.effect() != null));
    }

    private static @Nullable String tokenOf(Slot slot) {
        Work work = slot.branch.work();
        return work == null ? null : work.token();
    }

    private void granted(Slot slot) {
        Running running = slot.running;
        if (running == null) {
            throw new IllegalStateException("Work granted that nobody asked for");
        }
        if (!running.begun) {
            running.begun = true;
            int since = life;
            scheduler.after(
                    world.clock(place).lasts(running.call.timeout()), "branch deadline", () -> deadline(slot, since));
        }
        slot.unitRuns = true;
        int since = life;
        scheduler.after(scheduler.between(1, 30), "unit", () -> {
            if (since == life) {
                unitEnds(slot, running);
            }
        });
    }

    private void unitEnds(Slot slot, Running running) {
        slot.unitRuns = false;
        running.unitsLeft--;
        Database.Session session = slot.session;
        Database.Effect effect = running.call.effect();
        boolean last = running.unitsLeft == 0;
        boolean good = !running.cancelled
                && session != null
                && (effect == null
                        || !last
                        || resource.database().work(session, effect)
                        || !world.seams().noticesErrors());
        running.failed = !good;
        feed(slot, new BranchEvent.UnitEnded(good));
        goOn(slot);
    }

    /** After a unit, and whatever followed from it, has ended: the next unit, the vote, or the answer. */
    private void goOn(Slot slot) {
        Running running = slot.running;
        if (running == null || slot.unitRuns || slot.branch.errand() != null || !running.begun) {
            settle(slot);
            return;
        }
        boolean alive = slot.branch.condition() instanceof BranchCondition.Working;
        if (running.failed || !alive) {
            answer(slot, new CallAnswer(false, null, null, Vote.NO));
        } else if (running.unitsLeft > 0) {
            begin(slot, running);
        } else if (running.call.prepareNow()) {
            slot.lastWork = slot.branch.work();
            feed(slot, new BranchEvent.VoteRequested());
        } else {
            answer(slot, new CallAnswer(true, null, slot.branch.work(), null));
        }
    }

    private void answer(Slot slot, CallAnswer answer) {
        Running running = slot.running;
        slot.running = null;
        if (running != null) {
            running.answer.accept(answer);
        }
        settle(slot);
    }

    private void deadline(Slot slot, int since) {
        if (since == life && slots.get(slot.branch.transaction()) == slot) {
            if (world.clock(place).drifts()) {
                world.trace().moment("a branch's deadline passes by a clock that drifts");
            }
            feed(slot, new BranchEvent.DeadlinePassed());
            settle(slot);
            if (slot.branch.holdsConnection() && !slot.branch.isInDoubt()) {
                scheduler.after(2_000, "branch deadline", () -> deadline(slot, since));
            }
        }
    }

    // The role.

    void feed(Slot slot, BranchEvent event) {
        Errand errand = slot.branch.errand();
        Step step = world.seams().participate(slot.branch, event);
        slot.answersPreCommit = event instanceof BranchEvent.MessageReceived received
                ? received.message() instanceof Message.PreCommit
                : errand != null
                        && errand.cause() instanceof Errand.Asked asked
                        && asked.message() instanceof Message.PreCommit;
        slot.branch = step.next();
        for (BranchAction action : step.actions()) {
            perform(slot, action);
        }
    }

    private void perform(Slot slot, BranchAction action) {
        switch (action) {
            case BranchAction.Reporting a -> execute(slot, a);
            case BranchAction.GrantWork a -> granted(slot);
            case BranchAction.RefuseWork a -> refused(slot, a.reason());
            case BranchAction.CancelUnit a -> {
                if (slot.running != null) {
                    slot.running.cancelled = true;
                }
                world.trace().moment("unit cancelled by a message");
            }
            case BranchAction.ReportVote a -> voted(slot, a.vote());
            case BranchAction.Reply a -> reply(slot, a.reply());
            case BranchAction.Note a -> note(slot, a.notice());
            case BranchAction.AskPeers a -> doubts.askPeers(slot, a);
        }
    }

    private void refused(Slot slot, Refusal reason) {
        Running running = slot.running;
        if (running != null) {
            boolean touched = running.begun;
            answer(slot, new CallAnswer(false, reason, null, touched ? Vote.NO : null));
        }
    }

    private void voted(Slot slot, Vote vote) {
        world.trace().line(name(), () -> "votes " + vote + " for " + world.name(slot.branch.transaction()) + " early");
        Running running = slot.running;
        Work work = vote == Vote.NO ? null : slot.lastWork;
        if (running != null) {
            answer(slot, new CallAnswer(vote != Vote.NO, null, work, vote));
        }
    }

    private void reply(Slot slot, Reply reply) {
        boolean saysAborted = reply instanceof Reply.StateReported told && told.state() == BranchState.ABORTED;
        if (saysAborted || slot.branch.condition() instanceof BranchCondition.Aborted) {
            world.checker().saidAborted(participant, reply.transaction());
        }
        if (reply instanceof Reply.Acknowledged && !slot.answersPreCommit) {
            world.checker().acknowledgedBy(participant, reply.transaction());
        }
        world.trace().line(name(), () -> "says " + world.describe(reply));
        List<Asked> answered = new ArrayList<>();
        for (Asked asked : slot.asked) {
            // What acknowledges a PRE_COMMIT does not acknowledge the COMMIT that has come meanwhile.
            boolean other = slot.answersPreCommit && asked.message() instanceof Message.Commit;
            if (!other && asked.message().isAnsweredBy(reply)) {
                answered.add(asked);
            }
        }
        slot.asked.removeAll(answered);
        if (reply instanceof Reply.Voted voted && voted.vote() == Vote.YES) {
            world.voterMayBeStranded(place);
        }
        world.trace().moment("about to send " + reply.getClass().getSimpleName());
        if (reply instanceof Reply.StateReported state && state.state() != BranchState.NOT_VOTED) {
            world.trace().moment("inquiry answered " + state.state());
        }
        if (up) {
            answered.forEach(asked -> asked.sender().accept(DirectVotes.sent(world, place, asked.message(), reply)));
        }
    }

    private void note(Slot slot, Notice notice) {
        world.trace().moment("notice " + notice);
        if (notice == Notice.EXPIRED_IN_DOUBT && world.operatorRollsBack(slot.branch.transaction(), participant)) {
            int since = life;
            scheduler.after(10, "operator", () -> {
                if (since == life && !slot.isBusy()) {
                    feed(slot, new BranchEvent.OutcomeLearned(LookupOutcome.ABORTED));
                    settle(slot);
                }
            });
        }
        if (notice.isAlert() && notice != Notice.EXPIRED_IN_DOUBT) {
            throw new Violation("P11", participant + " raised " + notice + " for " + slot.branch.transaction());
        }
    }

    private void execute(Slot slot, BranchAction.Reporting action) {
        int since = life;
        resource.execute(
                new Resource.Order(
                        slot.branch.transaction(), slot.session, action, () -> since == life, this::crashAndRestart),
                session -> slot.session = session,
                event -> {
                    if (since == life) {
                        doubts.mayFinishAlone(slot, event);
                        feed(slot, event);
                        goOn(slot);
                    }
                });
    }

    boolean isQuiet() {
        return slots.values().stream().noneMatch(slot -> slot.isBusy() || slot.branch.holdsConnection());
    }
}
