package io.assent.coordinator.runtime;

import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.group.SlotRange;
import java.time.Duration;
import java.util.List;

/**
 * How the leader of a group works.
 *
 * @param limits the bounds of what it holds
 * @param intent from when on the log knows a transaction
 * @param slots the hash slots of keys that a newly founded group owns
 * @param heartbeat how often an idle leader writes an empty entry, zero for never
 * @param clock time for deadlines and for what is noted in records
 * @param observer who counts what happens
 */
public record RuntimeSettings(
        RuntimeLimits limits,
        IntentLog intent,
        List<SlotRange> slots,
        Duration heartbeat,
        SteadyClock clock,
        Observer observer) {}
