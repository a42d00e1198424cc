package io.assent.protocol.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Wire form of what an acceptor says of votes, in the order asked. Its component names are the JSON names.
 */
public record VotesAnswerForm(@Nullable List<Item> replies) {

    /**
     * About one vote.
     *
     * @param accepted whether it is accepted, durably
     * @param promised the ballot that stands in the way, where one does; else null
     */
    public record Item(
            @Nullable String transaction,
            @Nullable String branch,
            @Nullable Boolean accepted,
            @Nullable Long promised) {}
}
