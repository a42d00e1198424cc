package io.assent.coordinator.runtime;

import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a group's loop: requests, bounded, and notifications, whose bound is what was sent. Commit and abort
 * requests have places of their own, so that new work cannot crowd out work that holds locks.
 */
final class Mailbox {

    private static final int REQUESTS_A_TURN = 512;

    private final Queue<Request> requests;
    private final Queue<Request> endings;
    private final Queue<Notification> notifications = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Thread waiting;
    private volatile @Nullable Thread owner;

    Mailbox(RuntimeLimits limits) {
        requests = new ArrayBlockingQueue<>(limits.requests());
        endings = new ArrayBlockingQueue<>(limits.commitRequests());
    }

    /** Takes a request, or answers that there is no room. */
    void offer(Request request) {
        boolean ending = request instanceof Request.Commit || request instanceof Request.Abort;
        if (requests.offer(request) || ending && endings.offer(request)) {
            wake();
        } else {
            request.answer().complete(Answer.Plain.OVERLOADED);
        }
    }

    void post(Notification notification) {
        notifications.add(notification);
        wake();
    }

    private void wake() {
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** Wakes the loop so that it sees that it is to end. */
    void close() {
        LockSupport.unpark(owner);
    }

    /** Waits until something is there, or for this many milliseconds. */
    void await(long millis) {
        Thread self = Thread.currentThread();
        owner = self;
        waiting = self;
        // Looked at after `waiting` is set: who posts later sees it and wakes us.
        if (isEmpty() && millis > 0) {
            LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(millis));
        }
        waiting = null;
    }

    private boolean isEmpty() {
        return requests.isEmpty() && endings.isEmpty() && notifications.isEmpty();
    }

    /** Hands over all notifications, then some requests. */
    void drain(Consumer<Notification> toNotifications, Consumer<Request> toRequests) {
        Notification notification = notifications.poll();
        while (notification != null) {
            toNotifications.accept(notification);
            notification = notifications.poll();
        }
        drain(endings, toRequests);
        drain(requests, toRequests);
    }

    private static void drain(Queue<Request> queue, Consumer<Request> to) {
        for (int i = 0; i < REQUESTS_A_TURN; i++) {
            Request request = queue.poll();
            if (request == null) {
                return;
            }
            to.accept(request);
        }
    }
}
