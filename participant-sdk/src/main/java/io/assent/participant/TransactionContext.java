package io.assent.participant;

import io.assent.protocol.AbortReason;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.IllegalTransactionStateException;

/**
 * The transaction in which the current thread works: one that this service begins, or one that came with a request.
 * Bound to a thread by {@link #bind}; it travels to other threads with Micrometer's context propagation. One request of
 * a transaction has one context, and so has one initiator's method. Safe for use by several threads.
 */
public final class TransactionContext {

    // The one thing here that outlives an object: like Spring's own transaction it belongs to the thread.
    private static final ThreadLocal<@Nullable TransactionContext> CURRENT = new ThreadLocal<>();

    /** Takes a binding away on the thread that made it. */
    @FunctionalInterface
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    /** Begins the transaction: called at most once with success. */
    @FunctionalInterface
    public interface Begin extends Supplier<TransactionId> {}

    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock beginning = new ReentrantLock();
    private final Protocol protocol;
    private final Duration timeout;
    private final boolean repeatableCalls;
    private final @Nullable Begin begin;
    private final @Nullable ReceivedCall call;
    private final SeenBranches seen = new SeenBranches();
    private final Map<String, BranchMember> own = new TreeMap<>();
    private final Map<String, Map<String, String>> tokensByHost = new TreeMap<>();
    private volatile @Nullable TransactionId id;
    private volatile @Nullable Deadline deadline;
    private volatile @Nullable AbortReason rollbackOnly;
    private final List<Runnable> beforeAnswer = new ArrayList<>();
    private volatile boolean deliberate;
    private volatile boolean ended;

    private TransactionContext(
            Protocol protocol,
            Duration timeout,
            boolean repeatableCalls,
            @Nullable Begin begin,
            @Nullable ReceivedCall call) {
        this.protocol = protocol;
        this.timeout = timeout;
        this.repeatableCalls = repeatableCalls;
        this.begin = begin;
        this.call = call;
    }

    /**
     * A transaction that this service begins when its id is first needed.
     *
     * @param timeout of the transaction, counted from its begin
     * @param repeatableCalls whether a call that ended without an answer may be repeated, or left, without harm
     * @param begin begins it at the coordinators; may block and may fail
     */
    public static TransactionContext initiated(
            Protocol protocol, Duration timeout, boolean repeatableCalls, Begin begin) {
        return new TransactionContext(protocol, timeout, repeatableCalls, begin, null);
    }

    /** The transaction that a request carries; its time starts to run now. */
    public static TransactionContext received(ReceivedCall call) {
        TransactionContext context = new TransactionContext(call.protocol(), call.timeLeft(), false, null, call);
        context.id = call.transaction();
        context.deadline = Deadline.in(call.timeLeft());
        return context;
    }

    /** The context of the current thread, or null when it works in no transaction. */
    public static @Nullable TransactionContext current() {
        return CURRENT.get();
    }

    /** Makes this the context of the current thread until the scope is closed; then the one before is there again. */
    public Scope bind() {
        TransactionContext before = CURRENT.get();
        CURRENT.set(this);
        return () -> restore(before);
    }

    static void restore(@Nullable TransactionContext before) {
        if (before == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(before);
        }
    }

    /** The protocol that the transaction runs. */
    public Protocol protocol() {
        return protocol;
    }

    /**
     * The transaction's id. The first call in a transaction that this service initiates begins it, and blocks
     * meanwhile.
     *
     * @throws CoordinatorUnavailableException when it could not be begun
     * @throws IllegalTransactionStateException when the initiator's method has ended
     */
    public TransactionId id() {
        TransactionId known = id;
        if (ended) {
            throw new IllegalTransactionStateException("The transaction " + (known == null ? "" : known + " ")
                    + "has ended for this thread: finish all work before the method that began it returns");
        }
        return known != null ? known : beginOnce();
    }

    private TransactionId beginOnce() {
        beginning.lock();
        try {
            TransactionId known = id;
            if (known == null) {
                if (begin == null) {
                    throw new IllegalStateException("A received transaction has its id from the start");
                }
                Deadline atLeast = Deadline.in(timeout);
                known = begin.get();
                deadline = atLeast;
                id = known;
            }
            return known;
        } finally {
            beginning.unlock();
        }
    }

    /** The transaction's id if it has been begun. */
    public Optional<TransactionId> idIfBegun() {
        return Optional.ofNullable(id);
    }

    /** Whether this service begins the transaction, rather than having received it with a request. */
    public boolean isInitiated() {
        return call == null;
    }

    /** What the request's headers said; empty in a transaction that this service initiates. */
    public Optional<ReceivedCall> receivedCall() {
        return Optional.ofNullable(call);
    }

    /** The deadline; that of a transaction not yet begun moves along with the time. */
    public Deadline deadline() {
        Deadline known = deadline;
        return known != null ? known : Deadline.in(timeout);
    }

    /** The time that is left, never negative; the whole time-out while it has not been begun. */
    public Duration timeLeft() {
        return deadline().left();
    }

    /** Whether a call that ended without an answer leaves the transaction as it was. */
    public boolean repeatableCalls() {
        return repeatableCalls;
    }

    /**
     * Makes the transaction one that can only abort. The first reason stays.
     *
     * @param why for people; it becomes the abort's reason
     */
    public void setRollbackOnly(String why) {
        lock.lock();
        try {
            deliberate = deliberate || rollbackOnly == null;
            setRollbackOnly(new AbortReason(AbortReason.Code.INITIATOR, null, why));
        } finally {
            lock.unlock();
        }
    }

    /** Makes the transaction one that can only abort. The first reason stays. */
    public void setRollbackOnly(AbortReason reason) {
        lock.lock();
        try {
            if (rollbackOnly == null) {
                rollbackOnly = reason;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether the transaction can only abort, as far as this context knows. */
    public boolean isRollbackOnly() {
        return rollbackOnly != null;
    }

    /** Why the transaction can only abort; empty when it can still commit. */
    public Optional<AbortReason> rollbackOnlyReason() {
        return Optional.ofNullable(rollbackOnly);
    }

    /**
     * Whether the transaction was made rollback-only by the very method that began it, with
     * {@link #setRollbackOnly(String)}, so that its abort surprises nobody.
     */
    public boolean isRollbackDeliberate() {
        return deliberate;
    }

    /** Marks work that joins the transaction: if it makes it rollback-only, whoever began it must be told. */
    public Scope join() {
        boolean before = isRollbackOnly();
        return () -> {
            if (!before) {
                deliberate = false;
            }
        };
    }

    /**
     * Notes an answer to a business call.
     *
     * @param host scheme and authority that the call was addressed to
     * @param members what its {@code Assent-Branch} field names
     */
    public void answered(String host, List<BranchMember> members) {
        lock.lock();
        try {
            Map<String, String> tokens = tokensByHost.computeIfAbsent(host, h -> new TreeMap<>());
            for (BranchMember member : members) {
                note(member);
                String token = member.member().token();
                if (token != null) {
                    tokens.put(member.participant(), token);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Notes the branches in which the initiating service worked itself. */
    public void workedLocally(List<BranchMember> members) {
        lock.lock();
        try {
            members.forEach(this::note);
        } finally {
            lock.unlock();
        }
    }

    private void note(BranchMember member) {
        AbortReason.Code code =
                member.member().vote() == Vote.NO ? AbortReason.Code.VOTE_NO : AbortReason.Code.BRANCH_MISMATCH;
        seen.add(member).ifPresent(why -> setRollbackOnly(new AbortReason(code, member.participant(), why)));
    }

    /** Token by participant id of the branches that answers from this host have named. */
    public Map<String, String> tokensAt(String host) {
        lock.lock();
        try {
            return Map.copyOf(tokensByHost.getOrDefault(host, Map.of()));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes what this request is to answer about a branch of this service; replaces what was noted for the same
     * participant before.
     */
    public void reportOwn(BranchMember member) {
        lock.lock();
        try {
            own.put(member.participant(), member);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The members that the answer to this request must name: this service's own and those of the answers that it
     * received while it served the request, one for each participant. When the transaction is rollback-only, the first
     * of them has the vote NO, which makes the initiator abort.
     */
    public List<BranchMember> answerMembers() {
        lock.lock();
        try {
            SeenBranches all = new SeenBranches();
            own.values().forEach(all::add);
            seen.all().forEach(all::add);
            List<BranchMember> members = new ArrayList<>(all.all());
            if (rollbackOnly != null && !members.isEmpty()) {
                members.set(0, members.getFirst().withVote(Vote.NO));
            }
            return members;
        } finally {
            lock.unlock();
        }
    }

    /** This service's own members of {@link #answerMembers}, as they were noted. */
    public List<BranchMember> ownMembers() {
        lock.lock();
        try {
            return List.copyOf(own.values());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Has something done once on the request's thread when the answer to the request is about to be written, the last
     * moment for {@link #reportOwn}.
     */
    public void beforeAnswer(Runnable action) {
        lock.lock();
        try {
            beforeAnswer.add(action);
        } finally {
            lock.unlock();
        }
    }

    /** Does what was to be done before the answer, each thing once. */
    public void prepareAnswer() {
        List<Runnable> actions;
        lock.lock();
        try {
            actions = List.copyOf(beforeAnswer);
            beforeAnswer.clear();
        } finally {
            lock.unlock();
        }
        actions.forEach(Runnable::run);
    }

    /** The members that the initiator hands over with the commit, with votes where their protocol takes them early. */
    public List<Member> commitMembers() {
        lock.lock();
        try {
            List<Member> members = seen.forCommit();
            return protocol == Protocol.TWO_PHASE
                    ? members
                    : members.stream().map(TransactionContext::withoutPromise).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Who has rolled back tells so in any protocol; what promises to commit is PREPARE's to ask for. */
    private static Member withoutPromise(Member member) {
        return member.vote() == Vote.NO ? member : member.withVote(null);
    }

    /** Ends the context: {@link #id} and with it every further call in the transaction is refused from now on. */
    public void end() {
        ended = true;
    }
}
