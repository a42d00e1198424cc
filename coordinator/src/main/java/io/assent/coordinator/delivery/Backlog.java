package io.assent.coordinator.delivery;

import io.assent.coordinator.runtime.Delivery.Listener;
import io.assent.coordinator.runtime.Delivery.Outbound;
import io.assent.protocol.TransactionId;
import io.assent.protocol.message.Message;
import io.github.resilience4j.core.IntervalFunction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one lane, the newest of each branch: those that wait to be sent, first come, first served; those that
 * rest because they were delivered and not answered; and those that are under way. Not thread-safe: its lane's lock
 * guards it.
 */
final class Backlog {

    /** By then every delay has reached its maximum. */
    private static final int LAST_STEP = 64;

    private final int capacity;
    private final long abortLifetime;
    private final IntervalFunction rests;
    private final Map<Branch, Pending> newest = new HashMap<>();
    private final LinkedHashSet<Pending> ready = new LinkedHashSet<>();
    private final TreeSet<Pending> resting =
            new TreeSet<>(Comparator.comparingLong((Pending p) -> p.restsUntil).thenComparing(p -> p.number));
    private int prepares;
    private long taken;

    /** The identity by which messages replace each other and replies are matched. */
    record Branch(TransactionId transaction, String branch) {}

    /** One message of the backlog. */
    static final class Pending {
        private final Outbound outbound;
        private final Listener listener;
        private final long number;
        private final long offeredAt;
        private final int length;
        private boolean tried;
        private boolean withdrawn;
        private int unanswered;
        private long restsUntil;

        Pending(Outbound outbound, Listener listener, long number, long now) {
            this.outbound = outbound;
            this.listener = listener;
            this.number = number;
            offeredAt = now;
            length = BatchCodec.lengthOf(outbound.message());
        }

        Message message() {
            return outbound.message();
        }

        Outbound outbound() {
            return outbound;
        }

        Listener listener() {
            return listener;
        }

        Branch branch() {
            return new Branch(message().transaction(), message().branch());
        }

        /** Whether its listener does not want to hear of it any more. */
        boolean isWithdrawn() {
            return withdrawn;
        }

        /** How many times it was delivered without a reply. */
        int unanswered() {
            return unanswered;
        }

        /** Where it may go when its endpoint refuses connections, or null. */
        @Nullable
        String fallback() {
            return switch (message()) {
                case Message.Commit m -> outbound.to().fallbackEndpoint();
                case Message.Abort m -> outbound.to().fallbackEndpoint();
                case Message.Inquire m -> outbound.to().fallbackEndpoint();
                case Message.PreCommit m -> outbound.to().fallbackEndpoint();
                case Message.Prepare m -> null;
                case Message.CommitOnePhase m -> null;
            };
        }
    }

    Backlog(DeliveryProperties settings) {
        capacity = settings.laneCapacity();
        abortLifetime = settings.abortLifetime().toMillis();
        rests = IntervalFunction.ofExponentialBackoff(settings.resendDelay(), 2, settings.resendMaxDelay());
    }

    /** How many messages wait or rest. */
    int waiting() {
        return ready.size() + resting.size();
    }

    boolean isHalfEmpty() {
        return waiting() <= capacity / 2;
    }

    /** Whether there is nothing, under way neither. */
    boolean isEmpty() {
        return newest.isEmpty();
    }

    boolean isReady() {
        return !ready.isEmpty();
    }

    /** The messages that wait to be sent, oldest first. */
    Iterable<Pending> ready() {
        return ready;
    }

    /** Whether one of the waiting messages is a PREPARE. */
    boolean hasPrepare() {
        return prepares > 0;
    }

    /** Whether all messages are ABORTs, without which participants get along. */
    boolean hasOnlyAborts() {
        return newest.values().stream().allMatch(pending -> pending.message() instanceof Message.Abort);
    }

    /** When the next message has rested enough, or null when none rests. */
    @Nullable
    Long nextAwakening() {
        return resting.isEmpty() ? null : resting.first().restsUntil;
    }

    /**
     * Takes a message in; it replaces an older one of its branch. The same message again changes nothing.
     *
     * @return false when there is no room
     */
    boolean offer(Outbound outbound, Listener listener, long now) {
        Message message = outbound.message();
        Branch branch = new Branch(message.transaction(), message.branch());
        Pending known = newest.get(branch);
        boolean same = known != null && known.listener == listener && known.outbound.equals(outbound);
        if (same) {
            return true;
        }
        boolean takesItsPlace = known != null && stopWaiting(known);
        if (!takesItsPlace && waiting() >= capacity) {
            return false;
        }
        Pending pending = new Pending(outbound, listener, taken++, now);
        newest.put(branch, pending);
        enqueue(pending);
        return true;
    }

    /** Lets those wait again that have rested enough. */
    void awaken(long now) {
        while (!resting.isEmpty() && resting.first().restsUntil <= now) {
            ready.add(resting.pollFirst());
        }
    }

    /**
     * Takes messages for one request, the oldest first. What has become pointless is dropped on the way: a PREPARE past
     * its deadline, an ABORT that was tried for long enough.
     *
     * @param count at most so many
     * @param size at most so many bytes, but at least one message
     * @param wanted which messages
     */
    List<Pending> take(int count, long size, Predicate<Pending> wanted, long now) {
        List<Pending> load = new ArrayList<>();
        long length = 0;
        Iterator<Pending> oldest = ready.iterator();
        while (oldest.hasNext() && load.size() < count) {
            Pending pending = oldest.next();
            boolean pointless = isPointless(pending, now);
            if (!pointless && !wanted.test(pending)) {
                continue;
            }
            if (!pointless && !load.isEmpty() && length + pending.length > size) {
                break;
            }
            oldest.remove();
            countPrepare(pending, -1);
            if (pointless) {
                newest.remove(pending.branch());
            } else {
                pending.tried = true;
                length += pending.length;
                load.add(pending);
            }
        }
        return load;
    }

    private boolean isPointless(Pending pending, long now) {
        return switch (pending.message()) {
            case Message.Prepare prepare -> now >= prepare.deadline();
            case Message.Abort abort -> pending.tried && now - pending.offeredAt >= abortLifetime;
            case Message.PreCommit m -> false;
            case Message.Commit m -> false;
            case Message.CommitOnePhase m -> false;
            case Message.Inquire m -> false;
        };
    }

    /** A message that was under way has its answer. */
    void answered(Pending pending) {
        newest.remove(pending.branch(), pending);
    }

    /** A message that was under way was delivered and not answered: it rests, the longer the more often it happens. */
    void unanswered(Pending pending, long now) {
        pending.unanswered++;
        if (isNewest(pending)) {
            pending.restsUntil = now + rests.apply(Math.min(pending.unanswered, LAST_STEP));
            resting.add(pending);
            countPrepare(pending, 1);
        }
    }

    /** A message that was under way did not arrive: it waits again, behind the others. */
    void undelivered(Pending pending) {
        if (isNewest(pending)) {
            enqueue(pending);
        }
    }

    private boolean isNewest(Pending pending) {
        return newest.get(pending.branch()) == pending;
    }

    /** Takes away what a listener has given. */
    void withdraw(Listener listener) {
        newest.values().removeIf(pending -> {
            boolean its = pending.listener == listener;
            if (its) {
                pending.withdrawn = true;
                stopWaiting(pending);
            }
            return its;
        });
    }

    /** Takes away what a listener has given for one branch; if it is under way, it does not come back. */
    void withdraw(Branch branch, Listener listener) {
        Pending pending = newest.get(branch);
        if (pending != null && pending.listener == listener) {
            newest.remove(branch);
            stopWaiting(pending);
        }
    }

    /** A message that is under way, and perhaps replaced, was given by that listener. */
    static void withdraw(Pending pending, Listener listener) {
        pending.withdrawn |= pending.listener == listener;
    }

    private void enqueue(Pending pending) {
        ready.add(pending);
        countPrepare(pending, 1);
    }

    private boolean stopWaiting(Pending pending) {
        boolean waited = ready.remove(pending) || resting.remove(pending);
        if (waited) {
            countPrepare(pending, -1);
        }
        return waited;
    }

    private void countPrepare(Pending pending, int change) {
        if (pending.message() instanceof Message.Prepare) {
            prepares += change;
        }
    }
}
