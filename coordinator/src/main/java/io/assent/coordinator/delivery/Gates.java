package io.assent.coordinator.delivery;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The gates to endpoints, one for each URL in use: a bulkhead and a circuit breaker, named by the URL in their
 * registries, where metrics find them. Two lanes share a gate when one has the other's endpoint as its fallback.
 */
final class Gates {

    /** How long a breaker stays open: not longer than a PREPARE may have to wait for the next try. */
    private static final Duration OPEN = Duration.ofSeconds(1);

    /** When to ask again for a permit that another lane holds; an own one is known when it comes back. */
    private static final long ASK_AGAIN_MILLIS = 20;

    private final BulkheadRegistry bulkheads;
    private final CircuitBreakerRegistry breakers;
    private final BulkheadConfig permits;
    private final CircuitBreakerConfig breaking;
    private final Map<String, Gate> gates = new HashMap<>();

    Gates(BulkheadRegistry bulkheads, CircuitBreakerRegistry breakers, int requestsPerEndpoint) {
        this.bulkheads = bulkheads;
        this.breakers = breakers;
        permits = BulkheadConfig.custom()
                .maxConcurrentCalls(requestsPerEndpoint)
                .maxWaitDuration(Duration.ZERO)
                .build();
        breaking = CircuitBreakerConfig.custom()
                .slidingWindow(10, 5, SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(50)
                .waitDurationInOpenState(OPEN)
                .permittedNumberOfCallsInHalfOpenState(1)
                .recordResult(result -> result instanceof Answer answer && !answer.isOk())
                .build();
    }

    /** The gate of an endpoint; every user gives it back with {@link #release}. */
    synchronized Gate acquire(String endpoint) {
        Gate gate = gates.computeIfAbsent(
                endpoint,
                name -> new Gate(name, bulkheads.bulkhead(name, permits), breakers.circuitBreaker(name, breaking)));
        gate.users++;
        return gate;
    }

    /** Gives a gate back; with its last user it leaves the registries, and its metrics end. */
    synchronized void release(Gate gate) {
        gate.users--;
        if (gate.users == 0) {
            gates.remove(gate.name);
            bulkheads.remove(gate.name);
            breakers.remove(gate.name);
        }
    }

    /** The way to one endpoint. Safe for use by several threads. */
    static final class Gate {
        private final String name;
        private final Bulkhead bulkhead;
        private final CircuitBreaker breaker;
        private int users;

        Gate(String name, Bulkhead bulkhead, CircuitBreaker breaker) {
            this.name = name;
            this.bulkhead = bulkhead;
            this.breaker = breaker;
        }

        /**
         * Asks to send a request.
         *
         * @return 0 when it may be sent, and {@link #leave} or {@link #turnBack} must follow; else after how many
         *     milliseconds it makes sense to ask again
         */
        long enter() {
            if (!bulkhead.tryAcquirePermission()) {
                return ASK_AGAIN_MILLIS;
            }
            if (breaker.tryAcquirePermission()) {
                return 0;
            }
            bulkhead.releasePermission();
            return breaker.getState() == CircuitBreaker.State.OPEN ? OPEN.toMillis() : ASK_AGAIN_MILLIS;
        }

        /** Tells that the request is over. */
        void leave(Answer answer, long millis) {
            bulkhead.onComplete();
            breaker.onResult(millis, TimeUnit.MILLISECONDS, answer);
        }

        /** Tells that nothing was learned about the endpoint. */
        void turnBack() {
            bulkhead.releasePermission();
            breaker.releasePermission();
        }
    }
}
