package io.assent.coordinator.cluster;

import java.util.Locale;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Votes of participants.
 *
 * @param handedOver Whether a vote that the initiator passes on counts. IGNORE: every participant is asked by PREPARE,
 *     so that an initiator cannot invent a vote.
 */
@ConfigurationProperties("assent.votes")
public record VoteProperties(@DefaultValue("accept") HandedOver handedOver) {

    /** What a handed-over vote is worth. A vote NO always counts: it can only abort. */
    public enum HandedOver {
        /** It counts (TWO_PHASE only). */
        ACCEPT,
        /** It does not count. */
        IGNORE;

        /** Its name in {@code GET /v1/cluster}. */
        String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
