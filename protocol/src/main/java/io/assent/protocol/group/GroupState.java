package io.assent.protocol.group;

import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.OpenTransaction.Phase;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * What is true of the transactions of one group: the state that every replica computes from the log by
 * {@link #apply}, live and in replay (rules G1 to G5). It knows no clock and no chance.
 *
 * <p>One thread applies; any thread may {@link #read}. Readers rely on the order of writes: an outcome is written
 * before the open record goes, the horizon before outcomes are deleted, and the last term after everything of the
 * entry is visible.
 */
public class GroupState {

    /** How many marks of the age of births are kept; with one a minute a little more than a day. */
    static final int MAX_MARKS = 2_048;

    private final int group;
    private final ConcurrentNavigableMap<TransactionId, OpenTransaction> open = new ConcurrentSkipListMap<>();
    private final FinishedTransactions finished = new FinishedTransactions();
    private final KeyedBegins keys = new KeyedBegins();
    private final AcceptorLists acceptors = new AcceptorLists();
    private final NavigableSet<String> holders = new ConcurrentSkipListSet<>();
    private final Deque<Mark> marks = new ConcurrentLinkedDeque<>();
    private volatile LogRecord.@Nullable Founded founded;
    private volatile Horizon horizon = Horizon.NONE;
    private volatile long lastTerm;

    /**
     * A transaction that was begun under an idempotency key.
     *
     * @param digest digest of the body of the begin
     */
    public record KeyedBegin(TransactionId transaction, String digest) {}

    /**
     * An empty state.
     *
     * @param group the group's number, 0 to 65,535
     */
    public GroupState(int group) {
        this.group = group;
    }

    /** The group's number. */
    public int group() {
        return group;
    }

    /** How the group was founded, or null before the first entry. */
    public LogRecord.@Nullable Founded founded() {
        return founded;
    }

    /** The term of the last applied entry, 0 before the first. */
    public long lastTerm() {
        return lastTerm;
    }

    /** Everything born at or before it is forgotten. */
    public Horizon horizon() {
        return horizon;
    }

    /** The transactions that are not finished, oldest first; a live view. */
    public Collection<OpenTransaction> open() {
        return Collections.unmodifiableCollection(open.values());
    }

    /** The open transaction with this id, or null. */
    public @Nullable OpenTransaction open(TransactionId id) {
        return open.get(id);
    }

    /** How many outcomes of finished transactions are held. */
    public long finishedCount() {
        return finished.size();
    }

    /** The transaction that was begun under this idempotency key, or null. */
    public @Nullable KeyedBegin begunUnder(String key) {
        return keys.get(key);
    }

    /** Ids of all replicas that are known to have had data of the group. */
    public SortedSet<String> holders() {
        return Collections.unmodifiableSortedSet(holders);
    }

    /** Who the acceptors of a term's transactions are. */
    public AcceptorLists acceptors() {
        return acceptors;
    }

    /** What had been born when, oldest first; a copy. */
    public List<Mark> marks() {
        return List.copyOf(marks);
    }

    /** The key of this incarnation, or null before the group was founded. */
    public @Nullable IncarnationKey incarnationKey() {
        LogRecord.Founded standing = founded;
        return standing == null ? null : standing.key();
    }

    /** Whether the id is of this group and of the incarnation that stands. */
    public boolean isOfThisIncarnation(TransactionId id) {
        LogRecord.Founded standing = founded;
        return standing != null && id.group() == group && id.incarnation() == standing.incarnation();
    }

    /** What this replica knows of a transaction; may be called by any thread, and needs no leader. */
    public Standing read(TransactionId id) {
        long term = lastTerm;
        LogRecord.Founded before = founded;
        if (before == null) {
            // Not even the incarnation is known here yet, and without it no term proves anything.
            return new Standing.Absent(0, false);
        }
        if (!isOfThisIncarnation(id)) {
            return new Standing.Expired();
        }
        Standing standing = lookUp(id, term);
        // A founding drops what it replaces: who looked meanwhile may have missed it.
        VarHandle.acquireFence();
        return before.equals(founded) ? standing : new Standing.Expired();
    }

    /**
     * Looks in the order that the writer relies on. The fences keep it: a map that does not find a key has read plain
     * fields only, and neither compiler nor processor need keep plain reads before a later volatile one.
     */
    private Standing lookUp(TransactionId id, long term) {
        OpenTransaction transaction = open.get(id);
        if (transaction != null) {
            return new Standing.Open(transaction);
        }
        VarHandle.acquireFence();
        Standing.Finished outcome = finished.get(id);
        if (outcome != null) {
            return outcome;
        }
        boolean listed = id.protocol() != Protocol.PAXOS_COMMIT || acceptors.of(id.birthTerm()) != null;
        VarHandle.acquireFence();
        return horizon.covers(id)
                ? new Standing.Expired()
                : new Standing.Absent(term, !listed && term > id.birthTerm());
    }

    /** Notes that an entry of this term, which carries no record, was applied. */
    public void advance(long entryTerm) {
        lastTerm = Math.max(lastTerm, entryTerm);
    }

    /**
     * Applies the records of one entry. They apply only in the term of the leader that wrote them: what lands in a later
     * one, because it was handed over late, may contradict what the leader of that term has asked for since, and the
     * fence of rule G1 cannot tell (its owner is the same).
     *
     * @param author the term of the leader that wrote the records
     * @param entryTerm the term of the entry that carries them
     * @return what stands now, in the order of the records
     */
    public List<Fact> apply(List<LogRecord> records, long author, long entryTerm) {
        List<Fact> facts = new ArrayList<>(records.size());
        for (LogRecord record : records) {
            facts.add(author == entryTerm ? apply(record, entryTerm) : new Fact.OwnedBy(entryTerm));
        }
        advance(entryTerm);
        return facts;
    }

    /**
     * Applies one record; the only way in which the state changes.
     *
     * @param entryTerm the term of the entry that carries it
     * @return what stands now; a record that may not apply changes nothing
     */
    public Fact apply(LogRecord record, long entryTerm) {
        Fact fact = switch (record) {
            case LogRecord.Founded r -> found(r);
            case LogRecord.Forgotten r -> forget(r);
            case LogRecord.Acceptors r -> {
                acceptors.put(entryTerm, r.acceptors());
                yield Known.APPLIED;
            }
            case LogRecord.Holders r -> {
                holders.addAll(r.replicas());
                yield Known.APPLIED;
            }
            case LogRecord.OfTransaction r -> applyToTransaction(r, entryTerm);
        };
        advance(entryTerm);
        return fact;
    }

    private Fact found(LogRecord.Founded record) {
        LogRecord.Founded standing = founded;
        if ((standing == null ? 0 : standing.incarnation()) != record.replaces()) {
            return Known.EXPIRED;
        }
        founded = record;
        open.clear();
        finished.clear();
        keys.clear();
        acceptors.clear();
        marks.clear();
        horizon = Horizon.NONE;
        return Known.APPLIED;
    }

    private Fact applyToTransaction(LogRecord.OfTransaction record, long entryTerm) {
        TransactionId id = record.transaction();
        if (!isOfThisIncarnation(id) || horizon.covers(id)) {
            return Known.EXPIRED;
        }
        if (!record.concerns(id.protocol())) {
            return standing(id, open.get(id), entryTerm);
        }
        return switch (record) {
            case LogRecord.Learned r -> learn(r, entryTerm);
            case LogRecord.Enrolled r -> enroll(r, entryTerm);
            case LogRecord.Decided r -> decide(r, entryTerm);
            case LogRecord.OnePhase r -> onePhase(r, entryTerm);
            case LogRecord.Aborted r -> abort(id, entryTerm);
            case LogRecord.Adopted r -> adopt(id, entryTerm);
            case LogRecord.OnePhaseResult r -> onePhaseResult(r, entryTerm);
            case LogRecord.Acknowledged r -> acknowledge(r, entryTerm);
            case LogRecord.HeuristicReported r ->
                heuristic(id, new HeuristicOutcome(r.participant(), r.kind(), false), entryTerm);
            case LogRecord.HeuristicResolved r -> resolve(r, entryTerm);
        };
    }

    /**
     * Keeps an outcome that acceptors chose, whoever's leader learned it.
     *
     * @throws IllegalStateException when another outcome stands: agreement is lost, and the group must stop (Q3)
     */
    private Fact learn(LogRecord.Learned record, long entryTerm) {
        TransactionId id = record.transaction();
        Known learned = record.outcome() == Outcome.COMMITTED ? Known.COMMITTED : Known.ABORTED;
        OpenTransaction standing = open.get(id);
        boolean terminal = standing != null ? standing.isTerminal() : finished.get(id) != null;
        if (!terminal) {
            Phase phase = learned == Known.COMMITTED ? Phase.COMMITTED : Phase.ABORTED;
            settle(openOrNew(id, entryTerm).withPhase(phase, record.members(), record.decidedAt()));
            return learned;
        }
        Fact fact = standing(id, standing, entryTerm);
        if (fact != learned) {
            throw new IllegalStateException(
                    "The log has learned that " + id + " is " + fact + ", and now that it is " + learned);
        }
        return fact;
    }

    /** The fence of rule G1: null when a record of the owner may apply, else what stands. */
    private @Nullable Fact fence(TransactionId id, long entryTerm) {
        OpenTransaction standing = open.get(id);
        boolean decided = standing == null ? finished.get(id) != null : standing.phase() != Phase.ENROLLED;
        long owner = standing == null ? id.birthTerm() : standing.owner();
        return !decided && entryTerm == owner ? null : standing(id, standing, entryTerm);
    }

    /** What stands of a transaction, told to a record of this term (G5). */
    private Fact standing(TransactionId id, @Nullable OpenTransaction standing, long entryTerm) {
        if (standing != null) {
            return switch (standing.phase()) {
                case COMMITTED -> Known.COMMITTED;
                case ABORTED -> Known.ABORTED;
                case ONE_PHASE -> Known.ONE_PHASE;
                case ENROLLED -> new Fact.OwnedBy(standing.owner());
            };
        }
        Standing.Finished outcome = finished.get(id);
        if (outcome != null) {
            return outcome.outcome() == Outcome.COMMITTED ? Known.COMMITTED : Known.ABORTED;
        }
        return entryTerm > id.birthTerm() ? Known.DEAD : new Fact.OwnedBy(id.birthTerm());
    }

    private Fact enroll(LogRecord.Enrolled record, long entryTerm) {
        TransactionId id = record.transaction();
        Fact fenced = fence(id, entryTerm);
        KeyedBegin begin = new KeyedBegin(id, record.digest() == null ? "" : record.digest());
        Fact refused = record.key() == null ? null : keys.refusal(record.key(), begin, founded);
        if (refused != null && (fenced == null || fenced == Known.ABORTED)) {
            if (fenced == null) {
                // It was never told to anyone. Without an outcome a copy of this record would open it, and no leader
                // would have it, as soon as the key is free (L7, G3).
                settle(openOrNew(id, entryTerm).withPhase(Phase.ABORTED, null, 0));
            }
            return refused;
        }
        if (fenced != null) {
            return fenced;
        }
        if (record.key() != null) {
            keys.put(record.key(), begin);
        }
        if (id.protocol() == Protocol.PAXOS_COMMIT) {
            return Known.APPLIED;
        }
        OpenTransaction standing = open.get(id);
        List<Member> members = standing == null || standing.members() == null ? record.members() : standing.members();
        open.put(
                id,
                (standing == null
                                ? OpenTransaction.begun(id, entryTerm, record.createdAt(), record.deadline())
                                : standing)
                        .withPhase(Phase.ENROLLED, members, 0));
        return Known.APPLIED;
    }

    private Fact decide(LogRecord.Decided record, long entryTerm) {
        Fact fenced = fence(record.transaction(), entryTerm);
        if (fenced != null) {
            return fenced;
        }
        OpenTransaction standing = openOrNew(record.transaction(), entryTerm);
        settle(standing.withPhase(Phase.COMMITTED, record.members(), record.decidedAt()));
        return Known.COMMITTED;
    }

    private Fact onePhase(LogRecord.OnePhase record, long entryTerm) {
        TransactionId id = record.transaction();
        Fact fenced = fence(id, entryTerm);
        if (fenced != null) {
            return fenced;
        }
        OpenTransaction standing = open.get(id);
        List<Member> member = List.of(record.member());
        open.put(
                id,
                (standing == null
                                ? OpenTransaction.begun(id, entryTerm, record.createdAt(), record.deadline())
                                : standing)
                        .withPhase(Phase.ONE_PHASE, member, 0));
        return Known.ONE_PHASE;
    }

    private Fact abort(TransactionId id, long entryTerm) {
        OpenTransaction standing = open.get(id);
        Fact fact = standing(id, standing, entryTerm);
        boolean undecided = standing != null
                ? standing.phase() == Phase.ENROLLED && entryTerm >= standing.owner()
                : fact instanceof Fact.OwnedBy && entryTerm == id.birthTerm();
        if (!undecided) {
            return fact;
        }
        settle(openOrNew(id, entryTerm).withPhase(Phase.ABORTED, null, 0));
        return Known.ABORTED;
    }

    private Fact adopt(TransactionId id, long entryTerm) {
        OpenTransaction standing = open.get(id);
        if (standing == null || standing.phase() != Phase.ENROLLED || entryTerm < standing.owner()) {
            return standing(id, standing, entryTerm);
        }
        open.put(id, standing.withOwner(entryTerm));
        return Known.APPLIED;
    }

    private Fact onePhaseResult(LogRecord.OnePhaseResult record, long entryTerm) {
        TransactionId id = record.transaction();
        OpenTransaction standing = open.get(id);
        if (standing == null || standing.phase() != Phase.ONE_PHASE) {
            return standing(id, standing, entryTerm);
        }
        if (record.outcome() == Outcome.ABORTED) {
            settle(standing.withPhase(Phase.ABORTED, null, record.decidedAt()));
            return Known.ABORTED;
        }
        List<Member> voted = standing.members() == null
                ? List.of()
                : standing.members().stream().map(m -> m.withVote(Vote.YES)).toList();
        settle(standing.withPhase(Phase.COMMITTED, voted, record.decidedAt())
                .withAcknowledged(voted.stream().map(Member::participant).toList()));
        return Known.COMMITTED;
    }

    private Fact acknowledge(LogRecord.Acknowledged record, long entryTerm) {
        OpenTransaction standing = open.get(record.transaction());
        if (standing != null && standing.phase() == Phase.COMMITTED) {
            settle(standing.withAcknowledged(record.participants()));
        }
        return standing(record.transaction(), open.get(record.transaction()), entryTerm);
    }

    private Fact heuristic(TransactionId id, HeuristicOutcome heuristic, long entryTerm) {
        OpenTransaction standing = open.get(id);
        if (standing == null && id.protocol() == Protocol.PAXOS_COMMIT && finished.get(id) == null) {
            return standing(id, null, entryTerm); // What its acceptors chose is not known here yet.
        }
        if (standing == null) {
            // Its outcome also stays among the finished: a reader that missed the open record must find it there.
            standing = OpenTransaction.reopened(id, entryTerm, finished.get(id));
        }
        boolean known = standing.heuristics().stream()
                .anyMatch(h -> h.participant().equals(heuristic.participant()) && h.kind() == heuristic.kind());
        if (!known) {
            open.put(id, standing.withHeuristic(heuristic).withAcknowledged(List.of(heuristic.participant())));
        }
        return Known.APPLIED;
    }

    private Fact resolve(LogRecord.HeuristicResolved record, long entryTerm) {
        OpenTransaction standing = open.get(record.transaction());
        if (standing == null) {
            return standing(record.transaction(), null, entryTerm);
        }
        for (HeuristicOutcome h : standing.heuristics()) {
            if (h.participant().equals(record.participant())) {
                standing = standing.withHeuristic(new HeuristicOutcome(h.participant(), h.kind(), true));
            }
        }
        settle(standing);
        return Known.APPLIED;
    }

    private OpenTransaction openOrNew(TransactionId id, long entryTerm) {
        OpenTransaction standing = open.get(id);
        return standing != null ? standing : OpenTransaction.begun(id, entryTerm, 0, 0);
    }

    /** Keeps a terminal transaction open while something is owed; else only its outcome, written first. */
    private void settle(OpenTransaction transaction) {
        if (!transaction.isFinished()) {
            open.put(transaction.id(), transaction);
            return;
        }
        boolean committed = transaction.phase() == Phase.COMMITTED;
        List<Member> members = !committed || transaction.members() == null ? List.of() : transaction.members();
        finished.put(
                Horizon.of(transaction.id()), committed ? Outcome.COMMITTED : Outcome.ABORTED, MemberVote.of(members));
        open.remove(transaction.id());
    }

    private Fact forget(LogRecord.Forgotten record) {
        Horizon next = record.horizon();
        // The leader proposes only what is finished (I13); an entry of an old leader must not undo that.
        boolean unfinished = !open.isEmpty() && next.covers(open.firstKey());
        if (next.compareTo(horizon) > 0 && !unfinished) {
            horizon = next;
            finished.forget(next);
            keys.forget(next);
            acceptors.forget(next);
            marks.removeIf(mark -> mark.born().compareTo(next) <= 0);
        }
        if (marks.size() == MAX_MARKS) {
            marks.removeFirst();
        }
        marks.addLast(record.mark());
        return Known.APPLIED;
    }

    /** For {@link GroupStateCodec}. */
    FinishedTransactions finished() {
        return finished;
    }

    /** For {@link GroupStateCodec}. */
    NavigableMap<String, KeyedBegin> keys() {
        return keys.all();
    }

    /** For {@link GroupStateCodec}: fills an empty state. */
    void restore(GroupStateCodec.Restored restored) {
        founded = restored.founded();
        horizon = restored.horizon();
        marks.addAll(restored.marks());
        restored.open().forEach(transaction -> open.put(transaction.id(), transaction));
        restored.keys().forEach(keys::put);
        restored.acceptors().forEach(acceptors::put);
        holders.addAll(restored.holders());
        lastTerm = restored.lastTerm();
    }
}
