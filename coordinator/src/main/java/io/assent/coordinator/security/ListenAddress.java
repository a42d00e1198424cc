package io.assent.coordinator.security;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The address on which this node serves HTTP, and what it takes to serve there.
 *
 * @param address the address; null means every interface
 */
public record ListenAddress(@Nullable InetAddress address) {

    /** Whether only this machine can reach it. */
    public boolean isLoopback() {
        return address != null && address.isLoopbackAddress();
    }

    /**
     * Refuses to serve others without a secret, unless the settings say so.
     *
     * @throws StartupRefusedException when it must not start
     */
    void requireSecret(SharedSecret secret, boolean open) {
        if (!isLoopback() && !secret.isSet() && !open) {
            throw new StartupRefusedException(
                    "The node would listen on " + this + ", which others can reach, without a shared secret.",
                    "Set assent.security.secret (at least 32 characters), or listen on loopback (leave"
                            + " server.address unset), or say that everybody may decide transactions here:"
                            + " assent.security.open=true.");
        }
    }

    /**
     * The endpoints that this node may call.
     *
     * @throws StartupRefusedException when the list must be set and is not, or cannot be read
     */
    AllowedEndpoints endpoints(EndpointProperties properties) {
        if (properties.allowedHosts().isEmpty()) {
            if (isLoopback()) {
                return AllowedEndpoints.loopbackOnly();
            }
            throw new StartupRefusedException(
                    "The node would listen on " + this + ", which others can reach, and assent.delivery.allowed-hosts"
                            + " is not set: any caller could make it call any host.",
                    "Set assent.delivery.allowed-hosts to the names, patterns (*.bank.internal) or address ranges"
                            + " (10.1.0.0/16) of the participants.");
        }
        try {
            return new AllowedEndpoints(properties.allowedHosts());
        } catch (IllegalArgumentException e) {
            throw new StartupRefusedException(
                    "assent.delivery.allowed-hosts cannot be read: " + e.getMessage() + ".",
                    "Give names, patterns with *, IP addresses, or ranges such as 10.1.0.0/16.");
        }
    }

    @Override
    public String toString() {
        return address == null ? "every interface" : address.getHostAddress();
    }
}
