package io.assent.participant.autoconfigure;

import io.assent.participant.initiator.TransactionSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a service finds and talks to the coordinators.
 *
 * @param coordinators Base URLs of the coordinators, such as http://127.0.0.1:8081. Any of them will do; all of them
 *     survive more.
 * @param security How a service and the coordinators trust each other.
 * @param initiator How transactions begin.
 */
@ConfigurationProperties("assent")
public record InitiatorProperties(
        @DefaultValue List<URI> coordinators,
        @DefaultValue Security security,
        @DefaultValue Initiator initiator) {

    private static final int LEAST_SECRET = 32;
    private static final Duration LEAST_REQUEST_TIMEOUT = Duration.ofSeconds(8);

    /**
     * Checks the URLs.
     *
     * @throws IllegalArgumentException when one is missing or wrong
     */
    public InitiatorProperties {
        if (coordinators.isEmpty()) {
            throw new IllegalArgumentException("assent.coordinators is not set: name the base URL of every coordinator,"
                    + " as in assent.coordinators=http://127.0.0.1:8081,http://127.0.0.1:8082");
        }
        coordinators.forEach(InitiatorProperties::check);
        coordinators = List.copyOf(coordinators);
    }

    private static void check(URI url) {
        boolean http = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
        if (!http
                || url.getHost() == null
                || url.getRawUserInfo() != null
                || url.getRawQuery() != null
                || url.getRawFragment() != null) {
            throw new IllegalArgumentException("assent.coordinators: " + url
                    + " is not the base URL of a coordinator, as http://127.0.0.1:8081 is");
        }
    }

    /**
     * How a service and the coordinators trust each other.
     *
     * @param secret The secret of the cluster, at least 32 characters, sent to the coordinators as a bearer token.
     *     Unset: none is sent.
     */
    public record Security(@Nullable String secret) {

        /**
         * Checks the length.
         *
         * @throws IllegalArgumentException when it is too short
         */
        public Security {
            if (secret != null && secret.length() < LEAST_SECRET) {
                throw new IllegalArgumentException(
                        "assent.security.secret is too short: it needs at least " + LEAST_SECRET + " characters");
            }
        }

        /** Never shows the secret. */
        @Override
        public String toString() {
            return "Security[secret=" + (secret == null ? "unset" : "hidden") + "]";
        }
    }

    /**
     * How transactions begin.
     *
     * @param timeout Time-out of transactions that name none, 100 ms to 24 h.
     * @param connectTimeout How long a connection to a coordinator may take to be made.
     * @param requestTimeout How long the answer of one coordinator may take before the next one is asked, at least 8 s.
     */
    public record Initiator(
            @DefaultValue("30s") Duration timeout,
            @DefaultValue("2s") Duration connectTimeout,
            @DefaultValue("10s") Duration requestTimeout) {

        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException when one is left
         */
        public Initiator {
            if (timeout.compareTo(TransactionSettings.SHORTEST) < 0
                    || timeout.compareTo(TransactionSettings.LONGEST) > 0) {
                throw new IllegalArgumentException("assent.initiator.timeout is from 100 ms to 24 h, not " + timeout);
            }
            if (connectTimeout.isNegative() || connectTimeout.isZero()) {
                throw new IllegalArgumentException("assent.initiator.connect-timeout must be more than nothing");
            }
            if (requestTimeout.compareTo(LEAST_REQUEST_TIMEOUT) < 0) {
                throw new IllegalArgumentException("assent.initiator.request-timeout must be at least 8 s, because a"
                        + " coordinator may take as long for an answer that is no failure; it is " + requestTimeout);
            }
        }
    }
}
