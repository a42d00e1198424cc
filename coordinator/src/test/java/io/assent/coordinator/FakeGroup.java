package io.assent.coordinator;

import io.assent.coordinator.runtime.Answer;
import io.assent.coordinator.runtime.Group;
import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.AbortReason;
import io.assent.protocol.CommitMember;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OutcomeReader;
import io.assent.protocol.group.SlotRange;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A group whose leader says what a test wants; its applied state is a real one. */
final class FakeGroup implements Group {

    static final long INCARNATION = 4_711;
    static final long TERM = 7;
    static final long INDEX = 42;
    static final IncarnationKey KEY = new IncarnationKey(new byte[IncarnationKey.LENGTH]);

    /** What was asked, oldest first. */
    record Asked(
            String what,
            @Nullable TransactionId id,
            @Nullable Object argument,
            @Nullable Object second) {}

    private final String self;
    private final List<String> nodes;
    private final AtomicLong sequence = new AtomicLong();
    private final Map<TransactionId, Transaction> shown = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private volatile GroupState state = founded();
    private volatile Supplier<CompletableFuture<Answer>> answers = CompletableFuture::new;
    private volatile Supplier<CompletableFuture<Answer>> barrier = CompletableFuture::new;
    private final List<String> settled = new CopyOnWriteArrayList<>();
    private volatile Log.Members members = new Log.Members(new TreeSet<>(), null);
    private volatile Log.Leadership leadership = new Log.Leadership(TERM, "n1", true);
    private volatile long appliedIndex = INDEX;
    private volatile long staleMillis;
    private volatile boolean caughtUp = true;

    /** A replica of a group, on this node and these others. */
    FakeGroup(String self, List<String> nodes) {
        this.self = self;
        this.nodes = nodes;
    }

    /** Forgets what an earlier test left. */
    void reset() {
        shown.clear();
        asked.clear();
        state = founded();
        answers = CompletableFuture::new;
        barrier = () -> CompletableFuture.completedFuture(new Answer.Barrier(INDEX, TERM));
        leadership = new Log.Leadership(TERM, "n1", true);
        settled.clear();
        hasMembers(null, "n1");
        appliedIndex = INDEX;
        staleMillis = 0;
        caughtUp = true;
    }

    private static GroupState founded() {
        GroupState founded = new GroupState(0);
        founded.apply(new LogRecord.Founded(INCARNATION, KEY, 0, List.of(new SlotRange(0, SlotRange.SLOTS - 1))), 1);
        return founded;
    }

    @Override
    public void settle(TransactionId id) {
        asked.add(new Asked("settle", id, null, null));
    }

    /** An id that the leader of a term issued. */
    TransactionId issue(long term) {
        return TransactionId.issue(
                new TransactionId.Birth(0, INCARNATION, term, sequence.getAndIncrement()), Protocol.TWO_PHASE, 1, KEY);
    }

    /** An id of PAXOS_COMMIT that the leader of this term issued. */
    TransactionId issuePaxos() {
        return TransactionId.issue(
                new TransactionId.Birth(0, INCARNATION, TERM, sequence.getAndIncrement()),
                Protocol.PAXOS_COMMIT,
                1,
                KEY);
    }

    /** An id that the leader of this term issued. */
    TransactionId issue() {
        return issue(TERM);
    }

    void isEmptyReplica() {
        state = new GroupState(0);
    }

    void leads(Log.Leadership newLeadership) {
        leadership = newLeadership;
    }

    void isLedBy(String node) {
        leads(new Log.Leadership(TERM, node, false));
    }

    void hasNoLeader() {
        leads(new Log.Leadership(TERM, null, false));
    }

    /** Every request is answered so. */
    void answers(Answer answer) {
        answers = () -> CompletableFuture.completedFuture(answer);
    }

    void answersNothing() {
        answers = CompletableFuture::new;
    }

    void barrierAnswers(@Nullable Answer answer) {
        barrier = () -> answer == null ? new CompletableFuture<>() : CompletableFuture.completedFuture(answer);
    }

    void shows(Transaction transaction) {
        shown.put(transaction.id(), transaction);
    }

    void hasApplied(long index) {
        appliedIndex = index;
    }

    void isStale(long millis) {
        staleMillis = millis;
    }

    void isReplaying() {
        caughtUp = false;
    }

    void apply(LogRecord record, long term) {
        state.apply(record, term);
    }

    /** Entries of a later term are applied, so what is absent is dead (U1). */
    void hasSeenTerm(long term) {
        state.advance(term);
    }

    List<Asked> asked() {
        return asked;
    }

    Asked lastAsked() {
        return asked.getLast();
    }

    /** A transaction in a state, without branches. */
    static Transaction transaction(TransactionId id, Transaction.State transactionState, @Nullable Outcome outcome) {
        return transaction(id, transactionState, outcome, null, List.of());
    }

    static Transaction transaction(
            TransactionId id,
            Transaction.State transactionState,
            @Nullable Outcome outcome,
            @Nullable AbortReason reason,
            List<Transaction.Branch> branches) {
        return new Transaction(
                id,
                transactionState,
                outcome,
                reason,
                List.of(),
                branches,
                new Transaction.Description("transfer", "shop", Map.of("order", "17")),
                TERM,
                1_769_860_800_123L,
                1_769_860_830_000L,
                0,
                0);
    }

    static Transaction.Branch branch(String participant) {
        return new Transaction.Branch(
                participant,
                "http://127.0.0.1:8091/assent/v1/branches",
                null,
                Transaction.BranchState.WORKING,
                null,
                0,
                null);
    }

    private CompletableFuture<Answer> ask(
            String what, @Nullable TransactionId id, @Nullable Object argument, @Nullable Object second) {
        asked.add(new Asked(what, id, argument, second));
        return answers.get();
    }

    @Override
    public int number() {
        return 0;
    }

    @Override
    public CompletableFuture<Answer> begin(Begin begin) {
        return ask("begin", null, begin, null);
    }

    @Override
    public CompletableFuture<Answer> enlist(TransactionId id, Member member, int most) {
        return ask("enlist", id, member, null);
    }

    @Override
    public CompletableFuture<Answer> commit(TransactionId id, @Nullable List<CommitMember> branches, Await await) {
        return ask("commit", id, branches, await);
    }

    @Override
    public CompletableFuture<Answer> abort(TransactionId id, AbortReason reason) {
        return ask("abort", id, reason, null);
    }

    @Override
    public CompletableFuture<Answer> barrier() {
        asked.add(new Asked("barrier", null, null, null));
        return barrier.get();
    }

    @Override
    public @Nullable Transaction show(TransactionId id) {
        return shown.get(id);
    }

    @Override
    public OutcomeReader.Answer outcome(TransactionId id) {
        return OutcomeReader.read(state, leadership.ready() ? new Table() : null, id);
    }

    /** Of the leader's term; it holds what is shown. */
    private final class Table implements OutcomeReader.BirthTable {
        @Override
        public long term() {
            return leadership.term();
        }

        @Override
        public long issuedSequence() {
            return sequence.get() - 1;
        }

        @Override
        public boolean contains(TransactionId id) {
            return shown.containsKey(id);
        }
    }

    @Override
    public GroupState state() {
        return state;
    }

    @Override
    public long appliedIndex() {
        return appliedIndex;
    }

    @Override
    public Log.Leadership leadership() {
        return leadership;
    }

    @Override
    public long staleMillis() {
        return staleMillis;
    }

    @Override
    public int openTransactions() {
        return shown.size();
    }

    /** What the log answers about its members. */
    void hasMembers(@Nullable String obstacle, String... replicas) {
        members = new Log.Members(new TreeSet<>(List.of(replicas)), obstacle);
    }

    /** What the log was asked about its members: a node and its replica. */
    List<String> settled() {
        return settled;
    }

    /** The log below. */
    Log log() {
        return new FakeLog();
    }

    private final class FakeLog implements Log {
        @Override
        public void append(BatchId id, long term, List<LogRecord> batch) {
            throw new UnsupportedOperationException("Nothing is written in these tests");
        }

        @Override
        public void listen(Listener listener) {}

        @Override
        public GroupState state() {
            return state;
        }

        @Override
        public long appliedIndex() {
            return appliedIndex;
        }

        @Override
        public long staleMillis() {
            return staleMillis;
        }

        @Override
        public Leadership leadership() {
            return leadership;
        }

        @Override
        public Status status() {
            Role role = leadership.ready() ? Role.LEADER : Role.FOLLOWER;
            List<Replica> replicas = nodes.stream()
                    .map(node -> node.equals(self)
                            ? new Replica(node, node, role, appliedIndex, 0L)
                            : new Replica(node, node, Role.UNKNOWN, null, null))
                    .toList();
            return new Status(leadership, caughtUp, true, replicas);
        }

        @Override
        public String replica() {
            return self;
        }

        @Override
        public void handOver(Predicate<String> to) {
            throw new UnsupportedOperationException("Nobody else is there to lead");
        }

        @Override
        public CompletionStage<Members> settle(String node, @Nullable String replica) {
            settled.add(node + " " + replica);
            return CompletableFuture.completedFuture(members);
        }
    }
}
