package io.assent.coordinator.cluster;

import io.assent.coordinator.runtime.Group;
import io.assent.coordinator.runtime.Log;
import io.assent.protocol.api.Headers;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Brings a request to the leader of a group: answered here where this node leads, else passed on, one hop. While there
 * is no leader the request is held, a bounded time and a bounded number of them, and tried again; what was passed on to
 * this node is never passed on again.
 */
@Component
public final class LeaderRouting {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderRouting.class);

    private final ClusterLayout layout;
    private final HostedGroups groups;
    private final Forwarder forwarder;
    private final OwnUrl ownUrl;
    private final Holding holding;
    private final Duration peerTimeout;
    private final Map<Integer, String> hints = new ConcurrentHashMap<>();

    /** What this node does with a request when it leads the group. */
    @FunctionalInterface
    public interface Here {
        /** The answer, or nothing when the node turned out not to lead any more. */
        Optional<ResponseEntity<?>> answer(Group group);
    }

    LeaderRouting(
            ClusterLayout layout,
            HostedGroups groups,
            Forwarder forwarder,
            OwnUrl ownUrl,
            Holding holding,
            ClusterProperties properties) {
        this.layout = layout;
        this.groups = groups;
        this.forwarder = forwarder;
        this.ownUrl = ownUrl;
        this.holding = holding;
        this.peerTimeout = properties.peerTimeout();
    }

    /**
     * Has the leader of a group answer.
     *
     * @param patience how long the request itself asks to wait
     * @throws NoLeaderException when no leader answered in time
     * @throws TooManyForwardedException when too many requests are with other nodes already
     */
    public ResponseEntity<?> atLeader(int group, IncomingRequest request, Duration patience, Here here) {
        Attempt attempt = new Attempt(group, request, patience, here);
        return holding.until(attempt::make).orElseGet(attempt::giveUp);
    }

    /**
     * Asks another node that leads a group, once and without waiting for a leader.
     *
     * @param timeout the time for its answer
     * @return its answer, or nothing when there is none, or when the request was passed on already
     */
    public Optional<ResponseEntity<byte[]>> askLeader(int group, IncomingRequest request, Duration timeout) {
        Optional<String> url = leaderUrl(group).filter(known -> !known.equals(ownUrl.get()));
        if (request.forwarded() || url.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(forwarder.forward(request, url.get(), timeout));
        } catch (IOException e) {
            LOG.debug("A leader gave no answer: url={} group={}", url.get(), group, e);
            return Optional.empty();
        }
    }

    /** Base URL of the node that leads the group, where that is known. */
    public Optional<String> leaderUrl(int group) {
        Optional<Group> hosted = groups.group(group);
        if (hosted.isEmpty()) {
            return Optional.ofNullable(hints.get(group));
        }
        String leader = hosted.get().leadership().leader();
        return layout.self().id().equals(leader) ? Optional.of(ownUrl.get()) : urlOf(leader);
    }

    private Optional<String> urlOf(@Nullable String node) {
        return layout.node(node).flatMap(known -> Optional.ofNullable(known.url()));
    }

    /** One request on its way to a leader. */
    private final class Attempt {
        private final int group;
        private final IncomingRequest request;
        private final Duration patience;
        private final Here here;
        private int asked;
        private @Nullable ResponseEntity<byte[]> refusal;

        Attempt(int group, IncomingRequest request, Duration patience, Here here) {
            this.group = group;
            this.request = request;
            this.patience = patience;
            this.here = here;
        }

        /** Time is over: the refusal of another node, if there was one, else our own. */
        ResponseEntity<?> giveUp() {
            if (refusal != null) {
                return refusal;
            }
            throw new NoLeaderException(group, leaderUrl(group).orElse(null));
        }

        private boolean isOther(Log.Leadership leadership) {
            return leadership.leader() != null && !layout.self().id().equals(leadership.leader());
        }

        Optional<ResponseEntity<?>> make() {
            Optional<Group> hosted = groups.group(group);
            if (hosted.isPresent() && hosted.get().leadership().ready()) {
                return here.answer(hosted.get());
            }
            if (request.forwarded()) {
                // It waits here for this node's own leadership, and goes back when another one leads.
                if (hosted.isEmpty() || isOther(hosted.get().leadership())) {
                    giveUp();
                }
                return Optional.empty();
            }
            Optional<String> url = hosted.isPresent()
                    ? Optional.of(hosted.get().leadership())
                            .filter(this::isOther)
                            .flatMap(leadership -> urlOf(leadership.leader()))
                    : hintOrReplica();
            return url.flatMap(this::forward);
        }

        /** For a group without a replica here: who was named as leader, or one replica after the other. */
        private Optional<String> hintOrReplica() {
            String hint = hints.get(group);
            if (hint != null) {
                return Optional.of(hint);
            }
            List<ClusterLayout.Node> others = layout.group(group).stream()
                    .flatMap(placed -> placed.replicas().stream())
                    .filter(node -> !node.equals(layout.self()))
                    .toList();
            return others.isEmpty()
                    ? Optional.empty()
                    : Optional.ofNullable(others.get(asked++ % others.size()).url());
        }

        private Optional<ResponseEntity<?>> forward(String url) {
            try {
                ResponseEntity<byte[]> answer = forwarder.forward(request, url, peerTimeout.plus(patience));
                noteLeader(answer.getHeaders().getFirst(Headers.LEADER));
                if (answer.getStatusCode().isSameCodeAs(HttpStatus.SERVICE_UNAVAILABLE)) {
                    refusal = answer;
                    return Optional.empty();
                }
                return Optional.of(answer);
            } catch (IOException e) {
                hints.remove(group);
                LOG.debug("A node gave no answer: url={} group={}", url, group, e);
                return Optional.empty();
            }
        }

        /** Only a configured node is believed: the secret goes where the hint points. */
        private void noteLeader(@Nullable String url) {
            boolean known = layout.nodes().stream().anyMatch(node -> url != null && url.equals(node.url()));
            if (known && url != null && !url.equals(layout.self().url())) {
                hints.put(group, url);
            } else {
                hints.remove(group);
            }
        }
    }
}
