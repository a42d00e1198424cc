package io.assent.coordinator.cluster;

import io.assent.protocol.api.ClusterView;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole cluster in one answer: this node's own view, completed by those of the other nodes, which are asked at the
 * same time. A picture is used for a second, so that many callers cost the other nodes no more than one.
 */
@Component
final class ClusterPicture implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterPicture.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private final ClusterLayout layout;
    private final OwnView ownView;
    private final Forwarder forwarder;
    private final ReentrantLock taking = new ReentrantLock();
    private final ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor();

    /** Nodes of the next version may tell more. */
    private final JsonMapper lenient = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private volatile @Nullable Taken last;

    private record Taken(ClusterView view, long at) {
        boolean isFresh() {
            return System.nanoTime() - at < FRESH_NANOS;
        }
    }

    ClusterPicture(ClusterLayout layout, OwnView ownView, Forwarder forwarder) {
        this.layout = layout;
        this.ownView = ownView;
        this.forwarder = forwarder;
    }

    /** The picture; of this node alone when another node asks. */
    ClusterView take(IncomingRequest request) {
        if (request.forwarded() || layout.isAlone()) {
            return ownView.take();
        }
        Taken before = last;
        if (before != null && before.isFresh()) {
            return before.view();
        }
        taking.lock();
        try {
            Taken now = last;
            if (now == null || !now.isFresh()) {
                now = new Taken(askAll(request), System.nanoTime());
                last = now;
            }
            return now.view();
        } finally {
            taking.unlock();
        }
    }

    private ClusterView askAll(IncomingRequest request) {
        List<CompletableFuture<Optional<ClusterView>>> asked = new ArrayList<>();
        for (String url : layout.others(layout.nodes())) {
            asked.add(CompletableFuture.supplyAsync(() -> ask(url, request), askers));
        }
        List<ClusterView> others =
                asked.stream().flatMap(future -> future.join().stream()).toList();
        return new ClusterMerge(ownView.take(), others).view();
    }

    private Optional<ClusterView> ask(String url, IncomingRequest request) {
        try {
            ResponseEntity<byte[]> answer = forwarder.forward(request, url, PATIENCE);
            return answer.getStatusCode().isSameCodeAs(HttpStatus.OK)
                    ? Optional.ofNullable(answer.getBody()).map(body -> lenient.readValue(body, ClusterView.class))
                    : Optional.empty();
        } catch (IOException | JacksonException | TooManyForwardedException e) {
            LOG.debug("A node gave no view of the cluster: url={}", url, e);
            return Optional.empty();
        }
    }

    @Override
    public void destroy() {
        askers.shutdownNow();
    }
}
