package io.assent.coordinator.operations;

import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Logs;
import io.assent.coordinator.runtime.SteadyClock;
import io.assent.protocol.group.OpenTransaction;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * What participants still wait for, told by the leader of each group: how many branches, and for how long the oldest.
 * Counted when somebody asks.
 */
@Component
final class OwedMetrics implements MeterBinder {

    private final Logs logs;
    private final SteadyClock clock;

    OwedMetrics(Logs logs, SteadyClock clock) {
        this.logs = logs;
        this.clock = clock;
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        for (Log log : logs.hosted()) {
            String group = Integer.toString(log.state().group());
            Gauge.builder("assent.branches.pending", log, OwedMetrics::pendingBranches)
                    .description("Branches that did not acknowledge the commit of their transaction yet")
                    .tag("group", group)
                    .register(meters);
            Gauge.builder("assent.indoubt.age", log, this::oldestSeconds)
                    .description("Age of the oldest transaction that has prepared branches and is not finished")
                    .baseUnit("seconds")
                    .tag("group", group)
                    .register(meters);
        }
    }

    private static double pendingBranches(Log log) {
        return log.leadership().ready()
                ? log.state().open().stream()
                        .mapToInt(transaction -> transaction.owing().size())
                        .sum()
                : 0;
    }

    private double oldestSeconds(Log log) {
        if (!log.leadership().ready()) {
            return 0;
        }
        long now = clock.millis();
        long oldest = log.state().open().stream()
                .filter(transaction -> transaction.phase() != OpenTransaction.Phase.ABORTED)
                .mapToLong(OwedMetrics::since)
                .filter(since -> since > 0)
                .min()
                .orElse(now);
        return TimeUnit.MILLISECONDS.toSeconds(Math.max(0, now - oldest));
    }

    private static long since(OpenTransaction transaction) {
        return transaction.createdAt() == 0 ? transaction.decidedAt() : transaction.createdAt();
    }
}
