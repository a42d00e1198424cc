package io.assent.coordinator.delivery;

import io.assent.coordinator.runtime.Delivery.Outbound;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What delivery shows of itself: how much waits, and how requests end. */
final class DeliveryMetrics {

    private static final String REQUESTS = "assent.delivery.requests";
    private static final String QUEUE = "assent.delivery.queue";

    /** More participants than this share one value of their tag: whoever enlists must not fill the memory. */
    private static final int MAX_PARTICIPANTS = 1_000;

    private static final String OTHERS = "(others)";

    private final MeterRegistry registry;
    private final Map<String, Map<Answer.Result, Timer>> timers = new ConcurrentHashMap<>();

    DeliveryMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Shows how many messages wait in all lanes. */
    void showQueue(Supplier<Number> waiting) {
        Gauge.builder(QUEUE, waiting)
                .description("Messages that wait for their endpoint")
                .register(registry);
    }

    /**
     * Counts a request, once for each participant that had messages in it.
     *
     * @param millis how long it took
     */
    void count(List<Outbound> messages, Answer.Result result, long millis) {
        messages.stream()
                .map(outbound -> outbound.to().participant())
                .distinct()
                .forEach(participant -> timer(participant, result).record(millis, TimeUnit.MILLISECONDS));
    }

    private Timer timer(String participant, Answer.Result result) {
        boolean known = timers.containsKey(participant) || timers.size() < MAX_PARTICIPANTS;
        String name = known ? participant : OTHERS;
        return timers.computeIfAbsent(name, key -> new ConcurrentHashMap<>())
                .computeIfAbsent(
                        result,
                        key -> Timer.builder(REQUESTS)
                                .description("Requests to participants and how they ended")
                                .tag("participant", name)
                                .tag("result", key.name().toLowerCase(Locale.ROOT))
                                .register(registry));
    }
}
