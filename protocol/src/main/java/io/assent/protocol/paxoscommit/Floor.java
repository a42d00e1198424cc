package io.assent.protocol.paxoscommit;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.coordinator.LeaderTable;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The floor of a FORGET (Q6), as the leader of one term lays it: before the horizon passes over transactions that
 * acceptors decide, a majority of each acceptor list seals what was born until then, and what they report and the log has
 * not learned is found out. Asking without sealing is not enough. A leader that finds the seal of an earlier one in its
 * way seals anew, above it. Not safe for use by several threads.
 */
public final class Floor {

    private final LeaderTable table;
    private final Supplier<GroupState> state;
    private final Desk desk;
    private final Recover recover;
    private final long patienceMillis;
    private Horizon sealed = Horizon.NONE;
    private Horizon urgent = Horizon.NONE;
    private long leastRound = 1;
    private @Nullable Sealing sealing;

    /** Brings the leader's questions to acceptors. */
    public interface Desk {
        /** This node's own acceptor, where it is one of these; else null. */
        AcceptorList.@Nullable Entry own(AcceptorList acceptors);

        /** Asks once, and hands over the answer, or null when none came. */
        void ask(AcceptorList.Entry to, AcceptorRequest request, Consumer<@Nullable AcceptorReply> answer);
    }

    /** Finds out what became of a transaction, with the ballot of a seal. */
    public interface Recover {
        void recover(TransactionId id, Ballot ballot);
    }

    /** Some terms with the same acceptors, and who of them has sealed them. */
    private record Range(AcceptorList acceptors, long fromTerm, Horizon to, Set<AcceptorId> by) {
        boolean isSealed() {
            return acceptors.isMajority(by);
        }

        boolean covers(TransactionId id) {
            return id.protocol() == Protocol.PAXOS_COMMIT
                    && id.birthTerm() >= fromTerm
                    && Horizon.of(id).compareTo(to) <= 0;
        }
    }

    /**
     * A seal on its way.
     *
     * @param reported what is to be found out before it is complete
     */
    private record Sealing(long since, Horizon target, List<Range> ranges, Set<TransactionId> reported) {}

    /**
     * A floor of which nothing is laid yet.
     *
     * @param table what the leader holds, and its term
     * @param state the applied state of its replica
     * @param patienceMillis after this long a seal that is not complete is tried anew, with a higher ballot: an answer may
     *     be lost
     */
    public Floor(LeaderTable table, Supplier<GroupState> state, Desk desk, Recover recover, long patienceMillis) {
        this.table = table;
        this.state = state;
        this.desk = desk;
        this.recover = recover;
        this.patienceMillis = patienceMillis;
    }

    /** As far as a majority of every list has sealed, and what it reported is finished. */
    public Horizon sealed() {
        return sealed;
    }

    /** As far as the horizon may move now, on the way to the one that is wanted; sealing begins where it must. */
    public Horizon allow(Horizon wanted, long now) {
        if (wanted.compareTo(state.get().horizon()) <= 0 || rangesUpTo(wanted).isEmpty()) {
            return wanted;
        }
        if (wanted.compareTo(sealed) > 0) {
            seal(wanted, now);
        }
        return wanted.compareTo(sealed) <= 0
                ? wanted
                : sealed.compareTo(state.get().horizon()) > 0
                        ? sealed
                        : state.get().horizon();
    }

    /** Somebody's seal stands in the way of finding out what became of this transaction. */
    public void isInTheWay(TransactionId id) {
        Horizon birth = Horizon.of(id);
        urgent = birth.compareTo(urgent) > 0 ? birth : urgent;
    }

    /** Goes on: a seal that is complete counts, one that is urgent begins. */
    public void work(long now) {
        Sealing running = sealing;
        if (running != null && isComplete(running)) {
            sealed = running.target().compareTo(sealed) > 0 ? running.target() : sealed;
            sealing = null;
        }
        if (!urgent.equals(Horizon.NONE) && seal(urgent, now)) {
            urgent = Horizon.NONE;
        }
    }

    private boolean isComplete(Sealing running) {
        return running.ranges().stream().allMatch(Range::isSealed)
                && running.reported().stream()
                        .noneMatch(id -> table.contains(id) || state.get().read(id) instanceof Standing.Absent);
    }

    /** Begins to seal; false while another seal has its time. */
    private boolean seal(Horizon target, long now) {
        LogRecord.Founded founded = state.get().founded();
        Sealing running = sealing;
        if (founded == null || running != null && now - running.since() < patienceMillis) {
            return false;
        }
        Sealing fresh = new Sealing(now, target, rangesUpTo(target), new TreeSet<>());
        sealing = fresh;
        fresh.ranges().forEach(range -> takeRound(fresh, range, founded.incarnation()));
        return true;
    }

    /** Ballots of two acceptor lists do not compare, so that each list is sealed for its own terms. */
    private List<Range> rangesUpTo(Horizon target) {
        List<Range> ranges = new ArrayList<>();
        for (Map.Entry<Long, AcceptorList> entry :
                state.get().acceptors().all().headMap(target.term() + 1).entrySet()) {
            if (entry.getKey() < state.get().horizon().term()) {
                continue; // Everything born in it is forgotten.
            }
            Horizon to = target;
            Range last = ranges.isEmpty() ? null : ranges.getLast();
            if (last != null && last.acceptors().equals(entry.getValue())) {
                continue;
            }
            if (last != null) {
                ranges.set(
                        ranges.size() - 1,
                        new Range(
                                last.acceptors(),
                                last.fromTerm(),
                                new Horizon(entry.getKey() - 1, Long.MAX_VALUE),
                                last.by()));
            }
            ranges.add(new Range(entry.getValue(), entry.getKey(), to, new TreeSet<>()));
        }
        return ranges;
    }

    private void takeRound(Sealing of, Range range, long incarnation) {
        AcceptorList.Entry own = desk.own(range.acceptors());
        if (own == null) {
            return; // A replica that is not among them has no ballot; the operator is told where storages differ.
        }
        desk.ask(own, new AcceptorRequest.TakeRounds(leastRound, 1), reply -> {
            if (reply instanceof AcceptorReply.RoundsTaken taken) {
                Ballot ballot = Ballot.of(range.acceptors(), taken.first(), own.id());
                AcceptorRequest.Seal seal =
                        new AcceptorRequest.Seal(incarnation, range.fromTerm(), range.to(), table.term(), ballot);
                range.acceptors()
                        .acceptors()
                        .forEach(acceptor -> desk.ask(acceptor, seal, answer -> heard(of, range, acceptor, answer)));
            }
        });
    }

    private void heard(Sealing of, Range range, AcceptorList.Entry from, @Nullable AcceptorReply answer) {
        if (!of.equals(sealing)) {
            return;
        }
        if (answer instanceof AcceptorReply.Sealed report) {
            range.by().add(from.id());
            Set<TransactionId> found = new TreeSet<>(report.held());
            // What no acceptor holds is in no report; a ballot of its own does not come through the seal either.
            table.ids().stream().filter(range::covers).forEach(found::add);
            for (TransactionId id : found) {
                if (of.reported().add(id)) {
                    recover.recover(id, report.seal().ballot());
                }
            }
        } else if (answer instanceof AcceptorReply.SealRefused refused) {
            leastRound = Math.max(leastRound, refused.promised().roundAbove(range.acceptors()));
        }
    }
}
