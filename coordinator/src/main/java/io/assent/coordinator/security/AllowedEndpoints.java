package io.assent.coordinator.security;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which URLs this node may call as a participant's endpoint: absolute, {@code http} or {@code https}, without user
 * info and fragment, and with an allowed host. Names are compared as they are written and never resolved.
 */
public final class AllowedEndpoints {

    private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.0/8", "::1");

    private final List<HostRule> rules;

    /** Why a URL is refused. */
    public enum Refusal {
        /** It is not an absolute URL with a host. */
        NOT_A_URL,
        /** It is a URL, and not one that this node may call. */
        NOT_ALLOWED
    }

    /**
     * A refusal in words.
     *
     * @param kind what kind it is
     * @param sentence what is wrong, to follow the name of the field
     */
    public record Refused(Refusal kind, String sentence) {}

    /**
     * The list that these rules make.
     *
     * @throws IllegalArgumentException when a rule cannot be read
     */
    public AllowedEndpoints(List<String> rules) {
        this.rules = rules.stream().map(HostRule::parse).toList();
    }

    /** Loopback only. */
    public static AllowedEndpoints loopbackOnly() {
        return new AllowedEndpoints(LOOPBACK);
    }

    /**
     * Checks a URL.
     *
     * @return why it is refused, or nothing when it may be called
     */
    public Optional<Refused> refuses(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            return refused(Refusal.NOT_A_URL, "is not a URL");
        }
        String host = uri.getHost();
        if (uri.getScheme() == null || host == null || uri.getPort() > 65_535) {
            return refused(
                    Refusal.NOT_A_URL, "must be an absolute URL with a host, such as http://127.0.0.1:8091/path");
        }
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return refused(Refusal.NOT_ALLOWED, "must begin with http:// or https://");
        }
        if (uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            return refused(Refusal.NOT_ALLOWED, "must have neither user info nor a fragment");
        }
        return allows(host)
                ? Optional.empty()
                : refused(
                        Refusal.NOT_ALLOWED,
                        "names a host that this coordinator may not call; an operator can add it to"
                                + " assent.delivery.allowed-hosts");
    }

    private boolean allows(@Nullable String host) {
        String name = String.valueOf(host).toLowerCase(Locale.ROOT);
        if (name.startsWith("[")) {
            name = name.substring(1, name.length() - 1);
        }
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return rules.stream().anyMatch(rule -> rule.allows(bare));
    }

    private static Optional<Refused> refused(Refusal kind, String sentence) {
        return Optional.of(new Refused(kind, sentence));
    }
}
