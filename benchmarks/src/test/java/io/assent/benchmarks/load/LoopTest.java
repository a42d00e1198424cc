package io.assent.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** The loops count every attempt once; how long anything takes is not asserted. */
class LoopTest {

    private static final Attempt GOOD = new Attempt(Attempt.COMMITTED, null, 1);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void an_open_loop_sends_what_its_rate_says_whatever_becomes_of_it() {
        Set<Long> numbers = ConcurrentHashMap.newKeySet();
        Workload workload = number -> {
            numbers.add(number);
            return number % 2 == 0 ? GOOD : new Attempt("overloaded", null, 1);
        };

        OpenLoop.Result result = new OpenLoop(workload, 500, 10_000).run(SHORT, SHORT, LONG, Probe.NONE);

        assertThat(numbers).hasSize(200);
        assertThat(result.window().tally().committed()).isEqualTo(50);
        assertThat(result.window().tally().failures()).isEqualTo(Map.of("overloaded", 50L));
        assertThat(result.window().seconds()).isEqualTo(0.2);
        assertThat(result.secondsUntilWell()).isGreaterThan(0.1).isLessThan(0.2);
    }

    @Test
    void an_open_loop_counts_arrivals_that_it_does_not_send() {
        AtomicInteger sent = new AtomicInteger();
        Workload workload = number -> {
            sent.incrementAndGet();
            return GOOD;
        };

        OpenLoop.Result result = new OpenLoop(workload, 100, 1).run(Duration.ZERO, SHORT, LONG, Probe.NONE);

        assertThat(sent.get() + result.window().tally().count(OpenLoop.NOT_SENT))
                .isEqualTo(20);
    }

    @Test
    void a_closed_loop_has_so_many_callers_and_ends_with_the_last_attempt() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicLong ended = new AtomicLong();
        CountDownLatch all = new CountDownLatch(3);
        Workload workload = number -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            all.countDown();
            await(all);
            inside.decrementAndGet();
            // As a request does, it waits: callers that never do would keep every core, and who waits would starve.
            LockSupport.parkNanos(1);
            return GOOD;
        };

        Measured measured;
        try (ClosedLoop loop = new ClosedLoop(workload, 3, (attempt, at) -> ended.incrementAndGet())) {
            await(all);
            measured = loop.window(SHORT, beginning -> Map.of("figure", beginning ? 1.0 : 4.0));
        }

        assertThat(most).hasValue(3);
        assertThat(inside).hasValue(0);
        assertThat(measured.tally().committed()).isPositive().isLessThanOrEqualTo(ended.get());
        assertThat(measured.change("figure")).isEqualTo(3);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
