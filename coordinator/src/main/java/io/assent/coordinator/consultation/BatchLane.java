package io.assent.coordinator.consultation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one receiver: a few requests are under way at once, and what comes meanwhile leaves with the next one,
 * together with others of its kind. Batches form because the last ones are still under way, never by waiting.
 *
 * @param <K> kind; each batch has one
 * @param <T> what is sent
 */
final class BatchLane<K, T> {

    private static final int MOST_UNDER_WAY = 4;
    private static final int MOST_WAITING = 4_096;
    private static final int MOST_IN_BATCH = 256;

    /** Less than the receiver takes, so that there is room for what stands around the items. */
    private static final int MOST_BYTES = 480 * 1024;

    private final BiFunction<K, List<T>, CompletionStage<?>> sender;
    private final Predicate<T> unwanted;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Waiting<K, T>> waiting = new ArrayDeque<>();
    private int underWay;

    private record Waiting<K, T>(K kind, T item, int bytes) {}

    private record Batch<K, T>(K kind, List<T> items) {}

    /**
     * An empty lane.
     *
     * @param sender sends a batch; the request is under way until that is completed, in whatever way
     * @param unwanted whether nobody waits for something any more, so that it need not be sent
     */
    BatchLane(BiFunction<K, List<T>, CompletionStage<?>> sender, Predicate<T> unwanted) {
        this.sender = sender;
        this.unwanted = unwanted;
    }

    /**
     * Sends something as soon as there is room for it; false when too much waits, and it is not sent.
     *
     * @param bytes how long it is in a request
     */
    boolean offer(K kind, T item, int bytes) {
        lock.lock();
        try {
            if (waiting.size() >= MOST_WAITING) {
                waiting.removeIf(each -> unwanted.test(each.item()));
            }
            if (waiting.size() >= MOST_WAITING) {
                return false;
            }
            waiting.add(new Waiting<>(kind, item, bytes));
        } finally {
            lock.unlock();
        }
        send();
        return true;
    }

    private void send() {
        for (Batch<K, T> batch = next(); batch != null; batch = next()) {
            sender.apply(batch.kind(), batch.items()).whenComplete((answer, failure) -> {
                lock.lock();
                try {
                    underWay--;
                } finally {
                    lock.unlock();
                }
                send();
            });
        }
    }

    /** The oldest of what waits, and what waits of its kind as far as there is room; null when nothing may be sent. */
    private @Nullable Batch<K, T> next() {
        lock.lock();
        try {
            if (underWay >= MOST_UNDER_WAY) {
                return null;
            }
            waiting.removeIf(each -> unwanted.test(each.item()));
            Waiting<K, T> oldest = waiting.peek();
            if (oldest == null) {
                return null;
            }
            List<T> items = new ArrayList<>();
            int room = MOST_BYTES;
            for (var each = waiting.iterator(); each.hasNext() && items.size() < MOST_IN_BATCH; ) {
                Waiting<K, T> candidate = each.next();
                boolean fits = items.isEmpty() || candidate.bytes() <= room;
                if (candidate.kind().equals(oldest.kind()) && fits) {
                    each.remove();
                    items.add(candidate.item());
                    room -= candidate.bytes();
                }
            }
            underWay++;
            return new Batch<>(oldest.kind(), items);
        } finally {
            lock.unlock();
        }
    }
}
