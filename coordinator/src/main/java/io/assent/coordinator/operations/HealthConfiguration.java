package io.assent.coordinator.operations;

import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Logs;
import java.util.SortedMap;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Health of this node. A node that lost its leader or its quorum stays ready, because it still forwards and answers
 * facts; {@code /actuator/health/cluster} tells.
 */
@Configuration(proxyBeanMethods = false)
class HealthConfiguration {

    @Bean
    HealthIndicator replay(Logs logs) {
        return new ReplayHealth(logs);
    }

    @Bean
    CompositeHealthContributor groups(Logs logs) {
        SortedMap<String, HealthIndicator> byNumber = new TreeMap<>();
        for (Log log : logs.hosted()) {
            byNumber.put("group-" + log.state().group(), new GroupHealth(log));
        }
        return CompositeHealthContributor.fromMap(byNumber);
    }
}
