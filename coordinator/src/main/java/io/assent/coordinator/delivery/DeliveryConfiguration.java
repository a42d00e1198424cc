package io.assent.coordinator.delivery;

import io.assent.coordinator.runtime.SteadyClock;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.CallerRunsPolicy;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the delivery of this node; whom it may call and which horizons it tells are beans of others. */
@Configuration(proxyBeanMethods = false)
class DeliveryConfiguration {

    /**
     * Tasks that a lane can have queued: one of its own and, for each of its requests, a few of the HTTP client. A queue
     * of so many for every lane does not fill up; if it did, whoever brings a task would run it.
     */
    private static final int TASKS_PER_LANE = 64;

    private final SslBundles bundles;

    DeliveryConfiguration(SslBundles bundles) {
        this.bundles = bundles;
    }

    @Bean
    Gates deliveryGates(DeliveryProperties settings, BulkheadRegistry bulkheads, CircuitBreakerRegistry breakers) {
        return new Gates(bulkheads, breakers, settings.requestsPerEndpoint());
    }

    /** The threads are not beans of their own: Boot would take them for the application's executors. */
    @Bean(destroyMethod = "close")
    Lanes lanes(
            DeliveryProperties settings,
            ParticipantAccess access,
            Horizons horizons,
            Gates gates,
            MeterRegistry meters,
            SteadyClock clock) {
        ExecutorService executor = executor(settings);
        ScheduledExecutorService timer = timer();
        return new Lanes(new Lane.Equipment(
                settings,
                new ParticipantClient(settings, access, executor, timer, tls(settings)),
                gates,
                horizons,
                new DeliveryMetrics(meters),
                executor,
                timer,
                clock::millis,
                new Random()));
    }

    private @Nullable SSLContext tls(DeliveryProperties settings) {
        String name = settings.sslBundle();
        return name == null ? null : bundles.getBundle(name).createSslContext();
    }

    private static ExecutorService executor(DeliveryProperties settings) {
        int threads = settings.threads() > 0
                ? settings.threads()
                : Runtime.getRuntime().availableProcessors();
        return new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(settings.lanes() * TASKS_PER_LANE),
                daemons("assent-delivery-"),
                new CallerRunsPolicy());
    }

    private static ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, daemons("assent-delivery-timer-"));
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    private static ThreadFactory daemons(String prefix) {
        return Thread.ofPlatform().daemon().name(prefix, 0).factory();
    }
}
