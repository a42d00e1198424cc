package io.assent.coordinator.runtime;

import io.assent.protocol.TransactionId;
import io.assent.protocol.coordinator.Phase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Who waits for what of which transaction at one leader. Used by the loop only. */
final class Answers {

    private static final int MAX_WAITERS = 64;

    private final Map<TransactionId, List<Waiter>> waiters = new HashMap<>();

    private record Waiter(Group.Await await, CompletableFuture<Answer> answer) {}

    /** Lets a future wait; who gave up waiting makes room. */
    void await(TransactionId id, Group.Await await, CompletableFuture<Answer> answer) {
        List<Waiter> list = waiters.computeIfAbsent(id, any -> new ArrayList<>(1));
        list.removeIf(waiter -> waiter.answer().isDone());
        if (list.size() >= MAX_WAITERS) {
            answer.complete(Answer.Plain.OVERLOADED);
        } else {
            list.add(new Waiter(await, answer));
        }
    }

    /** Answers who waited for what the transaction has reached by now. */
    void reached(TransactionTable.Entry entry) {
        List<Waiter> list = waiters.get(entry.role().id());
        if (list == null) {
            return;
        }
        list.removeIf(waiter -> {
            boolean over = isOver(entry, waiter.await());
            if (over) {
                waiter.answer().complete(answer(entry));
            }
            return over;
        });
        if (list.isEmpty()) {
            waiters.remove(entry.role().id());
        }
    }

    /** Ends the waiting for a transaction that leaves without an answer. */
    void drop(TransactionTable.Entry entry) {
        List<Waiter> list = waiters.remove(entry.role().id());
        if (list != null) {
            list.forEach(waiter -> waiter.answer().complete(Answer.Plain.LEADER_CHANGED));
        }
    }

    private static Answer answer(TransactionTable.Entry entry) {
        return entry.role().phase() == Phase.EXPIRED ? Answer.Plain.EXPIRED : new Answer.Shown(entry.show(), false);
    }

    private static boolean isOver(TransactionTable.Entry entry, Group.Await await) {
        return switch (entry.role().phase()) {
            case COMMITTED, RECORDING, ABORTING, ABORTED, EXPIRED -> true;
            case COMMITTING -> await == Group.Await.DECISION;
            case ADOPTING,
                    ACTIVE,
                    PREPARING,
                    PRE_COMMITTING,
                    DECIDING,
                    DELEGATING,
                    DELEGATED,
                    ABORT_DISPATCHED,
                    DROPPED,
                    DEPOSED -> false;
        };
    }

    /** Tells everybody that this node leads no more. */
    void abandon() {
        waiters.values().forEach(list -> list.forEach(waiter -> waiter.answer().complete(Answer.Plain.LEADER_CHANGED)));
        waiters.clear();
    }
}
