package io.assent.participant.autoconfigure;

import io.assent.participant.facts.Schema;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How this service takes part in distributed transactions.
 *
 * @param id Participant id: names the database for good, in every transaction and in the database itself. 1 to 64
 *     letters, digits and ._-
 * @param url Base URL at which coordinators reach this instance. Default: http://[server.address]:[port] when that is a
 *     loopback address; otherwise it must be set.
 * @param fallbackUrl Base URL, usually of a load balancer, at which they reach any instance when this one is gone.
 * @param dataSource Bean name of the data source of the database; the primary one by default.
 * @param schema What is done at start about the participant's tables in its database: create, validate or none.
 * @param connections How many branches may be live or in doubt at once, each with a connection of its own. Default: the
 *     size of the application's connection pool.
 * @param secondLevelCache What is done about a second-level or query cache of Hibernate, which shows work before the
 *     outcome is known: refuse to start, or evict it at the end of every unit of work and of every branch.
 * @param peers Whether other members of a THREE_PHASE transaction may ask this one what it knows, and are asked, when no
 *     coordinator can be reached. Whoever answers decides over money, so all members must be trusted, and the secret set.
 * @param directVotes Whether votes in a PAXOS_COMMIT transaction also go straight to its acceptors, which are coordinators'
 *     nodes. Otherwise their leader passes them on, which takes one message delay more.
 * @param drain How long a shutdown waits for branches to be decided.
 * @param lookup How a prepared branch asks for its outcome.
 */
@ConfigurationProperties("assent.participant")
public record ParticipantProperties(
        String id,
        @Nullable URI url,
        @Nullable URI fallbackUrl,
        @Nullable String dataSource,
        @DefaultValue("create") Schema schema,
        @Nullable Integer connections,
        @DefaultValue("refuse") SecondLevelCache secondLevelCache,
        @DefaultValue("false") boolean peers,
        @DefaultValue("true") boolean directVotes,
        @DefaultValue("10s") Duration drain,
        @DefaultValue Lookup lookup) {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** What is done about a cache that Hibernate fills before the outcome is known. */
    public enum SecondLevelCache {
        /** The service does not start. */
        REFUSE,
        /** It is emptied again and again. */
        EVICT
    }

    /**
     * Checks ranges and forms.
     *
     * @throws IllegalArgumentException when one is wrong
     */
    public ParticipantProperties {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("assent.participant.id must be 1 to 64 letters, digits, dots, hyphens or"
                    + " underscores, not \"" + id + "\"");
        }
        check("url", url);
        check("fallback-url", fallbackUrl);
        if (connections != null && connections < 1) {
            throw new IllegalArgumentException("assent.participant.connections must be 1 or more, not " + connections);
        }
        if (drain.isNegative()) {
            throw new IllegalArgumentException("assent.participant.drain must not be negative: " + drain);
        }
    }

    private static void check(String name, @Nullable URI url) {
        boolean http = url == null
                || ("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()))
                        && url.getHost() != null
                        && url.getRawUserInfo() == null
                        && url.getRawQuery() == null
                        && url.getRawFragment() == null;
        if (!http) {
            throw new IllegalArgumentException("assent.participant." + name + ": " + url
                    + " is not the base URL of a service, as http://127.0.0.1:8091 is");
        }
    }

    /**
     * How a prepared branch asks for its outcome.
     *
     * @param after How long a branch is in doubt before it asks for the first time.
     * @param longest The longest pause between its questions; each pause is twice the one before.
     * @param scan The pause between two listings of what the database holds prepared.
     */
    public record Lookup(
            @DefaultValue("2s") Duration after,
            @DefaultValue("30s") Duration longest,
            @DefaultValue("30s") Duration scan) {

        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException when one is left
         */
        public Lookup {
            if (after.toMillis() < 1 || longest.compareTo(after) < 0 || scan.toMillis() < 1) {
                throw new IllegalArgumentException("assent.participant.lookup: after and scan must be at least 1 ms and"
                        + " longest not less than after; they are " + after + ", " + scan + ", " + longest);
            }
        }
    }
}
