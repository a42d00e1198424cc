package io.assent.coordinator.delivery;

import io.assent.coordinator.delivery.Backlog.Branch;
import io.assent.coordinator.delivery.Backlog.Pending;
import io.assent.coordinator.runtime.Delivery.Listener;
import io.assent.coordinator.runtime.Delivery.Outbound;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one endpoint, shared by all groups: what waits for it goes out as soon as a permit is free, in one request
 * as far as it fits, and comes back if it was not answered. Nothing waits for company.
 *
 * <p>Its lock is never held while something is encoded, sent, or told to a listener. At most one task of it is queued
 * at the executor, and at most one at the timer.
 */
final class Lane {

    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    /** How often a participant may leave a message unanswered before that is worth telling. */
    private static final int PATIENCE = 3;

    private final String endpoint;
    private final Equipment equipment;
    private final Backlog backlog;
    private final Routes routes;
    private final Set<Flight> flights = new HashSet<>();
    private final Set<Listener> behind = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean pumping;
    private boolean closed;
    private long idleSince;
    private @Nullable Future<?> awakening;
    private long awakensAt;

    /**
     * What all lanes share.
     *
     * @param executor runs what encodes, decodes and tells listeners
     * @param timer runs what only hands over to the executor
     * @param clock the steady clock, in milliseconds, that gives the deadlines of PREPAREs
     * @param random spreads tries in time; safe for use by several threads
     */
    record Equipment(
            DeliveryProperties settings,
            ParticipantClient client,
            Gates gates,
            Horizons horizons,
            DeliveryMetrics metrics,
            ExecutorService executor,
            ScheduledExecutorService timer,
            LongSupplier clock,
            RandomGenerator random) {
        /** How many bytes the messages of one request may have. */
        long batchBytes() {
            long size = settings.batchSize().toBytes();
            return Math.max(size / 2, size - BatchCodec.FRAME_BYTES);
        }
    }

    /** A request that is under way; each is another one, whatever it carries. */
    private static final class Flight {
        private final Route route;
        private final List<Pending> load;
        private final boolean withHorizons;
        private final long startedAt;

        Flight(Route route, List<Pending> load, boolean withHorizons, long startedAt) {
            this.route = route;
            this.load = load;
            this.withHorizons = withHorizons;
            this.startedAt = startedAt;
        }

        List<Message> messages() {
            return load.stream().map(Pending::message).toList();
        }
    }

    Lane(String endpoint, Equipment equipment) {
        this.endpoint = endpoint;
        this.equipment = equipment;
        backlog = new Backlog(equipment.settings());
        routes = new Routes(endpoint, equipment.settings(), equipment.gates(), equipment.random());
        idleSince = equipment.clock().getAsLong();
    }

    String endpoint() {
        return endpoint;
    }

    /** How many messages wait. */
    synchronized int waiting() {
        return backlog.waiting();
    }

    /**
     * Takes messages in, from the first one on, while there is room.
     *
     * @return how many, or -1 when the lane is closed
     */
    int offer(List<Outbound> messages, Listener listener) {
        int taken = 0;
        synchronized (this) {
            if (closed) {
                return -1;
            }
            long now = now();
            while (taken < messages.size() && backlog.offer(messages.get(taken), listener, now)) {
                taken++;
            }
            if (taken < messages.size()) {
                behind.add(listener);
            }
        }
        startPump();
        return taken;
    }

    /** Takes away what a listener has given; it is not told anything about it any more. */
    void withdraw(Listener listener) {
        synchronized (this) {
            backlog.withdraw(listener);
            flights.forEach(flight -> flight.load.forEach(pending -> Backlog.withdraw(pending, listener)));
            behind.remove(listener);
        }
        startPump();
    }

    /** Takes away a message that a listener has given, or a newer one of its branch. */
    synchronized void withdraw(Message message, Listener listener) {
        backlog.withdraw(new Branch(message.transaction(), message.branch()), listener);
    }

    /**
     * Closes the lane if it can be spared.
     *
     * @param inNeed whether its place is needed: then one without messages is closed at once, and one that only has
     *     ABORTs too
     */
    synchronized boolean retire(boolean inNeed) {
        boolean unused = backlog.isEmpty() && flights.isEmpty() && behind.isEmpty();
        boolean rested = now() - idleSince >= equipment.settings().laneIdle().toMillis();
        boolean spared = unused && (inNeed || rested) || inNeed && behind.isEmpty() && backlog.hasOnlyAborts();
        if (spared && !pumping && flights.isEmpty()) {
            close();
        }
        return closed;
    }

    /** Sends nothing any more. */
    synchronized void close() {
        if (!closed) {
            closed = true;
            cancelAwakening();
            routes.close();
        }
    }

    private long now() {
        return equipment.clock().getAsLong();
    }

    private void startPump() {
        synchronized (this) {
            if (closed || pumping) {
                return;
            }
            pumping = true;
        }
        equipment.executor().execute(this::pump);
    }

    /** Sends whatever may be sent now. */
    private void pump() {
        for (Flight flight = nextFlight(); flight != null; flight = nextFlight()) {
            send(flight);
        }
        tellOfRoom();
    }

    private synchronized @Nullable Flight nextFlight() {
        long now = now();
        backlog.awaken(now);
        Flight flight = closed ? null : load(now);
        if (flight == null) {
            pumping = false;
            planAwakening(now);
        } else {
            flights.add(flight);
        }
        return flight;
    }

    private @Nullable Flight load(long now) {
        while (backlog.isReady()) {
            Routes.Choice choice = routes.choose(backlog, now);
            if (choice == null) {
                return null;
            }
            Route route = choice.route();
            List<Pending> load = backlog.take(route.batchLimit(), equipment.batchBytes(), choice.wanted(), now);
            if (!load.isEmpty()) {
                return new Flight(route, load, route.areHorizonsDue(now), now);
            }
            route.unopen();
        }
        return null;
    }

    private void send(Flight flight) {
        Future<?> unused = request(flight)
                .thenAccept(answer -> arrived(flight, answer))
                .whenComplete((nothing, error) -> {
                    if (error != null) {
                        log.error("An answer could not be worked on: endpoint={}", flight.route.url(), error);
                    }
                });
    }

    private CompletableFuture<Answer> request(Flight flight) {
        try {
            List<String> horizons = flight.withHorizons ? equipment.horizons().current() : List.of();
            return equipment.client().send(flight.route.url(), flight.messages(), horizons, now());
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(
                    Answer.failed(Answer.Result.LOST, "This coordinator is stopping."));
        } catch (RuntimeException e) {
            log.error("A request could not be made: endpoint={}", flight.route.url(), e);
            return CompletableFuture.completedFuture(Answer.failed(
                    Answer.Result.LOST, "No request could be made; the log of this coordinator tells why."));
        }
    }

    private void arrived(Flight flight, Answer answer) {
        Map<Branch, Reply> replies = new HashMap<>();
        answer.replies().forEach(reply -> replies.putIfAbsent(new Branch(reply.transaction(), reply.branch()), reply));
        List<Runnable> news = new ArrayList<>();
        long now = now();
        synchronized (this) {
            flights.remove(flight);
            boolean counts =
                    flight.route.returned(answer, flight.load.size(), flight.withHorizons, flight.startedAt, now);
            for (Pending pending : flight.load) {
                Runnable told = settle(pending, answer, replies.get(pending.branch()), now);
                if (counts && !pending.isWithdrawn()) {
                    news.add(told);
                }
            }
            idleSince = now;
        }
        equipment
                .metrics()
                .count(flight.load.stream().map(Pending::outbound).toList(), answer.result(), now - flight.startedAt);
        news.forEach(Lane::tell);
        startPump();
    }

    /** A listener that breaks its promise not to throw must not stop the lane. */
    static void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            log.error("A listener of the delivery failed", e);
        }
    }

    /** What becomes of one message of a request that is over; returns what its listener is told. */
    private Runnable settle(Pending pending, Answer answer, @Nullable Reply reply, long now) {
        Listener listener = pending.listener();
        Message message = pending.message();
        if (!answer.isOk()) {
            backlog.undelivered(pending);
            return () -> listener.failed(message, answer.error());
        }
        if (reply != null && message.isAnsweredBy(reply)) {
            backlog.answered(pending);
        } else {
            backlog.unanswered(pending, now);
        }
        if (reply != null) {
            return () -> listener.replied(message, reply);
        }
        return pending.unanswered() < PATIENCE
                ? () -> {}
                : () -> listener.failed(message, "It answered 200 without a reply to this message.");
    }

    private void tellOfRoom() {
        List<Listener> waiters;
        synchronized (this) {
            if (behind.isEmpty() || !backlog.isHalfEmpty()) {
                return;
            }
            waiters = List.copyOf(behind);
            behind.clear();
        }
        waiters.forEach(listener -> tell(() -> listener.laneFree(endpoint)));
    }

    /** Plans the next pump for when time alone makes something possible; the end of a request pumps anyway. */
    private void planAwakening(long now) {
        Long next = backlog.nextAwakening();
        long at = next == null ? Long.MAX_VALUE : next;
        if (backlog.isReady()) {
            at = Math.min(at, routes.nextOpening(now, backlog.hasPrepare()));
        }
        boolean planned = awakening != null && awakensAt <= at;
        if (closed || planned || at == Long.MAX_VALUE) {
            return;
        }
        cancelAwakening();
        awakensAt = at;
        long moment = at;
        awakening = equipment.timer().schedule(() -> awaken(moment), Math.max(1, at - now), TimeUnit.MILLISECONDS);
    }

    private void awaken(long moment) {
        synchronized (this) {
            if (awakensAt == moment) {
                awakening = null;
            }
        }
        startPump();
    }

    private void cancelAwakening() {
        if (awakening != null) {
            awakening.cancel(false);
            awakening = null;
        }
    }
}
