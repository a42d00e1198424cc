package io.assent.coordinator.transaction;

import io.assent.protocol.Protocol;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request to begin that was found good.
 *
 * @param protocol the protocol to run
 * @param timeout time until the deadline
 * @param name what the transaction does, or null
 * @param initiator who begins it, or null
 * @param labels its labels, by name
 * @param key idempotency key and digest of the request, or null
 */
record BeginTerms(
        Protocol protocol,
        Duration timeout,
        @Nullable String name,
        @Nullable String initiator,
        SortedMap<String, String> labels,
        @Nullable Key key) {

    /**
     * An idempotency key.
     *
     * @param value the key, 1 to 128 visible ASCII characters
     * @param digest tells the request that came with it from others
     */
    record Key(String value, String digest) {}

    BeginTerms {
        labels = copyOf(labels);
    }

    private static SortedMap<String, String> copyOf(Map<String, String> labels) {
        return java.util.Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }
}
