package io.assent.coordinator.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.coordinator.delivery.Answer.Result;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTest {

    private static final String URL = "http://127.0.0.1:1/";

    private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
    private final Gates gates = new Gates(BulkheadRegistry.ofDefaults(), breakers, 4);

    /** Nothing is taken off the delays. */
    private final RandomGenerator still = new Random() {
        @Override
        public long nextLong(long bound) {
            return 0;
        }
    };

    private final Route route = new Route(URL, gates.acquire(URL), Station.settings(), still);

    private void fail(Result result, int messages, long now) {
        assertThat(route.open(now, false)).isTrue();
        route.returned(Answer.failed(result, "broken"), messages, false, now, now);
        // The breaker has its own test.
        breakers.circuitBreaker(URL).transitionToClosedState();
    }

    private void succeed(long now) {
        assertThat(route.open(now, false)).isTrue();
        route.returned(Answer.of(List.of()), 1, false, now, now);
    }

    @Test
    void failuresHoldTheRouteBackTwiceAsLongEachTimeUpToHalfAMinute() {
        long now = 1_000;
        for (long delay : List.of(100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000)) {
            fail(Result.LOST, 1, now);
            assertThat(route.opensAt(false)).isEqualTo(now + delay);
            assertThat(route.open(now + delay - 1, false)).isFalse();
            now += delay;
        }
        succeed(now);
        fail(Result.LOST, 1, now);
        assertThat(route.opensAt(false)).as("a success forgets").isEqualTo(now + 100);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void delaysAreSpreadOverTheirLastQuarter(long seed) {
        Route spread = new Route(URL, gates.acquire(URL), Station.settings(), new Random(seed));
        long now = 0;
        for (int i = 1; i <= 20; i++) {
            assertThat(spread.open(now, false)).isTrue();
            spread.returned(Answer.failed(Result.BUSY, ""), 1, false, now, now);
            breakers.circuitBreaker(URL).transitionToClosedState();
            long full = Math.min(30_000, 100L << (i - 1));
            assertThat(spread.opensAt(false) - now).as("seed %d", seed).isBetween(full - full / 4, full);
            now = spread.opensAt(false);
        }
    }

    @Test
    void aPrepareWaitsASecondAtMost() {
        long now = 0;
        for (int i = 0; i < 10; i++) {
            fail(Result.REFUSED, 1, now);
            now = route.opensAt(false);
        }
        fail(Result.REFUSED, 1, now);
        assertThat(route.opensAt(true)).isEqualTo(now + 1_000);
        assertThat(route.open(now + 999, true)).isFalse();
        assertThat(route.open(now + 1_000, true)).isTrue();
    }

    @Test
    void aFailingRouteIsOpenForOneRequestAtATime() {
        fail(Result.TIMEOUT, 1, 0);
        assertThat(route.open(100, false)).isTrue();
        assertThat(route.open(100, false)).isFalse();
        route.returned(Answer.of(List.of()), 1, false, 100, 101);
        for (int i = 0; i < 4; i++) {
            assertThat(route.open(101, false)).isTrue();
        }
        assertThat(route.open(101, false)).isFalse();
    }

    @Test
    void requestsThatFailTogetherCountOnce() {
        for (int i = 0; i < 4; i++) {
            assertThat(route.open(0, false)).isTrue();
        }
        for (int i = 0; i < 4; i++) {
            route.returned(Answer.failed(Result.REFUSED, ""), 1, false, 0, 5 + i);
        }
        assertThat(route.opensAt(false)).isEqualTo(5 + 100);
        assertThat(route.isRefusing()).isFalse();
    }

    @Test
    void threeRefusedConnectionsInARowAreARefusal() {
        fail(Result.REFUSED, 1, 0);
        fail(Result.REFUSED, 1, 1_000);
        fail(Result.BUSY, 1, 2_000);
        fail(Result.REFUSED, 1, 3_000);
        fail(Result.REFUSED, 1, 5_000);
        assertThat(route.isRefusing()).isFalse();
        fail(Result.REFUSED, 1, 10_000);
        assertThat(route.isRefusing()).isTrue();
        succeed(60_000);
        assertThat(route.isRefusing()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = Result.class,
            names = {"TIMEOUT", "LOST", "TOO_LARGE", "REJECTED", "MALFORMED"})
    void whatTheBatchMayHaveCausedHalvesIt(Result result) {
        assertThat(route.batchLimit()).isEqualTo(256);
        fail(result, 200, 0);
        assertThat(route.batchLimit()).isEqualTo(100);
        succeed(1_000);
        assertThat(route.batchLimit()).isEqualTo(104);
    }

    @ParameterizedTest
    @EnumSource(
            value = Result.class,
            names = {"REFUSED", "BUSY", "FORBIDDEN"})
    void whatItCannotHaveCausedDoesNot(Result result) {
        fail(result, 200, 0);
        assertThat(route.batchLimit()).isEqualTo(256);
    }

    @Test
    void aBatchThatIsTooLargeIsNoFailureAndASingleMessageIs() {
        fail(Result.TOO_LARGE, 2, 0);
        assertThat(route.opensAt(false)).isLessThanOrEqualTo(0);
        fail(Result.TOO_LARGE, 1, 1);
        assertThat(route.opensAt(false)).isEqualTo(101);
    }

    @Test
    void theBreakerShutsTheRouteForASecond() {
        CircuitBreaker breaker = breakers.circuitBreaker(URL);
        breaker.transitionToOpenState();
        assertThat(route.open(0, true)).isFalse();
        assertThat(route.opensAt(true)).isEqualTo(1_000);
        breaker.transitionToClosedState();
        assertThat(route.open(999, true)).isFalse();
        assertThat(route.open(1_000, true)).isTrue();
    }

    @Test
    void aPermitThatAnotherLaneHoldsIsAskedForAgainSoon() {
        Route other = new Route(URL, gates.acquire(URL), Station.settings(), still);
        for (int i = 0; i < 4; i++) {
            assertThat(other.open(0, false)).isTrue();
        }
        assertThat(route.open(0, false)).isFalse();
        assertThat(route.opensAt(false)).isEqualTo(20);
        other.returned(Answer.of(List.of()), 1, false, 0, 1);
        assertThat(route.open(20, false)).isTrue();
    }

    @Test
    void anOpeningThatIsNotUsedCostsNothing() {
        for (int i = 0; i < 10; i++) {
            assertThat(route.open(0, false)).isTrue();
            route.unopen();
        }
        assertThat(route.isIdle()).isTrue();
    }

    @Test
    void horizonsAreDueUntilTheyArrivedAndAgainAfterHalfAMinute() {
        assertThat(route.areHorizonsDue(0)).isTrue();
        assertThat(route.open(0, false)).isTrue();
        route.returned(Answer.failed(Result.LOST, ""), 1, true, 0, 1);
        assertThat(route.areHorizonsDue(500)).isTrue();
        assertThat(route.open(500, false)).isTrue();
        route.returned(Answer.of(List.of()), 1, true, 500, 501);
        assertThat(route.areHorizonsDue(30_500)).isFalse();
        assertThat(route.areHorizonsDue(30_501)).isTrue();
    }
}
