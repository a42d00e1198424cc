package io.assent.coordinator.delivery;

import io.assent.coordinator.runtime.Delivery.Listener;
import io.assent.coordinator.runtime.SteadyClock;
import io.assent.protocol.message.Message;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;

/** Lanes with real HTTP, made by the same configuration as in a node, and what surrounds them. */
final class Station implements AutoCloseable {

    final SteadyClock clock = new SteadyClock();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final BulkheadRegistry bulkheads = BulkheadRegistry.ofDefaults();
    final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
    final AtomicReference<Optional<String>> authorization = new AtomicReference<>(Optional.empty());
    final List<String> forbidden = new CopyOnWriteArrayList<>();
    final List<String> horizons = new CopyOnWriteArrayList<>();
    final Lanes lanes;

    /** Lanes with these settings, given as names below {@code assent.delivery.} and values, in turns. */
    Station(String... settings) {
        this(new DefaultSslBundleRegistry(), settings);
    }

    Station(SslBundles bundles, String... settings) {
        DeliveryProperties properties = settings(settings);
        DeliveryConfiguration configuration = new DeliveryConfiguration(bundles);
        lanes = configuration.lanes(
                properties,
                new Access(),
                () -> List.copyOf(horizons),
                configuration.deliveryGates(properties, bulkheads, breakers),
                meters,
                clock);
    }

    /** Waits generously: the machine may be busy. */
    static ConditionFactory await() {
        return Awaitility.await().atMost(60, TimeUnit.SECONDS).pollInterval(20, TimeUnit.MILLISECONDS);
    }

    static DeliveryProperties settings(String... settings) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            values.put("assent.delivery." + settings[i], settings[i + 1]);
        }
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("assent.delivery", DeliveryProperties.class);
    }

    /** Offers one message to a participant. */
    int offer(FakeParticipant participant, Message message, Listener listener) {
        return offer(participant.endpoint(), message, listener);
    }

    int offer(String endpoint, Message message, Listener listener) {
        return lanes.offer(endpoint, List.of(Mail.to(endpoint, message)), listener);
    }

    @Override
    public void close() {
        lanes.close();
    }

    private final class Access implements ParticipantAccess {
        @Override
        public Optional<String> refuses(String endpoint) {
            return forbidden.contains(endpoint) ? Optional.of("must not be called") : Optional.empty();
        }

        @Override
        public Optional<String> authorization() {
            return authorization.get();
        }
    }
}
