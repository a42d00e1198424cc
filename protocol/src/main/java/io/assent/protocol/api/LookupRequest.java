package io.assent.protocol.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/outcomes/lookup}.
 *
 * @param branches required; at most 1,000 branches to ask about
 */
public record LookupRequest(@Nullable List<@Nullable Item> branches) {

    /**
     * One branch to ask about.
     *
     * @param transaction required; the transaction id
     * @param branch required; the participant id
     */
    public record Item(
            @Nullable String transaction, @Nullable String branch) {}
}
