package io.assent.coordinator.runtime;

import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings messages to participants over lanes, one for each endpoint, and their replies back. A message that got no
 * reply is sent again by its lane until it is answered, replaced, or withdrawn.
 */
public interface Delivery {

    /** How many messages wait in one lane at most. */
    int LANE_CAPACITY = 1_024;

    /**
     * Where a message goes.
     *
     * @param participant the participant id, for metrics and the breaker
     * @param endpoint absolute URL
     * @param fallbackEndpoint for messages of the second phase when the endpoint refuses connections, or null
     */
    record Address(
            String participant, String endpoint, @Nullable String fallbackEndpoint) {}

    /** A message and where it goes. */
    record Outbound(Address to, Message message) {}

    /**
     * Offers messages to the lane of one endpoint; a newer message of a branch replaces an older one.
     *
     * @param messages all for the same endpoint
     * @param listener who is told of replies, and when the lane has room again
     * @return how many were taken, from the first on; less than all when the lane is full: the endpoint is behind, and
     *     {@link Listener#laneFree} follows once
     */
    int offer(String endpoint, List<Outbound> messages, Listener listener);

    /** Withdraws what still waits for these branches of a group's table that was replaced. */
    void withdraw(Listener listener);

    /** Withdraws a message that is owed no more, though nothing answered it. */
    void withdraw(String endpoint, Message message, Listener listener);

    /** What the runtime is told, on threads of the delivery; implementations return at once and never throw. */
    interface Listener {
        /** A reply to a message, already taken off its lane if it answers it. */
        void replied(Message message, Reply reply);

        /**
         * A message could not be delivered now; its lane goes on trying.
         *
         * @param error what was wrong, in words for an operator
         */
        void failed(Message message, String error);

        /** The lane of an endpoint has room again. */
        void laneFree(String endpoint);
    }
}
