package io.assent.protocol.api;

import java.util.List;

/**
 * Answer of {@code GET /v1/cluster/slots}: which group begins the transactions of an idempotency key.
 *
 * @param version grows with every change of the table
 * @param slots ranges in ascending order that cover 0 to 16,383 once
 */
public record SlotsView(long version, List<Range> slots) {

    /**
     * A range of hash slots.
     *
     * @param from first slot
     * @param to last slot, inclusive
     * @param group the owning group
     */
    public record Range(int from, int to, int group) {}
}
