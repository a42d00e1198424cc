package io.assent.coordinator;

import io.assent.coordinator.cluster.ClusterLayout;
import io.assent.coordinator.cluster.HostedGroups;
import io.assent.coordinator.cluster.NodeProperties;
import io.assent.coordinator.cluster.SlotTable;
import io.assent.coordinator.consultation.OwnAcceptors;
import io.assent.coordinator.log.LogProperties;
import io.assent.coordinator.log.RaftNode;
import io.assent.coordinator.log.Topology;
import io.assent.coordinator.membership.Joining;
import io.assent.coordinator.operations.ProcessEnd;
import io.assent.coordinator.operations.TransactionMetrics;
import io.assent.coordinator.runtime.AcceptorsOfGroup;
import io.assent.coordinator.runtime.Delivery;
import io.assent.coordinator.runtime.GroupRuntime;
import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Logs;
import io.assent.coordinator.runtime.Observer;
import io.assent.coordinator.runtime.RuntimeProperties;
import io.assent.coordinator.runtime.RuntimeSettings;
import io.assent.coordinator.runtime.SteadyClock;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.coordinator.Phase;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the engine together: the replicated logs, the delivery, and a runtime for each hosted group. */
@Configuration(proxyBeanMethods = false)
class EngineConfiguration {

    /** For a node that nobody needs to reach: any free port of loopback. */
    private static final String UNREACHABLE = "127.0.0.1:0";

    /** How the leader of a group works, by the group's number. */
    @FunctionalInterface
    interface SettingsOfGroup {
        RuntimeSettings of(int group);
    }

    @Bean
    SteadyClock steadyClock() {
        return new SteadyClock();
    }

    /** Closed by {@link EngineLifecycle}, after the web server. */
    @Bean(destroyMethod = "")
    RaftNode raftNode(
            ClusterLayout layout,
            NodeProperties node,
            LogProperties properties,
            ProcessEnd end,
            MeterRegistry meters,
            SslBundles bundles) {
        String name = properties.sslBundle();
        @Nullable SslBundle bundle = name == null ? null : bundles.getBundle(name);
        return new RaftNode(topology(layout, node), properties, end::because, meters, bundle);
    }

    static Topology topology(ClusterLayout layout, NodeProperties node) {
        return new Topology(
                layout.self().id(),
                node.dataDir(),
                layout.nodes().stream()
                        .map(n -> new Topology.Peer(n.id(), n.raft() == null ? UNREACHABLE : n.raft()))
                        .toList(),
                layout.groups().stream()
                        .map(group -> new Topology.Group(
                                group.id(),
                                group.replicas().stream()
                                        .map(ClusterLayout.Node::id)
                                        .toList()))
                        .toList(),
                layout.joinedThrough() != null);
    }

    @Bean
    Observer observer(TransactionMetrics metrics) {
        return new Observer() {
            @Override
            public void ended(Transaction transaction) {
                metrics.ended(transaction);
            }

            @Override
            public void left(Phase phase, long nanos) {
                metrics.left(phase.name(), nanos);
            }

            @Override
            public void adopted(Transaction transaction) {
                metrics.adopted();
            }
        };
    }

    @Bean
    SettingsOfGroup settingsOfGroup(
            RuntimeProperties properties, ClusterLayout layout, SlotTable slots, SteadyClock clock, Observer observer) {
        return number -> properties.settings(
                slots.slotsOf(number), layout.groups().get(number).replicas().size() == 1, clock, observer);
    }

    /** The logs alone: who drives transactions does not see the node. */
    @Bean
    Logs logs(RaftNode node) {
        List<Log> hosted = node.hosted();
        return () -> hosted;
    }

    @Bean
    HostedGroups hostedGroups(
            @Qualifier("logs") Logs logs, Delivery delivery, AcceptorsOfGroup acceptors, SettingsOfGroup settings) {
        List<GroupRuntime> groups = new ArrayList<>();
        for (Log log : logs.hosted()) {
            int number = log.state().group();
            groups.add(new GroupRuntime(number, log, delivery, acceptors.of(number), settings.of(number)));
        }
        return new HostedGroups(groups);
    }

    @Bean
    EngineLifecycle engineLifecycle(
            RaftNode node, HostedGroups groups, OwnAcceptors acceptors, Joining joining, ClusterLayout layout) {
        return new EngineLifecycle(node, groups, acceptors, joining, layout);
    }

    @Bean
    LeadershipHandover leadershipHandover(RaftNode node) {
        return new LeadershipHandover(node);
    }
}
