package io.assent.coordinator.log;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What is measured of a group's log; the names are part of the product's contract. */
final class LogMetrics {

    private LogMetrics() {}

    static void register(GroupLog log, MeterRegistry meters) {
        String group = Integer.toString(log.group().number());
        Gauge.builder("assent.log.lag", log, GroupLog::lag)
                .description("Committed entries that this replica has not applied")
                .tag("group", group)
                .register(meters);
        Gauge.builder("assent.log.queue", log, GroupLog::pendingBatches)
                .description("Batches handed over and not yet settled")
                .tag("group", group)
                .register(meters);
        Gauge.builder("assent.leader", log, l -> l.leadership().ready() ? 1 : 0)
                .description("1 where this node leads the group and is ready")
                .tag("group", group)
                .register(meters);
    }
}
