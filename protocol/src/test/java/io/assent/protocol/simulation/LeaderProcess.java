package io.assent.protocol.simulation;

import io.assent.protocol.AbortReason;
import io.assent.protocol.CommitMember;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.TransactionId;
import io.assent.protocol.coordinator.Consultation;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.LeaderTable;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.coordinator.Timer;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.group.SlotRange;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A leader of one term on one node, with its volatile table. It may go on after it was deposed, and what it then hands
 * to the log lands in whatever term its node leads.
 */
final class LeaderProcess implements LeaderTable {

    private static final long ABORT_NOTICE = 3_000;
    private static final long PRE_COMMIT_NOTICE = 1_500;

    final long term;
    private final CoordinatorNode node;
    private final Simulation world;
    private final Scheduler scheduler;
    private final NavigableMap<TransactionId, Entry> table = new TreeMap<>();
    private final Pipeline pipeline;
    private final Consultations consultations;
    private boolean alive = true;
    private long issued = -1;

    /** A transaction in the table. */
    static final class Entry {
        private CoordinatorRole role;
        private final List<Consumer<Answer>> waiters = new ArrayList<>();
        private final List<Runnable> deferred = new ArrayList<>();
        /** When its deadline passes, however the wall clock jumps meanwhile. */
        private final long due;

        private @Nullable Consumer<Fact> begun;

        Entry(CoordinatorRole role, long due) {
            this.role = role;
            this.due = due;
        }

        CoordinatorRole role() {
            return role;
        }
    }

    LeaderProcess(CoordinatorNode node, long term, Simulation world) {
        this.node = node;
        this.term = term;
        this.world = world;
        this.scheduler = world.scheduler();
        consultations = new Consultations(this, node, world);
        pipeline = new Pipeline(node, term, world, this::isAlive, this::applied);
    }

    // The table.

    @Override
    public long term() {
        return term;
    }

    @Override
    public long issuedSequence() {
        return issued;
    }

    @Override
    public boolean contains(TransactionId id) {
        return table.containsKey(id);
    }

    @Nullable
    Entry entry(TransactionId id) {
        return table.get(id);
    }

    @Override
    public Set<TransactionId> ids() {
        return Set.copyOf(table.keySet());
    }

    List<Entry> entries() {
        return new ArrayList<>(table.values());
    }

    boolean isAlive() {
        return alive;
    }

    boolean isIdle() {
        return table.isEmpty() && pipeline.isEmpty();
    }

    @Override
    public String toString() {
        return " in hand: "
                + table.values().stream()
                        .map(entry ->
                                world.name(entry.role.id()) + " " + entry.role.phase() + " asks " + entry.role.asked())
                        .toList();
    }

    /** Ends this leader; the table stays as it is. */
    void retire() {
        if (alive) {
            alive = false;
            table.values().forEach(entry -> finish(entry, Answer.AGAIN));
        }
    }

    /** The term is lost, whether or not this leader has noticed yet. */
    void deposed() {
        world.seams().deposed(table);
    }

    private GroupState state() {
        return node.state();
    }

    long now() {
        return node.clock().wall();
    }

    // The life of a leader.

    void start() {
        if (state().founded() == null) {
            byte[] key = new byte[IncarnationKey.LENGTH];
            key[0] = (byte) scheduler.below(100);
            append(new LogRecord.Founded(
                    scheduler.between(1, 1_000_000),
                    new IncarnationKey(key),
                    0,
                    List.of(new SlotRange(0, SlotRange.SLOTS - 1))));
        }
        for (OpenTransaction open : new ArrayList<>(state().open())) {
            scheduler.after(scheduler.between(0, 40), "take over", () -> takeOverFound(open.id()));
        }
        new Retention(this, node, world).start();
        if (world.swarm().mix().paxos() > 0) {
            append(new LogRecord.Acceptors(world.acceptorList()));
            scheduler.after(scheduler.between(500, 1_000), "ask acceptors", consultations::askAcceptors);
        }
    }

    private void takeOverFound(TransactionId id) {
        OpenTransaction open = state().open(id);
        boolean found = open != null && id.birthTerm() < term && !table.containsKey(id);
        if (alive && found && world.seams().claims(open)) {
            takeOver(open);
        }
    }

    private Entry takeOver(OpenTransaction open) {
        long deadline = world.seams().deadline(open, now());
        world.trace().moment("take-over of " + open.phase());
        if (deadline < open.deadline()) {
            world.trace().moment("a leader does not wait for the deadline of a clock that was ahead");
        }
        Origin origin = new Origin(open.id(), term, world.swarm().intent(), open.createdAt(), deadline, null, null);
        Step step = world.seams().takeOver(open, origin, consultations.place());
        return adopt(step);
    }

    Entry adopt(Step step) {
        Entry entry = enter(step.next());
        advance(entry, step, true);
        return entry;
    }

    private Entry enter(CoordinatorRole role) {
        long left = role.origin().deadline() - now();
        Entry entry = new Entry(role, scheduler.now() + node.clock().lasts(left));
        table.put(role.id(), entry);
        return entry;
    }

    Consultations consultations() {
        return consultations;
    }

    // Requests.

    /** Begins a transaction; the consumer gets its id, or null when it should be tried elsewhere. */
    void begin(@Nullable String key, Protocol protocol, Consumer<@Nullable TransactionId> answer) {
        LogRecord.Founded founded = state().founded();
        boolean listed =
                protocol != Protocol.PAXOS_COMMIT || state().acceptors().of(term) != null;
        if (founded == null || !listed) {
            answer.accept(null);
            return;
        }
        GroupState.KeyedBegin before = key == null ? null : state().begunUnder(key);
        if (before != null) {
            world.trace().moment("begin repeated by key");
            answer.accept(before.transaction());
            return;
        }
        TransactionId id = TransactionId.issue(
                new TransactionId.Birth(
                        0, founded.incarnation(), world.seams().birthTerm(term, node.replica().term), issued + 1),
                protocol,
                scheduler.bits(),
                founded.key());
        world.checker().issued(id);
        world.trace().line(node.name(), () -> "begins " + world.trace().name(id));
        Origin origin = new Origin(
                id,
                term,
                world.swarm().intent(),
                now(),
                now() + world.swarm().timeout(),
                key,
                key == null ? null : "d");
        Step step = world.seams().begin(origin, consultations.place());
        Entry entry = enter(step.next());
        issued++;
        if (key == null || !world.seams().awaitsKeyedBegin()) {
            advance(entry, step, true);
            answer.accept(id);
        } else {
            entry.begun = fact -> answer.accept(keyed(key));
            advance(entry, step, true);
        }
    }

    /** Whose the key is now: what became of the record of a begin is told by the key alone. */
    private @Nullable TransactionId keyed(String key) {
        GroupState.KeyedBegin holder = alive ? state().begunUnder(key) : null;
        return holder == null ? null : holder.transaction();
    }

    void enlist(TransactionId id, Member member, Consumer<Answer> answer) {
        request(id, new CoordinatorEvent.Enlisted(member), answer);
    }

    void commit(TransactionId id, @Nullable List<CommitMember> branches, Consumer<Answer> answer) {
        request(id, new CoordinatorEvent.CommitRequested(branches), answer);
    }

    void abort(TransactionId id, Consumer<Answer> answer) {
        request(id, new CoordinatorEvent.AbortRequested(AbortReason.of(AbortReason.Code.INITIATOR)), answer);
    }

    private void request(TransactionId id, CoordinatorEvent event, Consumer<Answer> answer) {
        Entry entry = table.get(id);
        OpenTransaction open = entry == null ? state().open(id) : null;
        if (open != null) {
            entry = takeOver(open);
        }
        if (entry == null) {
            entry = consultations.recoverIfLost(id);
        }
        if (entry == null) {
            answer.accept(node.answerFromState(id));
            return;
        }
        Entry found = entry;
        Step step = world.seams().lead(entry.role, event, now());
        if (step.refusal() == RequestRefusal.ADOPTING) {
            entry.deferred.add(() -> request(id, event, answer));
        } else if (step.refusal() != null) {
            answer.accept(step.refusal() == RequestRefusal.ALREADY_COMMITTED ? Answer.COMMITTED : Answer.REFUSED);
        } else if (event instanceof CoordinatorEvent.Enlisted) {
            advance(found, step, true);
            answer.accept(Answer.DONE);
        } else {
            entry.waiters.add(answer);
            advance(found, step, false);
            reached(found);
        }
    }

    // Steps.

    void advance(Entry entry, Step step, boolean first) {
        CoordinatorRole before = entry.role;
        CoordinatorRole next = step.next();
        entry.role = next;
        step.append().forEach(this::append);
        if (step.append().stream().anyMatch(LogRecord.Decided.class::isInstance)) {
            world.trace().moment("DECIDE dispatched");
        }
        if (step.append().stream().anyMatch(LogRecord.Learned.class::isInstance)) {
            world.leaderMayDie(node);
        }
        for (Message message : step.send()) {
            deliver(message, 0);
        }
        for (Consultation asked : step.ask()) {
            consultations.consult(next.id(), asked, 0);
        }
        if (next.phase() == Phase.DEPOSED) {
            world.trace().moment("leader learned from a record that it is deposed");
            node.replaced(this);
            return;
        }
        setAlarm(entry, first || before.timer() != next.timer());
        if (next.phase() != Phase.ADOPTING && !entry.deferred.isEmpty()) {
            List<Runnable> again = new ArrayList<>(entry.deferred);
            entry.deferred.clear();
            again.forEach(Runnable::run);
        }
        if (next.reason() != null && before.reason() == null) {
            world.trace()
                    .moment("aborts: " + next.reason().code()
                            + (next.reason().message() == null
                                    ? ""
                                    : " " + next.reason().message()));
        }
        reached(entry);
        if (world.seams().leaves(next) && table.get(next.id()) == entry) {
            table.remove(next.id());
            finish(entry, node.answerFromState(next.id()));
        }
    }

    private void setAlarm(Entry entry, boolean fresh) {
        CoordinatorRole role = entry.role;
        if (!fresh) {
            return;
        }
        switch (role.timer()) {
            case DEADLINE -> alarm(role.id(), role.timer(), entry.due - scheduler.now());
            case ABORT_NOTICE -> alarm(role.id(), role.timer(), scheduler.between(200, ABORT_NOTICE));
            case PRE_COMMIT_NOTICE -> alarm(role.id(), role.timer(), scheduler.between(200, PRE_COMMIT_NOTICE));
            case NONE -> {}
        }
    }

    private void alarm(TransactionId id, Timer timer, long delay) {
        scheduler.after(delay, "alarm", () -> {
            Entry entry = table.get(id);
            if (alive && entry != null && entry.role.timer() == timer) {
                if (timer == Timer.PRE_COMMIT_NOTICE) {
                    world.checker().patienceEnded(id);
                    world.trace().moment("a leader waited in vain for a member to pre-commit");
                }
                advance(entry, world.seams().lead(entry.role, new CoordinatorEvent.TimerFired(), now()), false);
            }
        });
    }

    private void reached(Entry entry) {
        Outcome outcome = entry.role.outcome();
        if (outcome != null && entry.role.phase() != Phase.PRE_COMMITTING) {
            finish(entry, outcome == Outcome.COMMITTED ? Answer.COMMITTED : Answer.ABORTED);
        }
    }

    private void finish(Entry entry, Answer answer) {
        if (!entry.waiters.isEmpty()) {
            List<Consumer<Answer>> waiting = new ArrayList<>(entry.waiters);
            entry.waiters.clear();
            node.says(entry.role.id(), answer);
            waiting.forEach(waiter -> waiter.accept(answer));
        }
        Consumer<Fact> begun = entry.begun;
        if (begun != null && answer == Answer.AGAIN) {
            entry.begun = null;
            begun.accept(Fact.Known.DEAD);
        }
    }

    // The log.

    void append(LogRecord record) {
        pipeline.add(record);
    }

    private void applied(LogRecord record, Fact fact) {
        if (!(record instanceof LogRecord.OfTransaction ofTransaction)) {
            return;
        }
        Entry entry = table.get(ofTransaction.transaction());
        if (entry == null) {
            return;
        }
        Consumer<Fact> begun = entry.begun;
        entry.begun = null;
        if (begun != null) {
            begun.accept(fact);
        }
        OpenTransaction standing = state().open(ofTransaction.transaction());
        CoordinatorEvent event = new CoordinatorEvent.Applied(ofTransaction, fact, standing);
        advance(entry, world.seams().lead(entry.role, event, now()), false);
    }

    // Messages.

    private void deliver(Message message, int attempt) {
        Entry entry = table.get(message.transaction());
        if (!alive || entry == null) {
            return;
        }
        world.checker().sent(state(), message);
        Member member = entry.role.member(message.branch()).orElse(null);
        if (member != null) {
            ParticipantProcess process = world.processAt(member, message, attempt);
            world.trace().line(node.name(), () -> "-> " + process.name() + " " + world.describe(message));
            world.network()
                    .send(
                            node.id(),
                            process.place(),
                            "message",
                            () -> process.receive(message, node.horizon(), reply -> comeBack(process, message, reply)));
        }
        scheduler.after(backoff(attempt), "send again", () -> repeat(message, attempt + 1));
    }

    long backoff(int attempt) {
        long pause = Math.min(2_000, 40L << Math.min(attempt, 6));
        return pause + scheduler.between(0, pause / 4);
    }

    private void repeat(Message message, int attempt) {
        Entry entry = table.get(message.transaction());
        if (!alive || entry == null) {
            return;
        }
        for (Message owed : entry.role.owed()) {
            if (owed.getClass() == message.getClass() && owed.branch().equals(message.branch())) {
                deliver(owed, attempt);
            }
        }
    }

    private void comeBack(ParticipantProcess process, Message message, Reply reply) {
        world.network().send(process.place(), node.id(), "reply", () -> replied(message, reply));
    }

    private void replied(Message message, Reply reply) {
        Entry entry = table.get(message.transaction());
        if (alive && entry != null) {
            CoordinatorEvent event = new CoordinatorEvent.Replied(message, reply);
            advance(entry, world.seams().lead(entry.role, event, now()), false);
        }
    }
}
