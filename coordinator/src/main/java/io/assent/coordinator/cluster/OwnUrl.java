package io.assent.coordinator.cluster;

import java.net.InetAddress;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.stereotype.Component;

/**
 * The base URL of this node's REST API: the configured one, or, for a node alone, where it turned out to listen.
 */
@Component
public final class OwnUrl implements ApplicationListener<WebServerInitializedEvent> {

    private final String scheme;
    private final String host;
    private volatile String url;
    private final boolean configured;

    /** The URL by this layout, or one on the address of the server's settings. */
    public OwnUrl(ClusterLayout layout, ServerProperties server) {
        String given = layout.self().url();
        InetAddress address = server.getAddress();
        configured = given != null;
        scheme = server.getSsl() != null && server.getSsl().isEnabled() ? "https" : "http";
        host = address == null || address.isAnyLocalAddress() ? "localhost" : text(address);
        Integer port = server.getPort();
        url = given == null ? scheme + "://" + host + ":" + (port == null ? 8080 : port) : given;
    }

    private static String text(InetAddress address) {
        String text = address.getHostAddress();
        return text.indexOf(':') < 0 ? text : "[" + text + "]";
    }

    @Override
    public void onApplicationEvent(WebServerInitializedEvent event) {
        boolean main = event.getApplicationContext() instanceof ServletWebServerApplicationContext context
                && context.getServerNamespace() == null;
        if (main && !configured) {
            url = scheme + "://" + host + ":" + event.getWebServer().getPort();
        }
    }

    /** The URL, without a slash at its end. */
    public String get() {
        return url;
    }
}
