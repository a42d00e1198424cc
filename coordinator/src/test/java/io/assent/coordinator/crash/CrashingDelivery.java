package io.assent.coordinator.crash;

import io.assent.coordinator.runtime.Delivery;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A delivery that passes a crash point before and after each message is handed over, and when its reply is there. */
final class CrashingDelivery implements Delivery {

    private final Delivery delivery;
    private final CrashPoints points;
    private final Map<Listener, Listener> listeners = new ConcurrentHashMap<>();

    CrashingDelivery(Delivery delivery, CrashPoints points) {
        this.delivery = delivery;
        this.points = points;
    }

    @Override
    public int offer(String endpoint, List<Outbound> messages, Listener listener) {
        messages.forEach(outbound -> pass("before-send", outbound.message()));
        int taken = delivery.offer(endpoint, messages, listeners.computeIfAbsent(listener, this::listening));
        messages.forEach(outbound -> pass("after-send", outbound.message()));
        return taken;
    }

    private Listener listening(Listener listener) {
        return new Listener() {
            @Override
            public void replied(Message message, Reply reply) {
                pass("replied", message);
                listener.replied(message, reply);
            }

            @Override
            public void failed(Message message, String error) {
                listener.failed(message, error);
            }

            @Override
            public void laneFree(String endpoint) {
                listener.laneFree(endpoint);
            }
        };
    }

    private void pass(String when, Message message) {
        points.pass(when + "-" + CrashPoints.nameOf(message));
    }

    @Override
    public void withdraw(Listener listener) {
        Listener known = listeners.remove(listener);
        delivery.withdraw(known == null ? listener : known);
    }

    @Override
    public void withdraw(String endpoint, Message message, Listener listener) {
        delivery.withdraw(endpoint, message, listeners.getOrDefault(listener, listener));
    }
}
