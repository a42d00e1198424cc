package io.assent.participant.autoconfigure;

import io.assent.participant.StartupRefusedException;
import io.assent.participant.web.BranchEndpoint;
import java.net.InetAddress;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/** The URL of the participant's endpoint: as configured, or where the web server listens once it does. */
final class EndpointUrl implements Supplier<String>, ApplicationListener<WebServerInitializedEvent> {

    private final ServerProperties server;
    private final @Nullable URI configured;
    private volatile @Nullable String known;

    /**
     * An endpoint of this server.
     *
     * @throws StartupRefusedException when the URL must be configured and is not
     */
    EndpointUrl(ServerProperties server, @Nullable URI configured) {
        this.server = server;
        this.configured = configured;
        if (configured == null && !listensOnLoopback()) {
            throw new StartupRefusedException(
                    "Coordinators cannot know where to reach this participant: it listens on "
                            + (server.getAddress() == null ? "all addresses" : server.getAddress()) + ".",
                    "Set assent.participant.url to a base URL at which they reach this instance, or"
                            + " server.address=127.0.0.1 where everything runs on one machine.");
        }
        this.known = configured == null ? null : below(configured);
    }

    /** Whether only this machine can reach the server. */
    boolean listensOnLoopback() {
        InetAddress address = server.getAddress();
        return address != null && address.isLoopbackAddress();
    }

    /** The URL of the endpoint below this base URL. */
    static String below(URI base) {
        return base.toString().replaceAll("/+$", "") + BranchEndpoint.PATH;
    }

    @Override
    public void onApplicationEvent(WebServerInitializedEvent event) {
        InetAddress address = server.getAddress();
        boolean application = event.getApplicationContext().getServerNamespace() == null;
        if (configured == null && application && address != null) {
            String host = address.getHostAddress().contains(":")
                    ? "[" + address.getHostAddress() + "]"
                    : address.getHostAddress();
            boolean tls = server.getSsl() != null && server.getSsl().isEnabled();
            String context =
                    Optional.ofNullable(server.getServlet().getContextPath()).orElse("");
            known = (tls ? "https" : "http") + "://" + host + ":"
                    + event.getWebServer().getPort() + context + BranchEndpoint.PATH;
        }
    }

    @Override
    public String get() {
        String url = known;
        if (url == null) {
            throw new IllegalStateException("The URL of this participant is not known before its web server runs: set"
                    + " assent.participant.url where there is none");
        }
        return url;
    }
}
