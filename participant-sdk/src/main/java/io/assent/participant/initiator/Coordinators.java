package io.assent.participant.initiator;

import io.assent.participant.Deadline;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Which coordinators there are and in which order to ask them. Only those of the configuration, and those that these
 * name as nodes of their cluster, are ever asked: a URL in a header is a hint, never an address.
 */
final class Coordinators {

    /** The key of the leader that begins transactions without a key; groups have the numbers from 0. */
    static final int ANY_GROUP = -1;

    private static final Duration REFRESH_PAUSE = Duration.ofSeconds(30);

    private final List<URI> configured;
    private final Map<Integer, URI> leaders = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();
    private volatile Set<URI> published = Set.of();
    private volatile Deadline nextRefresh = Deadline.in(Duration.ZERO);

    Coordinators(List<URI> configured) {
        this.configured = configured.stream().map(Coordinators::base).distinct().toList();
    }

    /** The URL without a slash at its end, so that two ways to write it are equal. */
    static URI base(URI url) {
        return URI.create(url.toString().replaceAll("/+$", ""));
    }

    List<URI> configured() {
        return configured;
    }

    /** Those of the configuration, and those that these have named. */
    List<URI> known() {
        List<URI> all = new ArrayList<>(configured);
        all.addAll(published);
        return all;
    }

    /** All coordinators: the last known leader of the group first, then the others, each time from another one on. */
    List<URI> inOrder(int group) {
        Set<URI> order = new LinkedHashSet<>();
        URI leader = leaders.get(group);
        if (leader != null) {
            order.add(leader);
        }
        int first = Math.floorMod(turn.getAndIncrement(), configured.size());
        order.addAll(configured.subList(first, configured.size()));
        order.addAll(configured.subList(0, first));
        order.addAll(published);
        return new ArrayList<>(order);
    }

    /** Notes who leads a group, if it is a coordinator that is known. Returns whether it is. */
    boolean leads(int group, URI coordinator) {
        URI base = base(coordinator);
        boolean known = configured.contains(base) || published.contains(base);
        if (known) {
            leaders.put(group, base);
        }
        return known;
    }

    /** Notes that this coordinator could not answer for the group, so that the next request starts elsewhere. */
    void isSilent(int group, URI coordinator) {
        leaders.remove(group, base(coordinator));
    }

    /** Takes over the nodes that a coordinator of the configuration has named. */
    void published(List<URI> nodes) {
        Set<URI> others =
                new LinkedHashSet<>(nodes.stream().map(Coordinators::base).toList());
        configured.forEach(others::remove);
        published = Set.copyOf(others);
        nextRefresh = Deadline.in(REFRESH_PAUSE);
    }

    /** Whether the list of nodes may be asked for again; at most once in a while. */
    boolean mayRefresh() {
        boolean due = nextRefresh.isOver();
        if (due) {
            nextRefresh = Deadline.in(REFRESH_PAUSE);
        }
        return due;
    }
}
