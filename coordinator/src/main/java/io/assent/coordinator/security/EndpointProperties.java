package io.assent.coordinator.security;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which endpoints of participants this node may call.
 *
 * @param allowedHosts Host names, patterns with * (as *.bank.internal), IP addresses, or address ranges in CIDR form
 *     (as 10.1.0.0/16). A range allows addresses only, never a name. Default while this node itself listens on
 *     loopback: loopback only. Required otherwise.
 */
@ConfigurationProperties("assent.delivery")
public record EndpointProperties(@DefaultValue List<String> allowedHosts) {

    public EndpointProperties {
        allowedHosts = List.copyOf(allowedHosts);
    }
}
