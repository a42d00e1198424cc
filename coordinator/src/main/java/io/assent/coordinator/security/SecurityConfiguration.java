package io.assent.coordinator.security;

import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the secret, the allow-list and the checks of a start from the settings. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

    @Bean
    SharedSecret sharedSecret(SecurityProperties properties) {
        return SharedSecret.of(properties);
    }

    @Bean
    ListenAddress listenAddress(ServerProperties server, SharedSecret secret, SecurityProperties properties) {
        ListenAddress address = new ListenAddress(server.getAddress());
        address.requireSecret(secret, properties.open());
        return address;
    }

    @Bean
    AllowedEndpoints allowedEndpoints(ListenAddress address, EndpointProperties properties) {
        return address.endpoints(properties);
    }
}
