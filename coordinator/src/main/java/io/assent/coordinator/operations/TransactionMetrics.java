package io.assent.coordinator.operations;

import io.assent.coordinator.runtime.Transaction;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** Counts how transactions end and how long their phases take. Called by the loops of the groups: returns at once. */
@Component
public final class TransactionMetrics {

    private static final String NONE = "none";

    private final MeterRegistry meters;
    private final Map<Ending, Counter> endings = new ConcurrentHashMap<>();
    private final Map<String, Timer> phases = new ConcurrentHashMap<>();
    private final Counter adopted;

    /** One combination of tags; there are few. */
    private record Ending(String protocol, String outcome, String reason) {}

    TransactionMetrics(MeterRegistry meters) {
        this.meters = meters;
        this.adopted = Counter.builder("assent.adopted")
                .description("Transactions that this node took over from an earlier leader")
                .register(meters);
    }

    /** A transaction left its leader's table. */
    public void ended(Transaction transaction) {
        String outcome = transaction.outcome() == null ? NONE : tag(transaction.outcome());
        String reason =
                transaction.reason() == null ? NONE : tag(transaction.reason().code());
        endings.computeIfAbsent(new Ending(tag(transaction.id().protocol()), outcome, reason), this::counter)
                .increment();
    }

    private Counter counter(Ending ending) {
        return Counter.builder("assent.transactions")
                .description("Transactions that ended at this leader")
                .tag("protocol", ending.protocol())
                .tag("outcome", ending.outcome())
                .tag("reason", ending.reason())
                .register(meters);
    }

    /**
     * A transaction was in a phase for so long.
     *
     * @param phase name of the phase
     */
    public void left(String phase, long nanos) {
        phases.computeIfAbsent(phase.toLowerCase(Locale.ROOT), this::timer).record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(String phase) {
        return Timer.builder("assent.phase")
                .description("Time that transactions spend in a phase")
                .tag("phase", phase)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofNanos(100_000))
                .maximumExpectedValue(Duration.ofMinutes(1))
                .register(meters);
    }

    /** A transaction was taken over from an earlier leader. */
    public void adopted() {
        adopted.increment();
    }

    private static String tag(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
