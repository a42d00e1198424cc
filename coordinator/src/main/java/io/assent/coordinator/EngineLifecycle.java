package io.assent.coordinator;

import io.assent.coordinator.cluster.ClusterLayout;
import io.assent.coordinator.cluster.HostedGroups;
import io.assent.coordinator.consultation.OwnAcceptors;
import io.assent.coordinator.log.RaftNode;
import io.assent.coordinator.membership.Joining;
import io.assent.coordinator.runtime.GroupRuntime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the engine before the web server and stops it after, so that no request meets a node without one: first the
 * loops of the groups, then the logs they listen to, then the acceptors, which must be those that the logs name; at the
 * end the loops, then the acceptors, then the logs. Nothing starts at a node that the others know to have lost its data,
 * unless it joins as a new replica.
 */
final class EngineLifecycle implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(EngineLifecycle.class);
    private static final int BEFORE_THE_WEB_SERVER = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1_024;

    private final RaftNode node;
    private final HostedGroups groups;
    private final OwnAcceptors acceptors;
    private final Joining joining;
    private final ClusterLayout layout;
    private volatile boolean running;

    EngineLifecycle(RaftNode node, HostedGroups groups, OwnAcceptors acceptors, Joining joining, ClusterLayout layout) {
        this.node = node;
        this.acceptors = acceptors;
        this.joining = joining;
        this.layout = layout;
        this.groups = groups;
    }

    @Override
    public void start() {
        if (node.enters()) {
            joining.leave();
        } else {
            if (!node.hasData()) {
                joining.refuseWhatIsLost();
            }
            acceptors.refuseWhatIsLost();
        }
        groups.all().forEach(group -> {
            if (group instanceof GroupRuntime runtime) {
                runtime.start();
            }
        });
        node.start();
        try {
            joining.enter(node.outside());
            acceptors.start();
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
        running = true;
        if (layout.isAlone()) {
            LOG.info("This node is alone: what it acknowledges is durable, but while it is down nothing is decided and"
                    + " nobody is answered. A cluster of three nodes (assent.cluster.nodes) survives the loss of one.");
        }
    }

    @Override
    public void stop() {
        groups.all().forEach(group -> {
            if (group instanceof GroupRuntime runtime) {
                runtime.close();
            }
        });
        acceptors.close();
        node.close();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return BEFORE_THE_WEB_SERVER;
    }
}
