package io.assent.protocol.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Wire form of votes on their way to one acceptor: {@code POST {url}/v1/acceptor/votes}. A vote there is a YES at ballot
 * 0; a NO goes to the leader only (Q5). Its component names are the JSON names.
 *
 * @param acceptor id of the replica that is meant
 * @param incarnation of its storage, 16 hexadecimal digits
 */
public record VotesForm(
        @Nullable String acceptor,
        @Nullable String incarnation,
        @Nullable List<Item> votes) {

    /**
     * One vote.
     *
     * @param participants J as PREPARE named it, with endpoints
     */
    public record Item(
            @Nullable String transaction,
            @Nullable String branch,
            @Nullable List<ParticipantAddress> participants) {}
}
