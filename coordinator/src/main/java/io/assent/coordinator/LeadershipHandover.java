package io.assent.coordinator;

import io.assent.coordinator.log.RaftNode;
import org.springframework.context.SmartLifecycle;

/**
 * The first thing at a stop: other nodes take the groups over that this one leads, so that requests in flight are
 * finished there while the web server waits for them.
 */
final class LeadershipHandover implements SmartLifecycle {

    private final RaftNode node;
    private volatile boolean running;

    LeadershipHandover(RaftNode node) {
        this.node = node;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        node.handOver();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }
}
