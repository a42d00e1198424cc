package io.assent.coordinator;

import io.assent.coordinator.cluster.ClusterLayout;
import io.assent.coordinator.cluster.HostedGroups;
import io.assent.coordinator.runtime.Logs;
import io.assent.coordinator.runtime.SteadyClock;
import java.util.List;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;

/**
 * The coordinator above its runtime: everything but the engine, which is a {@link FakeGroup}; its acceptors have no storage
 * until a test starts them. It is not annotated as a
 * configuration, so that the scan of the real coordinator passes over it.
 */
@EnableAutoConfiguration
@ComponentScan({
    "io.assent.coordinator.cluster",
    "io.assent.coordinator.consultation",
    "io.assent.coordinator.membership",
    "io.assent.coordinator.security",
    "io.assent.coordinator.transaction",
    "io.assent.coordinator.operations"
})
@ConfigurationPropertiesScan({
    "io.assent.coordinator.cluster",
    "io.assent.coordinator.security",
    "io.assent.coordinator.transaction"
})
@Import(PortsConfiguration.class)
class FakeCoordinator {

    @Bean
    FakeGroup fakeGroup(ClusterLayout layout) {
        List<String> nodes = layout.nodes().stream().map(ClusterLayout.Node::id).toList();
        FakeGroup group = new FakeGroup(layout.self().id(), nodes);
        group.reset();
        return group;
    }

    /** Made when a test asks for it: only then is the port known. */
    @Bean
    @Lazy
    Api api(@LocalServerPort int port) {
        return new Api(port);
    }

    @Bean
    HostedGroups hostedGroups(FakeGroup group) {
        return new HostedGroups(List.of(group));
    }

    @Bean
    Logs logs(FakeGroup group) {
        return () -> List.of(group.log());
    }

    @Bean
    SteadyClock steadyClock() {
        return new SteadyClock();
    }
}
