package io.assent.coordinator.delivery;

import io.assent.coordinator.delivery.Backlog.Pending;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The routes of one lane: its endpoint, and while that refuses connections, the fallback endpoints of its messages of
 * the second phase. Not thread-safe: its lane's lock guards it.
 */
final class Routes {

    /** An endpoint has one fallback as a rule; more than these few at once wait for each other. */
    private static final int MAX_FALLBACKS = 4;

    private final DeliveryProperties settings;
    private final Gates gates;
    private final RandomGenerator random;
    private final Route main;
    private final Map<String, Route> fallbacks = new HashMap<>();

    /**
     * A route that is open for one request.
     *
     * @param wanted which messages may go on it
     */
    record Choice(Route route, Predicate<Pending> wanted) {}

    Routes(String endpoint, DeliveryProperties settings, Gates gates, RandomGenerator random) {
        this.settings = settings;
        this.gates = gates;
        this.random = random;
        main = route(endpoint);
    }

    private Route route(String url) {
        return new Route(url, gates.acquire(url), settings, random);
    }

    /** Opens a route for some of the waiting messages, or returns null when none can be opened now. */
    @Nullable
    Choice choose(Backlog backlog, long now) {
        Choice fallback = main.isRefusing() ? chooseFallback(backlog, now) : null;
        if (fallback != null) {
            return fallback;
        }
        // The endpoint itself is tried all the same at its intervals: it may be back, and the fallback may be down.
        return main.open(now, backlog.hasPrepare()) ? new Choice(main, pending -> true) : null;
    }

    private @Nullable Choice chooseFallback(Backlog backlog, long now) {
        Map<String, Boolean> tried = new HashMap<>();
        for (Pending pending : backlog.ready()) {
            String url = pending.fallback();
            if (url == null || url.equals(main.url()) || tried.put(url, true) != null) {
                continue;
            }
            Route route = fallback(url);
            if (route != null && route.open(now, false)) {
                return new Choice(route, other -> url.equals(other.fallback()));
            }
        }
        return null;
    }

    private @Nullable Route fallback(String url) {
        Route known = fallbacks.get(url);
        if (known != null) {
            return known;
        }
        if (fallbacks.size() >= MAX_FALLBACKS) {
            Route spare = fallbacks.values().stream()
                    .filter(Route::isIdle)
                    .findFirst()
                    .orElse(null);
            if (spare == null) {
                return null;
            }
            fallbacks.remove(spare.url());
            gates.release(spare.gate());
        }
        Route route = route(url);
        fallbacks.put(url, route);
        return route;
    }

    /**
     * When time alone makes a try possible.
     *
     * @return a time after now, or {@link Long#MAX_VALUE} when only the end of a request does
     */
    long nextOpening(long now, boolean prepareWaits) {
        long next = main.opensAt(prepareWaits);
        long earliest = next > now ? next : Long.MAX_VALUE;
        if (main.isRefusing()) {
            for (Route route : fallbacks.values()) {
                long opening = route.opensAt(false);
                earliest = opening > now ? Math.min(earliest, opening) : earliest;
            }
        }
        return earliest;
    }

    void close() {
        gates.release(main.gate());
        fallbacks.values().forEach(route -> gates.release(route.gate()));
        fallbacks.clear();
    }
}
