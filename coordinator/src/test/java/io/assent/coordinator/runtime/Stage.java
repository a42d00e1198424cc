package io.assent.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AbortReason;
import io.assent.protocol.CommitMember;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.SlotRange;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A leader between a log and a delivery that do what a test says, on the test's thread and clock. Nothing is applied,
 * delivered or answered unless the test lets it.
 */
final class Stage {

    static final String ENDPOINT = "http://127.0.0.1:1/assent";
    static final int MOST_BRANCHES = 5;
    static final RuntimeLimits LIMITS = new RuntimeLimits(1_000, 100, 100, 10, 100, 100, Duration.ofHours(1));

    final ScriptedLog log = new ScriptedLog();
    final ScriptedDelivery delivery = new ScriptedDelivery();
    final ScriptedAcceptors acceptors = new ScriptedAcceptors();
    final List<Transaction> ended = new ArrayList<>();
    final Map<Phase, Duration> phases = new EnumMap<>(Phase.class);
    private final AtomicLong nanos = new AtomicLong();
    private final SteadyClock clock = new SteadyClock(1_000_000, nanos::get);
    private final Mailbox mailbox;
    private final RuntimeSettings settings;
    Leader leader;
    private boolean deposed;

    /** A founded group that is led in term 1, with these limits. */
    Stage(RuntimeLimits limits, IntentLog intent, Duration heartbeat) {
        mailbox = new Mailbox(limits);
        settings = new RuntimeSettings(
                limits, intent, List.of(new SlotRange(0, SlotRange.SLOTS - 1)), heartbeat, clock, new Counting());
        leader = newLeader(1);
    }

    /** A founded group that is led in term 1. */
    static Stage founded() {
        return founded(LIMITS);
    }

    static Stage founded(RuntimeLimits limits) {
        Stage stage = new Stage(limits, IntentLog.PREPARE, Duration.ZERO);
        stage.turn();
        stage.applyAll();
        return stage;
    }

    private Leader newLeader(long term) {
        log.term = term;
        log.state.advance(term);
        return new Leader(term, new Leader.Surroundings(0, log, delivery, acceptors, mailbox, settings));
    }

    /** Another leader takes the group over, on the state that is applied; the old one retires. */
    void lead(long term) {
        leader.retire();
        log.pending.clear();
        delivery.offered.clear();
        leader = newLeader(term);
        turn();
    }

    long now() {
        return clock.millis();
    }

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        turn();
    }

    /** One turn of the loop. */
    void turn() {
        mailbox.drain(this::tell, leader::handle);
        deposed = leader.work();
    }

    private void tell(Notification notification) {
        switch (notification) {
            case Notification.OfBatch ofBatch -> leader.handle(ofBatch);
            case Notification.OfTable ofTable -> {
                if (ofTable.table() == leader.table()) {
                    leader.handle(ofTable);
                }
            }
            case Notification.Voted voted -> leader.handle(voted);
            case Notification.Gained gained -> throw new AssertionError("not on this stage");
            case Notification.Lost lost -> throw new AssertionError("not on this stage");
        }
    }

    Leader leader() {
        return leader;
    }

    boolean isDeposed() {
        return deposed;
    }

    // Requests

    private CompletableFuture<Answer> ask(Request request) {
        leader.handle(request);
        turn();
        return request.answer();
    }

    CompletableFuture<Answer> askToBegin(Group.Begin begin) {
        return ask(new Request.Begin(begin, new CompletableFuture<>()));
    }

    CompletableFuture<Answer> askToBegin() {
        return askToBegin(new Group.Begin(Protocol.TWO_PHASE, 30_000, Transaction.Description.NONE, null, null));
    }

    TransactionId begin() {
        return begin(Protocol.TWO_PHASE);
    }

    TransactionId begin(Protocol protocol) {
        return shown(askToBegin(new Group.Begin(protocol, 30_000, Transaction.Description.NONE, null, null)))
                .id();
    }

    CompletableFuture<Answer> enlist(TransactionId id, Member member) {
        return ask(new Request.Enlist(id, member, MOST_BRANCHES, new CompletableFuture<>()));
    }

    CompletableFuture<Answer> commit(TransactionId id, CommitMember... branches) {
        return commit(id, Group.Await.COMPLETION, branches);
    }

    CompletableFuture<Answer> commit(TransactionId id, Group.Await await, CommitMember... branches) {
        return ask(new Request.Commit(id, List.of(branches), await, new CompletableFuture<>()));
    }

    CompletableFuture<Answer> abort(TransactionId id) {
        return ask(new Request.Abort(id, AbortReason.of(AbortReason.Code.INITIATOR), new CompletableFuture<>()));
    }

    CompletableFuture<Answer> barrier() {
        return ask(new Request.Barrier(new CompletableFuture<>()));
    }

    static CommitMember member(String participant) {
        return CommitMember.of(Member.of(participant, ENDPOINT));
    }

    /** A member whose vote is handed over, so that the next thing is the decision. */
    static CommitMember prepared(String participant) {
        return CommitMember.of(Member.of(participant, ENDPOINT).withVote(Vote.YES));
    }

    static Transaction shown(CompletableFuture<Answer> answer) {
        assertThat(answer).isCompleted();
        assertThat(answer.join()).isInstanceOf(Answer.Shown.class);
        return ((Answer.Shown) answer.join()).transaction();
    }

    static void assertOverloaded(CompletableFuture<Answer> answer) {
        assertThat(answer).isCompletedWithValue(Answer.Plain.OVERLOADED);
    }

    static void assertLeaderChanged(CompletableFuture<Answer> answer) {
        assertThat(answer).isCompletedWithValue(Answer.Plain.LEADER_CHANGED);
    }

    // What the log and the participants do

    /** A record that an earlier leader has handed over is applied now. */
    void applyElsewhere(LogRecord record) {
        log.state.apply(record, log.term);
        log.index++;
    }

    /** Everything that is under way in the log is applied, until nothing more comes. */
    void applyAll() {
        while (!log.pending.isEmpty()) {
            applyNext();
        }
    }

    void applyNext() {
        log.applyNext(leader);
        turn();
    }

    void refuseNext() {
        leader.handle(new Notification.Refused(log.pending.remove().id()));
        turn();
    }

    /** The leader hears that nobody knows; the log has it all the same, if told so. */
    void loseNext(boolean appended) {
        ScriptedLog.Batch batch = log.pending.remove();
        if (appended) {
            batch.records().forEach(record -> log.state.apply(record, log.term));
            log.index++;
        }
        leader.handle(new Notification.Unknown(batch.id()));
        turn();
    }

    /** What was offered since the last call, and is on its way now. */
    List<Message> sent() {
        List<Message> messages = List.copyOf(delivery.offered);
        delivery.offered.clear();
        return messages;
    }

    void reply(Message message, Reply reply) {
        delivery.listener().replied(message, reply);
        turn();
    }

    void vote(Message message, Vote vote) {
        reply(message, new Reply.Voted(message.transaction(), message.branch(), vote, null));
    }

    void acknowledge(Message message) {
        reply(message, new Reply.Acknowledged(message.transaction(), message.branch()));
    }

    /** A log that keeps what is handed over until the test decides. */
    static final class ScriptedLog implements Log {
        final GroupState state = new GroupState(0);
        final Deque<Batch> pending = new ArrayDeque<>();
        final List<LogRecord> handedOver = new ArrayList<>();
        List<Replica> replicas = Stream.of("n1", "n2", "n3")
                .map(node -> new Replica(node, node, Role.FOLLOWER, null, null))
                .toList();
        int handOvers;
        Predicate<String> handedTo = any -> false;
        long term;
        long index;

        record Batch(BatchId id, List<LogRecord> records) {}

        void applyNext(Leader leader) {
            Batch batch = pending.remove();
            index++;
            List<Fact> facts = new ArrayList<>();
            batch.records().forEach(record -> facts.add(state.apply(record, term)));
            state.advance(term);
            leader.handle(new Notification.Applied(batch.id(), index, term, facts));
        }

        @Override
        public void append(BatchId id, long author, List<LogRecord> batch) {
            assertThat(author).isEqualTo(term);
            pending.add(new Batch(id, List.copyOf(batch)));
            handedOver.addAll(batch);
        }

        @Override
        public void listen(Log.Listener listener) {
            throw new AssertionError("not on this stage");
        }

        @Override
        public GroupState state() {
            return state;
        }

        @Override
        public long appliedIndex() {
            return index;
        }

        @Override
        public long staleMillis() {
            return 0;
        }

        @Override
        public Leadership leadership() {
            return new Leadership(term, "n1", true);
        }

        @Override
        public Status status() {
            return new Status(leadership(), true, true, replicas);
        }

        @Override
        public String replica() {
            return "n1";
        }

        @Override
        public void handOver(Predicate<String> to) {
            handOvers++;
            handedTo = to;
        }

        @Override
        public CompletionStage<Members> settle(String node, @Nullable String replica) {
            throw new UnsupportedOperationException("The members do not change in these tests");
        }
    }

    /** Lanes that take as many messages as the test lets them. */
    static final class ScriptedDelivery implements Delivery {
        final List<Message> offered = new ArrayList<>();
        final List<Delivery.Listener> withdrawn = new ArrayList<>();
        final List<Message> takenBack = new ArrayList<>();
        final Map<String, Integer> room = new HashMap<>();
        private final Map<Delivery.Listener, Boolean> listeners = new LinkedHashMap<>();

        Delivery.Listener listener() {
            return List.copyOf(listeners.keySet()).getLast();
        }

        @Override
        public int offer(String endpoint, List<Outbound> messages, Delivery.Listener listener) {
            listeners.put(listener, true);
            int taken = Math.min(messages.size(), room.getOrDefault(endpoint, Integer.MAX_VALUE));
            messages.subList(0, taken).forEach(outbound -> offered.add(outbound.message()));
            room.computeIfPresent(endpoint, (any, left) -> left - taken);
            return taken;
        }

        @Override
        public void withdraw(Delivery.Listener listener) {
            withdrawn.add(listener);
        }

        @Override
        public void withdraw(String endpoint, Message message, Delivery.Listener listener) {
            takenBack.add(message);
        }
    }

    private final class Counting implements Observer {
        @Override
        public void ended(Transaction transaction) {
            ended.add(transaction);
        }

        @Override
        public void left(Phase phase, long length) {
            phases.put(phase, Duration.ofNanos(length));
        }

        @Override
        public void adopted(Transaction transaction) {}
    }
}
