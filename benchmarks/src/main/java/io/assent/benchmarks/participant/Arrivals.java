package io.assent.benchmarks.participant;

import io.assent.protocol.message.MessageForm;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** When the COMMIT of each transaction came first. */
final class Arrivals {

    private Map<String, Long> nanos = new TreeMap<>();

    /** Notes the COMMITs among these messages, which came at this {@link System#nanoTime}. */
    synchronized void note(List<MessageForm> messages, long now) {
        for (MessageForm message : messages) {
            String transaction = message.transaction();
            if (transaction != null && "COMMIT".equals(message.type())) {
                nanos.putIfAbsent(transaction, now);
            }
        }
    }

    /** What was noted since this was asked last, by transaction. */
    synchronized Map<String, Long> take() {
        Map<String, Long> taken = nanos;
        nanos = new TreeMap<>();
        return taken;
    }
}
