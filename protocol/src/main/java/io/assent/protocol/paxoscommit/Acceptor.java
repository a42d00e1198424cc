package io.assent.protocol.paxoscommit;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.paxoscommit.AcceptorReply.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One acceptor: what a replica of a group holds of all transactions, the floors of FORGET, and the rounds that it has
 * used as a proposer. It is what the records of its storage add up to: {@link #on} judges a request and changes nothing,
 * {@link #apply} takes a record, live and in replay alike. Live, a record is applied before the next request is judged,
 * and the reply waits until the record, and every one before it, is on the disk.
 *
 * <p>Not for several threads.
 */
public final class Acceptor {

    private final AcceptorId self;
    private final int group;
    private final NavigableMap<TransactionId, AcceptorState> held = new TreeMap<>();
    private final LearnedTransactions learned = new LearnedTransactions();
    private final List<AcceptorRequest.Seal> seals = new ArrayList<>();
    private final SortedMap<Long, Horizon> horizons = new TreeMap<>();
    private long roundsUsed;

    /**
     * An acceptor that has heard nothing.
     *
     * @param self replica and incarnation of its storage
     * @param group the Raft group whose transactions it serves
     */
    public Acceptor(AcceptorId self, int group) {
        this.self = self;
        this.group = group;
    }

    /**
     * What a request leads to.
     *
     * @param record to be applied now, and durable before the reply leaves; null when nothing changes
     */
    public record Step(@Nullable AcceptorRecord record, AcceptorReply reply) {}

    /** Who it is. */
    public AcceptorId self() {
        return self;
    }

    /**
     * Judges a request.
     *
     * @param addressed whom the sender means; only this replica with this incarnation of its storage answers (Q1)
     */
    public Step on(AcceptorId addressed, AcceptorRequest request) {
        if (!addressed.equals(self)) {
            return unchanged(new AcceptorReply.Misaddressed(self));
        }
        return switch (request) {
            case AcceptorRequest.OfTransaction r -> onTransaction(r);
            case AcceptorRequest.Seal seal -> onSeal(seal);
            case AcceptorRequest.ListUnlearned list -> onList(list);
            case AcceptorRequest.Forget forget -> onForget(forget);
            case AcceptorRequest.TakeRounds rounds -> onRounds(rounds);
        };
    }

    private Step onTransaction(AcceptorRequest.OfTransaction request) {
        TransactionId id = request.transaction();
        if (id.group() != group) {
            return unchanged(new AcceptorReply.Misaddressed(self));
        }
        if (request instanceof AcceptorRequest.Learned && !held.containsKey(id)) {
            return unchanged(new AcceptorReply.Noted());
        }
        Step refusal = belowFloor(request);
        if (refusal != null) {
            return refusal;
        }
        AcceptorState.Step step = state(id).on(request);
        return new Step(step.record(), step.reply());
    }

    /** Q6: below a floor only the ballot of the seal comes through, below the horizon nothing does. */
    private @Nullable Step belowFloor(AcceptorRequest.OfTransaction request) {
        TransactionId id = request.transaction();
        if (!(request instanceof AcceptorRequest.Learned) && isForgotten(id)) {
            return rejected(id, Reason.FORGOTTEN);
        }
        Ballot floor = floor(id);
        return switch (request) {
            case AcceptorRequest.VoteBundle ignored when !floor.isZero() -> rejected(id, Reason.SEALED);
            case AcceptorRequest.Phase1a r
            when !floor.isZero() && r.ballot().isAbove(floor) -> rejected(id, Reason.SEALED);
            case AcceptorRequest.Phase1a r when floor.isAbove(r.ballot()) -> refused(id, floor);
            case AcceptorRequest.Phase2a r
            when floor.isAbove(r.ballot()) ->
                unchanged(new AcceptorReply.Refused(
                        id, Ballot.max(floor, state(id).promised())));
            default -> null;
        };
    }

    /**
     * The seal counts as a promise for everything in its range, so it must not take back a higher one; nor may a deposed
     * leader open, by a higher ballot, what the seal of a later leader has closed.
     */
    private Step onSeal(AcceptorRequest.Seal seal) {
        List<TransactionId> reported =
                held.navigableKeySet().stream().filter(seal::covers).toList();
        Ballot highest = Ballot.ZERO;
        for (TransactionId id : reported) {
            highest = Ballot.max(highest, state(id).promised());
        }
        boolean outdated = false;
        for (AcceptorRequest.Seal standing : seals) {
            if (standing.overlaps(seal)) {
                highest = Ballot.max(highest, standing.ballot());
                outdated |= standing.leaderTerm() > seal.leaderTerm();
            }
        }
        if (outdated || highest.isAbove(seal.ballot())) {
            return unchanged(new AcceptorReply.SealRefused(seal, highest));
        }
        AcceptorReply reply = new AcceptorReply.Sealed(seal, reported);
        boolean stands = seals.stream().anyMatch(standing -> standing.includes(seal));
        return new Step(stands ? null : new AcceptorRecord.SealSet(seal), reply);
    }

    private Step onList(AcceptorRequest.ListUnlearned list) {
        TransactionId after = list.after();
        NavigableSet<TransactionId> all = held.navigableKeySet();
        SortedSet<TransactionId> rest = after == null ? all : all.tailSet(after, false);
        return unchanged(
                new AcceptorReply.Unlearned(rest.stream().limit(list.limit()).toList()));
    }

    private Step onForget(AcceptorRequest.Forget forget) {
        Horizon standing = horizon(forget.incarnation());
        if (forget.horizon().compareTo(standing) <= 0) {
            return unchanged(new AcceptorReply.Forgotten(forget.incarnation(), standing));
        }
        return new Step(
                new AcceptorRecord.HorizonPassed(forget.incarnation(), forget.horizon()),
                new AcceptorReply.Forgotten(forget.incarnation(), forget.horizon()));
    }

    private Step onRounds(AcceptorRequest.TakeRounds request) {
        long first = Math.max(request.atLeast(), Math.addExact(roundsUsed, 1));
        long last = Math.addExact(first, request.count() - 1);
        return new Step(new AcceptorRecord.RoundsUsed(last), new AcceptorReply.RoundsTaken(first, last));
    }

    private static Step unchanged(AcceptorReply reply) {
        return new Step(null, reply);
    }

    private Step refused(TransactionId id, Ballot floor) {
        return unchanged(
                new AcceptorReply.Refused(id, Ballot.max(floor, state(id).promised())));
    }

    private static Step rejected(TransactionId id, Reason reason) {
        return unchanged(new AcceptorReply.Rejected(id, reason));
    }

    /**
     * Takes a record.
     *
     * @throws IllegalStateException when it cannot follow those before it
     */
    public void apply(AcceptorRecord record) {
        switch (record) {
            case AcceptorRecord.OfTransaction r -> keep(state(r.transaction()).apply(r));
            case AcceptorRecord.SealSet r -> {
                seals.removeIf(r.seal()::includes);
                seals.add(r.seal());
            }
            case AcceptorRecord.HorizonPassed r -> forget(r.incarnation(), r.horizon());
            case AcceptorRecord.RoundsUsed r -> roundsUsed = Math.max(roundsUsed, r.last());
        }
    }

    private void keep(AcceptorState state) {
        TransactionId id = state.transaction();
        if (state.learned()) {
            held.remove(id);
            learned.add(id);
        } else {
            held.put(id, state);
        }
    }

    /** What is not LEARNED stays, though it is answered no more: an operator may have to look at it (Q6). */
    private void forget(long incarnation, Horizon newHorizon) {
        Horizon horizon = newHorizon.compareTo(horizon(incarnation)) > 0 ? newHorizon : horizon(incarnation);
        horizons.put(incarnation, horizon);
        learned.forget(incarnation, horizon);
        seals.removeIf(
                seal -> seal.incarnation() == incarnation && seal.horizon().compareTo(horizon) <= 0);
    }

    /** What is known of a transaction; {@link AcceptorState#unknown} when nothing is. */
    public AcceptorState state(TransactionId id) {
        AcceptorState state = held.get(id);
        if (state != null) {
            return state;
        }
        return learned.contains(id) ? AcceptorState.known(id) : AcceptorState.unknown(id);
    }

    /** Everything that must stay known of the transaction as one record, or null when nothing must. */
    public AcceptorRecord.@Nullable OfTransaction kept(TransactionId id) {
        AcceptorState state = held.get(id);
        if (state != null) {
            return new AcceptorRecord.Kept(state);
        }
        return learned.contains(id) && !isForgotten(id) ? new AcceptorRecord.MarkedLearned(id) : null;
    }

    /** The records that what is not about one transaction adds up to: floors, horizons, rounds. */
    public List<AcceptorRecord> groupRecords() {
        List<AcceptorRecord> records = new ArrayList<>();
        horizons.forEach((incarnation, horizon) -> records.add(new AcceptorRecord.HorizonPassed(incarnation, horizon)));
        seals.forEach(seal -> records.add(new AcceptorRecord.SealSet(seal)));
        if (roundsUsed > 0) {
            records.add(new AcceptorRecord.RoundsUsed(roundsUsed));
        }
        return records;
    }

    /** Whether the transaction is at or below the horizon of its incarnation. */
    public boolean isForgotten(TransactionId id) {
        return horizon(id.incarnation()).covers(id);
    }

    /** How many transactions it holds: those that were voted, promised or accepted, and are not LEARNED. */
    public int size() {
        return held.size();
    }

    private Horizon horizon(long incarnation) {
        return horizons.getOrDefault(incarnation, Horizon.NONE);
    }

    /** The ballot that seals promised for the transaction, 0 when none covers it. */
    private Ballot floor(TransactionId id) {
        Ballot floor = Ballot.ZERO;
        for (AcceptorRequest.Seal seal : seals) {
            floor = seal.covers(id) ? Ballot.max(floor, seal.ballot()) : floor;
        }
        return floor;
    }
}
