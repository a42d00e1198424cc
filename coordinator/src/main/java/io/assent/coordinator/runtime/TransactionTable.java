package io.assent.coordinator.runtime;

import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.LeaderTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of one leader in one term: volatile, and replaced as a whole when the term is lost, never emptied
 * (U2). The loop writes; any thread may look up by id.
 */
final class TransactionTable implements LeaderTable {

    private final long term;
    private final Map<TransactionId, Entry> entries = new ConcurrentHashMap<>();
    private final Recent recentAborted;
    private final Recent recentCommitted;
    private final NavigableSet<Alarm> alarms =
            new TreeSet<>(Comparator.comparingLong(Alarm::at).thenComparing(Alarm::id));
    private final Map<String, Set<TransactionId>> behind = new HashMap<>();
    private volatile long issuedSequence = -1;

    /** An instant at which a transaction wants to be woken. */
    record Alarm(long at, TransactionId id) {}

    /** A transaction in the table. */
    static final class Entry {
        private final Transaction.Description description;
        private volatile CoordinatorRole role;
        private volatile Map<String, Transaction.Contact> contacts = Map.of();
        private volatile long completedAt;
        private final List<Request.OfTransaction> deferred = new ArrayList<>(0);
        private volatile @Nullable CompletableFuture<Answer> begun;
        private long alarmAt;
        private long phaseSince;

        Entry(CoordinatorRole role, Transaction.Description description, long nanos) {
            this.role = role;
            this.description = description;
            phaseSince = nanos;
        }

        CoordinatorRole role() {
            return role;
        }

        void become(CoordinatorRole next) {
            role = next;
        }

        Transaction show() {
            return Transaction.of(role, description, contacts, completedAt);
        }

        /** Notes when nothing was left to send; the first time counts. */
        void complete(long at) {
            if (completedAt == 0) {
                completedAt = at;
            }
        }

        /** Notes that a message to a branch was tried, and what went wrong, or null. */
        void contact(String branch, @Nullable String error) {
            Map<String, Transaction.Contact> next = new HashMap<>(contacts);
            Transaction.Contact last = next.getOrDefault(branch, Transaction.Contact.NONE);
            next.put(branch, new Transaction.Contact(last.attempts() + 1, error == null ? last.lastError() : error));
            contacts = next;
        }

        /** Notes what is wrong with a branch; true when that is news. */
        boolean warn(String branch, String error) {
            Transaction.Contact last = contacts.getOrDefault(branch, Transaction.Contact.NONE);
            if (error.equals(last.lastError())) {
                return false;
            }
            Map<String, Transaction.Contact> next = new HashMap<>(contacts);
            next.put(branch, new Transaction.Contact(last.attempts(), error));
            contacts = next;
            return true;
        }

        /** Requests that came before this leader's claim was applied. */
        List<Request.OfTransaction> deferred() {
            return deferred;
        }

        /** Who waits to be told that a keyed begin stands in the log, or null. */
        @Nullable
        CompletableFuture<Answer> begun() {
            return begun;
        }

        /** Until this is answered nobody may see the transaction. */
        void tellWhenBegun(@Nullable CompletableFuture<Answer> answer) {
            begun = answer;
        }

        /** Whether it will be woken. */
        boolean hasAlarm() {
            return alarmAt != 0;
        }

        /** Nanoseconds since the last call, or since it entered the table, for the length of phases. */
        long lap(long nanos) {
            long length = nanos - phaseSince;
            phaseSince = nanos;
            return length;
        }
    }

    /** The last transactions that left the table, up to a number. */
    private static final class Recent extends LinkedHashMap<TransactionId, TransactionTable.Entry> {
        private static final long serialVersionUID = 1L;

        private final int limit;

        Recent(int limit) {
            this.limit = limit;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<TransactionId, TransactionTable.Entry> eldest) {
            return size() > limit;
        }
    }

    TransactionTable(long term, RuntimeLimits limits) {
        this.term = term;
        recentAborted = new Recent(limits.recentAborted());
        recentCommitted = new Recent(limits.recentCommitted());
    }

    @Override
    public long term() {
        return term;
    }

    @Override
    public long issuedSequence() {
        return issuedSequence;
    }

    @Override
    public boolean contains(TransactionId id) {
        return entries.containsKey(id);
    }

    @Nullable
    Entry get(TransactionId id) {
        return entries.get(id);
    }

    /** What is remembered of a transaction that left the table, or null. */
    @Nullable
    Entry recent(TransactionId id) {
        synchronized (recentAborted) {
            Entry aborted = recentAborted.get(id);
            return aborted == null ? recentCommitted.get(id) : aborted;
        }
    }

    int size() {
        return entries.size();
    }

    @Override
    public Collection<TransactionId> ids() {
        return entries.keySet();
    }

    Collection<Entry> entries() {
        return entries.values();
    }

    /**
     * Adds a transaction that this leader issued; only then its number counts as issued.
     *
     * @param begun who is told when its keyed begin stands in the log, or null
     * @param nanos when its first phase begins
     */
    Entry addIssued(
            CoordinatorRole role,
            Transaction.Description description,
            @Nullable CompletableFuture<Answer> begun,
            long nanos) {
        Entry entry = new Entry(role, description, nanos);
        entry.tellWhenBegun(begun);
        entries.put(role.id(), entry);
        issuedSequence = role.id().sequence();
        return entry;
    }

    /**
     * Adds a transaction that this leader took over.
     *
     * @param nanos when its first phase here begins
     */
    Entry add(CoordinatorRole role, Transaction.Description description, long nanos) {
        Entry entry = new Entry(role, description, nanos);
        entries.put(role.id(), entry);
        return entry;
    }

    /** Lets a transaction leave (L7); what may be shown of it is remembered for a while. */
    void remove(Entry entry) {
        Outcome outcome = entry.role().outcome();
        synchronized (recentAborted) {
            if (outcome == Outcome.ABORTED) {
                recentAborted.put(entry.role().id(), entry);
            } else if (outcome == Outcome.COMMITTED) {
                recentCommitted.put(entry.role().id(), entry);
            }
        }
        alarm(entry, 0);
        entries.remove(entry.role().id());
    }

    /** Sets the instant at which a transaction wants to be woken, in the place of an earlier one; 0 for never. */
    void alarm(Entry entry, long at) {
        if (entry.alarmAt == at) {
            return;
        }
        alarms.remove(new Alarm(entry.alarmAt, entry.role().id()));
        entry.alarmAt = at;
        if (at != 0) {
            alarms.add(new Alarm(at, entry.role().id()));
        }
    }

    /** The next transaction whose time has come, or null. */
    @Nullable
    Entry due(long now) {
        if (nextAlarm() > now) {
            return null;
        }
        Entry entry = entries.get(alarms.first().id());
        if (entry == null) {
            alarms.pollFirst();
        } else {
            alarm(entry, 0);
        }
        return entry;
    }

    /** When the next alarm is due, or a large number. */
    long nextAlarm() {
        return alarms.isEmpty() ? Long.MAX_VALUE : alarms.first().at();
    }

    /** Notes that the endpoint's lane had no room for a message of this transaction. */
    void behind(String endpoint, TransactionId id) {
        behind.computeIfAbsent(endpoint, any -> new LinkedHashSet<>()).add(id);
    }

    /** Some transactions that owe the endpoint a message, taken off the list. */
    List<Entry> takeBehind(String endpoint, int limit) {
        Set<TransactionId> ids = behind.getOrDefault(endpoint, Set.of());
        List<Entry> taken = new ArrayList<>();
        var next = ids.iterator();
        while (next.hasNext() && taken.size() < limit) {
            Entry entry = entries.get(next.next());
            next.remove();
            if (entry != null) {
                taken.add(entry);
            }
        }
        if (ids.isEmpty()) {
            behind.remove(endpoint);
        }
        return taken;
    }
}
