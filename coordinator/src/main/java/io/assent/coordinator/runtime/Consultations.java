package io.assent.coordinator.runtime;

import io.assent.protocol.AcceptorList;
import io.assent.protocol.TransactionId;
import io.assent.protocol.coordinator.Consultation;
import io.assent.protocol.paxoscommit.AcceptorCall;
import io.assent.protocol.paxoscommit.AcceptorReply;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * What transactions ask of acceptors, until it is answered or not asked any more. Each call is on its way once at a
 * time; where an answer changes nothing, or none comes, it is repeated after a pause. Used by the loop only.
 */
final class Consultations {

    /** How long a vote that travels directly may take before the leader relays it as well. */
    private static final long PATIENCE_MILLIS = 100;

    private static final long SHORTEST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;

    private final AcceptorDesk desk;
    private final TransactionTable table;
    private final Answered answered;
    private final Map<TransactionId, Map<AcceptorCall, Integer>> tries = new HashMap<>();
    private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparingLong(Due::at));

    private record Due(long at, TransactionId id, AcceptorCall call) {}

    /** Lets a role hear an answer. */
    interface Answered {
        void answered(TransactionTable.Entry entry, AcceptorCall call, AcceptorReply reply);
    }

    Consultations(AcceptorDesk desk, TransactionTable table, Answered answered) {
        this.desk = desk;
        this.table = table;
        this.answered = answered;
    }

    /** Asks what a step asks newly. */
    void ask(TransactionId id, List<Consultation> fresh, long now) {
        for (Consultation one : fresh) {
            if (one instanceof AcceptorCall call
                    && tries.computeIfAbsent(id, any -> new HashMap<>()).putIfAbsent(call, 0) == null) {
                if (call.patient()) {
                    due.add(new Due(now + PATIENCE_MILLIS, id, call));
                } else {
                    send(id, call);
                }
            }
        }
    }

    private void send(TransactionId id, AcceptorCall call) {
        AcceptorList acceptors = desk.acceptorsOf(id);
        int index = acceptors == null ? -1 : acceptors.indexOf(call.to());
        if (acceptors == null || index < 0) {
            forget(id);
        } else {
            desk.ask(acceptors.acceptors().get(index), call.request(), reply -> heard(id, call, reply));
        }
    }

    private void heard(TransactionId id, AcceptorCall call, @Nullable AcceptorReply reply) {
        TransactionTable.Entry entry = table.get(id);
        if (entry != null && reply != null) {
            answered.answered(entry, call, reply);
        }
        again(id, call);
    }

    private void again(TransactionId id, AcceptorCall call) {
        Map<AcceptorCall, Integer> calls = tries.get(id);
        Integer before = calls == null ? null : calls.get(call);
        if (calls == null || before == null) {
            return;
        }
        if (!isAsked(id, call)) {
            calls.remove(call);
            if (calls.isEmpty()) {
                tries.remove(id);
            }
            return;
        }
        calls.put(call, before + 1);
        long pause = Math.min(LONGEST_PAUSE_MILLIS, SHORTEST_PAUSE_MILLIS << Math.min(before, 10));
        due.add(new Due(desk.now() + pause, id, call));
    }

    private boolean isAsked(TransactionId id, AcceptorCall call) {
        TransactionTable.Entry entry = table.get(id);
        return entry != null && entry.role().asked().contains(call);
    }

    /** Sends what has waited long enough. */
    void work(long now) {
        while (!due.isEmpty() && due.peek().at() <= now) {
            Due next = due.remove();
            if (isAsked(next.id(), next.call())) {
                send(next.id(), next.call());
            } else {
                again(next.id(), next.call());
            }
        }
    }

    long nextWork() {
        Due next = due.peek();
        return next == null ? Long.MAX_VALUE : next.at();
    }

    /** The transaction has left the table. */
    void forget(TransactionId id) {
        tries.remove(id);
    }
}
