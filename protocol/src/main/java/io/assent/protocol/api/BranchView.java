package io.assent.protocol.api;

import org.jspecify.annotations.Nullable;

/**
 * A branch of a transaction.
 *
 * @param participant the participant id, which is also the branch id
 * @param endpoint where its messages go; null where only its vote is remembered
 * @param fallbackEndpoint where its messages of the second phase go when the endpoint refuses connections, or null
 * @param state WORKING, PREPARED, PRE_COMMITTED, COMMITTED or ABORTED
 * @param vote YES, NO, READ_ONLY, or null when it has not voted
 * @param attempts how many messages were sent to it; null after a change of leader
 * @param lastError why the last one got no reply; null when it got one, or after a change of leader
 */
public record BranchView(
        String participant,
        @Nullable String endpoint,
        @Nullable String fallbackEndpoint,
        String state,
        @Nullable String vote,
        @Nullable Integer attempts,
        @Nullable String lastError) {}
