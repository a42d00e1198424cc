package io.assent.protocol.simulation;

import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.participant.BranchEvent.PrepareResult;
import io.assent.protocol.participant.BranchEvent.TombstoneResult;
import io.assent.protocol.participant.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A model of one participant's database: rows that branches lock, the unique key of {@code assent_branch}, branches that
 * survive when prepared and vanish with their connection when not. Everything in it is durable when its method returns.
 */
final class Database {

    static final int ACCOUNTS = 40;

    private final String participant;
    private final Checker checker;
    private final Seams seams;
    private final Scheduler scheduler;
    private final long[] balances = new long[ACCOUNTS];
    private final Map<TransactionId, Session> live = new TreeMap<>();
    private final Map<TransactionId, Session> prepared = new TreeMap<>();
    private final Map<TransactionId, Facts> rows = new TreeMap<>();
    private final Map<TransactionId, List<Member>> known = new TreeMap<>();
    private Horizon horizon = Horizon.NONE;

    /** A change of an account by one business call. */
    record Effect(int id, int account, long delta) {}

    /** What a connection, or a prepared branch, holds. */
    static final class Session {
        final TransactionId transaction;
        boolean holdsKey;
        boolean ended;
        /** Whether a connection is bound to the branch still, so that no other one may finish it. */
        boolean bound;
        /** Whether the database still works on what the connection told it: closing does not stop that. */
        boolean inFlight;

        private final List<Effect> effects = new ArrayList<>();

        Session(TransactionId transaction) {
            this.transaction = transaction;
        }
    }

    /** What stands in the way of a row. */
    enum Key {
        FREE,
        TOMBSTONE,
        COMMITTED,
        HELD,
        FORGOTTEN
    }

    Database(String participant, Checker checker, Seams seams, Scheduler scheduler) {
        this.participant = participant;
        this.checker = checker;
        this.seams = seams;
        this.scheduler = scheduler;
    }

    /** What becomes of a branch is part of what two equal runs have in common. */
    private void note(TransactionId id, String what) {
        scheduler.note(31L * id.hashCode() + what.hashCode());
    }

    String participant() {
        return participant;
    }

    // Work.

    /** A new branch, or null when the resource has it already. */
    @Nullable
    Session open(TransactionId id) {
        if (live.containsKey(id) || prepared.containsKey(id)) {
            return null;
        }
        Session session = new Session(id);
        live.put(id, session);
        return session;
    }

    private Key key(TransactionId id) {
        Facts row = rows.get(id);
        if (row != null) {
            return row == Facts.COMMITTED ? Key.COMMITTED : Key.TOMBSTONE;
        }
        Session alive = live.get(id);
        Session promised = prepared.get(id);
        boolean held = seams.rowComesWithWork()
                && ((alive != null && alive.holdsKey) || (promised != null && promised.holdsKey));
        return held ? Key.HELD : Key.FREE;
    }

    /** Inserts the row of the branch inside the branch. */
    Key insertRow(Session session) {
        Key key = key(session.transaction);
        if (key == Key.FREE && seams.looksAtHorizonBeforeWork() && horizon.covers(session.transaction)) {
            return Key.FORGOTTEN;
        }
        if (key == Key.FREE) {
            session.holdsKey = true;
        }
        return key;
    }

    /** Does the work of a call; false when another branch has locked the account. */
    boolean work(Session session, Effect effect) {
        if (session.ended || isLocked(effect.account(), session)) {
            return false;
        }
        session.effects.add(effect);
        return true;
    }

    private boolean isLocked(int account, Session by) {
        for (Session other : live.values()) {
            if (other != by && other.effects.stream().anyMatch(e -> e.account() == account)) {
                return true;
            }
        }
        for (Session other : prepared.values()) {
            if (other != by && other.effects.stream().anyMatch(e -> e.account() == account)) {
                return true;
            }
        }
        return false;
    }

    // The end of a branch.

    PrepareResult prepare(Session session) {
        TransactionId id = session.transaction;
        if (session.ended || live.get(id) != session) {
            return PrepareResult.FAILED;
        }
        live.remove(id);
        session.ended = true;
        if (!session.holdsKey && session.effects.isEmpty()) {
            checker.leftReadOnly(participant, id);
            return PrepareResult.READ_ONLY;
        }
        prepared.put(id, session);
        session.bound = true;
        checker.prepared(participant, id);
        note(id, "prepared");
        return PrepareResult.PREPARED;
    }

    /** Commits the prepared branch; false when it is not there, or bound to another connection. */
    boolean commit(TransactionId id, @Nullable Session own, boolean bindsConnections) {
        Session session = prepared.get(id);
        if (session == null || (bindsConnections && session.bound && session != own)) {
            return false;
        }
        prepared.remove(id);
        settle(session, session.holdsKey);
        return true;
    }

    boolean commitOnePhase(Session session) {
        if (session.ended || live.get(session.transaction) != session) {
            return false;
        }
        live.remove(session.transaction);
        session.ended = true;
        settle(session, seams.provesOnePhase());
        return true;
    }

    private void settle(Session session, boolean withRow) {
        Set<Integer> done = new TreeSet<>();
        for (Effect effect : session.effects) {
            balances[effect.account()] += effect.delta();
            checker.happened(participant, session.transaction, done.add(effect.id()));
        }
        if (withRow) {
            rows.put(session.transaction, Facts.COMMITTED);
        }
        checker.committed(participant, session.transaction, done);
        note(session.transaction, "committed");
    }

    /** Ends a connection: live work is gone, a prepared branch stays. */
    void close(Session session) {
        session.bound = false;
        if (!session.ended && !session.inFlight) {
            session.ended = true;
            live.remove(session.transaction, session);
        }
    }

    /** Rolls back the prepared branch, unless it is not there, or bound to another connection. */
    void rollBackPrepared(TransactionId told, @Nullable Session own, boolean bindsConnections) {
        TransactionId id = seams.meant(told, prepared.keySet());
        Session session = prepared.get(id);
        if (session != null && (!bindsConnections || !session.bound || session == own)) {
            prepared.remove(id);
            checker.rolledBack(participant, id);
            note(id, "rolled back");
        }
    }

    TombstoneResult bury(TransactionId id) {
        if (horizon.covers(id)) {
            return TombstoneResult.UNKNOWN;
        }
        switch (key(id)) {
            case FREE -> {
                rows.put(id, Facts.ABORTED);
                checker.rolledBack(participant, id);
                note(id, "buried");
                return TombstoneResult.STANDS;
            }
            case TOMBSTONE -> {
                return TombstoneResult.STANDS;
            }
            case COMMITTED -> {
                return TombstoneResult.COMMITTED;
            }
            case HELD -> {
                return TombstoneResult.KEY_HELD;
            }
            case FORGOTTEN -> {} // Looked at above.
        }
        throw new IllegalStateException();
    }

    // Facts.

    boolean isPrepared(TransactionId id) {
        return prepared.containsKey(id);
    }

    boolean isLive(TransactionId id) {
        return live.containsKey(id);
    }

    /** The row of the branch: COMMITTED, ABORTED or NONE. */
    Facts row(TransactionId id) {
        return rows.getOrDefault(id, Facts.NONE);
    }

    /** Writes down that the decision is commit. */
    void know(TransactionId id, List<Member> members) {
        List<Member> before = known.get(id);
        if (before == null || before.isEmpty()) {
            known.put(id, members);
        }
        checker.preCommitted(participant, id);
        note(id, "known");
    }

    /** The members of a decision that was written down, or null when none was. */
    @Nullable
    List<Member> known(TransactionId id) {
        return known.get(id);
    }

    List<TransactionId> inDoubt() {
        return new ArrayList<>(prepared.keySet());
    }

    /** Keeps the horizon; what is finished below it is dropped. */
    void forget(Horizon next) {
        if (next.compareTo(horizon) > 0) {
            horizon = next;
            rows.keySet().removeIf(next::covers);
            known.keySet().removeIf(next::covers);
        }
    }

    /** Drops all that is finished, whatever the horizon. */
    void forgetAll() {
        rows.clear();
        known.clear();
    }

    Horizon horizon() {
        return horizon;
    }

    long total() {
        long sum = 0;
        for (long balance : balances) {
            sum += balance;
        }
        return sum;
    }

    /** Whether no branch holds anything. */
    boolean isQuiet() {
        return live.isEmpty() && prepared.isEmpty();
    }

    @Override
    public String toString() {
        return participant + " live=" + live.keySet() + " prepared=" + prepared.keySet();
    }
}
