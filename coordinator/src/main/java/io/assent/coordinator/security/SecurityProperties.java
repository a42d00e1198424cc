package io.assent.coordinator.security;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may call this node.
 *
 * @param secret Shared secret of coordinators, participants and clients, at least 32 characters; they send it as
 *     Authorization: Bearer. Take it from the environment (ASSENT_SECURITY_SECRET) or use secret-file, so that it is
 *     not seen on a command line.
 * @param secretFile File that holds the shared secret; white space around it does not count.
 * @param open Whether to serve everybody on an address that is not loopback when there is no secret.
 */
@ConfigurationProperties("assent.security")
public record SecurityProperties(
        @Nullable String secret,
        @Nullable Path secretFile,
        @DefaultValue("false") boolean open) {

    /** Never shows the secret. */
    @Override
    public String toString() {
        return "SecurityProperties[secret=hidden, secretFile=" + secretFile + ", open=" + open + "]";
    }
}
