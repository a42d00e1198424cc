package io.assent.coordinator;

import io.assent.coordinator.cluster.HostedGroups;
import io.assent.coordinator.consultation.NodeAccess;
import io.assent.coordinator.consultation.ProcessEnding;
import io.assent.coordinator.delivery.Horizons;
import io.assent.coordinator.delivery.ParticipantAccess;
import io.assent.coordinator.operations.ProcessEnd;
import io.assent.coordinator.security.AllowedEndpoints;
import io.assent.coordinator.security.SharedSecret;
import io.assent.coordinator.transaction.EndpointPolicy;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Lets packages that do not know each other work together: each names what it needs as an interface of its own. */
@Configuration(proxyBeanMethods = false)
class PortsConfiguration {

    @Bean
    EndpointPolicy endpointPolicy(AllowedEndpoints endpoints) {
        return url -> endpoints
                .refuses(url)
                .map(refused -> new EndpointPolicy.Refused(
                        refused.kind() == AllowedEndpoints.Refusal.NOT_A_URL, refused.sentence()));
    }

    @Bean
    ParticipantAccess participantAccess(AllowedEndpoints endpoints, SharedSecret secret) {
        return new ParticipantAccess() {
            @Override
            public Optional<String> refuses(String endpoint) {
                return endpoints.refuses(endpoint).map(AllowedEndpoints.Refused::sentence);
            }

            @Override
            public Optional<String> authorization() {
                return secret.authorization();
            }
        };
    }

    @Bean
    NodeAccess nodeAccess(SharedSecret secret) {
        return secret::authorization;
    }

    @Bean
    ProcessEnding processEnding(ProcessEnd end) {
        return end::because;
    }

    /** The groups need the delivery, which needs their horizons: so they are asked for when they are wanted. */
    @Bean
    Horizons horizons(ObjectProvider<HostedGroups> groups) {
        return () -> groups.getObject().horizons();
    }
}
