package io.assent.coordinator.cluster;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the layout and the slot table from the settings. */
@Configuration(proxyBeanMethods = false)
class ClusterConfiguration {

    @Bean
    ClusterLayout clusterLayout(NodeProperties node, ClusterProperties cluster) {
        return new ClusterLayout(node, cluster);
    }

    @Bean
    SlotTable slotTable(ClusterLayout layout) {
        return SlotTable.dealtTo(layout.groups().size());
    }
}
