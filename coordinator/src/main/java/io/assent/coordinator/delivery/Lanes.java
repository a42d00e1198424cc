package io.assent.coordinator.delivery;

import io.assent.coordinator.runtime.Delivery;
import io.assent.protocol.message.Message;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of this process, made when an endpoint is first used and given up when it has not been used for a while.
 * Their number is bounded: when all are in use, a further endpoint is behind until one is free.
 */
public final class Lanes implements Delivery, AutoCloseable {

    private static final long SWEEP_MILLIS = 1_000;

    private final Lane.Equipment equipment;
    private final int capacity;
    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();

    /**
     * Endpoints for which there was no lane, and who waits for one. Bounded by what the groups owe: an endpoint is in
     * here because a group has messages for it.
     */
    private final Map<String, Set<Listener>> waiting = new LinkedHashMap<>();

    private final Future<?> sweeping;
    private boolean closed;

    /** Lanes that use this equipment, and end it when they are closed. */
    Lanes(Lane.Equipment equipment) {
        this.equipment = equipment;
        capacity = equipment.settings().lanes();
        equipment.metrics().showQueue(this::messagesWaiting);
        sweeping = equipment
                .timer()
                .scheduleWithFixedDelay(
                        () -> equipment.executor().execute(this::sweep),
                        SWEEP_MILLIS,
                        SWEEP_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public int offer(String endpoint, List<Outbound> messages, Listener listener) {
        int taken = messages.isEmpty() ? 0 : -1;
        while (taken < 0) {
            Lane lane = laneOf(endpoint, listener);
            // A lane can be given up between being found and being used; then there is another one, or none.
            taken = lane == null ? 0 : lane.offer(messages, listener);
        }
        return taken;
    }

    private @Nullable Lane laneOf(String endpoint, Listener listener) {
        Lane known = lanes.get(endpoint);
        return known != null ? known : newLane(endpoint, listener);
    }

    private synchronized @Nullable Lane newLane(String endpoint, Listener listener) {
        Lane known = lanes.get(endpoint);
        if (known != null) {
            return known;
        }
        if (closed) {
            return null;
        }
        if (lanes.size() >= capacity && !makeRoom()) {
            waiting.computeIfAbsent(endpoint, name -> Collections.newSetFromMap(new IdentityHashMap<>()))
                    .add(listener);
            return null;
        }
        Lane lane = new Lane(endpoint, equipment);
        lanes.put(endpoint, lane);
        return lane;
    }

    private boolean makeRoom() {
        return lanes.values().stream().anyMatch(lane -> retire(lane, true));
    }

    private boolean retire(Lane lane, boolean inNeed) {
        boolean retired = lane.retire(inNeed);
        if (retired) {
            lanes.remove(lane.endpoint(), lane);
        }
        return retired;
    }

    /** Gives up lanes that rest, and lets waiting endpoints have the places that are free. */
    private void sweep() {
        lanes.values().forEach(lane -> retire(lane, false));
        nextWaiting()
                .forEach((endpoint, listeners) ->
                        listeners.forEach(listener -> Lane.tell(() -> listener.laneFree(endpoint))));
    }

    private synchronized Map<String, Set<Listener>> nextWaiting() {
        Map<String, Set<Listener>> next = new LinkedHashMap<>();
        while (!waiting.isEmpty() && (lanes.size() + next.size() < capacity || makeRoom())) {
            Map.Entry<String, Set<Listener>> oldest =
                    waiting.entrySet().iterator().next();
            next.put(oldest.getKey(), oldest.getValue());
            waiting.remove(oldest.getKey());
        }
        return next;
    }

    @Override
    public void withdraw(Listener listener) {
        synchronized (this) {
            waiting.values().forEach(listeners -> listeners.remove(listener));
            waiting.values().removeIf(Set::isEmpty);
        }
        lanes.values().forEach(lane -> lane.withdraw(listener));
    }

    @Override
    public void withdraw(String endpoint, Message message, Listener listener) {
        Lane lane = lanes.get(endpoint);
        if (lane != null) {
            lane.withdraw(message, listener);
        }
    }

    /** How many messages wait in all lanes. */
    int messagesWaiting() {
        return lanes.values().stream().mapToInt(Lane::waiting).sum();
    }

    /** How many endpoints have a lane. */
    int size() {
        return lanes.size();
    }

    /** Sends nothing any more, and takes nothing. What was under way may or may not have arrived. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            waiting.clear();
        }
        sweeping.cancel(false);
        lanes.values().forEach(Lane::close);
        lanes.clear();
        equipment.timer().shutdownNow();
        equipment.client().close();
        equipment.executor().shutdownNow();
    }
}
