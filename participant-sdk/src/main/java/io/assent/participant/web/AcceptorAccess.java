package io.assent.participant.web;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which URLs of acceptors may be called. They come with a PREPARE: where a secret proves that it is of a coordinator, all
 * of them; otherwise only coordinators that are known anyway, and this machine. Names are compared as they are written and
 * never resolved.
 */
final class AcceptorAccess {

    private static final String VOTES = "/v1/acceptor/votes";
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");

    private final boolean authenticated;
    private final Supplier<List<URI>> coordinators;

    /**
     * Access to these.
     *
     * @param authenticated whether every PREPARE is known to be of a coordinator
     * @param coordinators base URLs of the coordinators that are known
     */
    AcceptorAccess(boolean authenticated, Supplier<List<URI>> coordinators) {
        this.authenticated = authenticated;
        this.coordinators = coordinators;
    }

    /** Where the acceptor at this base URL takes votes, or nothing when it must not be called. */
    Optional<URI> votes(String base) {
        URI uri;
        try {
            uri = new URI(base.replaceAll("/+$", "") + VOTES);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
        boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        boolean plain = uri.getHost() != null
                && uri.getPort() <= 65_535
                && uri.getRawUserInfo() == null
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null;
        return http && plain && (authenticated || isLoopback(uri) || isCoordinator(uri))
                ? Optional.of(uri)
                : Optional.empty();
    }

    private static boolean isLoopback(URI uri) {
        return LOOPBACK.matcher(lower(uri.getHost())).matches();
    }

    private boolean isCoordinator(URI uri) {
        return coordinators.get().stream()
                .anyMatch(known -> lower(known.getScheme()).equals(lower(uri.getScheme()))
                        && lower(known.getRawAuthority()).equals(lower(uri.getRawAuthority())));
    }

    private static String lower(@Nullable String text) {
        return String.valueOf(text).toLowerCase(Locale.ROOT);
    }
}
