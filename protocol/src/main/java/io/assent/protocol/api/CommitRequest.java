package io.assent.protocol.api;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/transactions/{id}/commit}; every field, and the body itself, may be left out. Not a record,
 * because no record may have a component {@code wait}; its constructor's parameters and its getters bear the JSON
 * names.
 */
public final class CommitRequest {

    private final @Nullable List<@Nullable CommitBranch> branches;
    private final @Nullable String await;
    private final @Nullable String wait;

    /**
     * A request to commit.
     *
     * @param branches the whole set that the initiator saw; null: what is enlisted; empty: nothing
     * @param await COMPLETION (default: until every branch has acknowledged) or DECISION
     * @param wait ISO-8601 duration that the answer may take, at most 60 s, default 10 s
     */
    public CommitRequest(
            @Nullable List<@Nullable CommitBranch> branches, @Nullable String await, @Nullable String wait) {
        this.branches = branches;
        this.await = await;
        this.wait = wait;
    }

    /** The whole set that the initiator saw, or null. */
    public @Nullable List<@Nullable CommitBranch> getBranches() {
        return branches;
    }

    /** COMPLETION, DECISION or null. */
    public @Nullable String getAwait() {
        return await;
    }

    /** The ISO-8601 duration that the answer may take, or null. */
    public @Nullable String getWait() {
        return wait;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CommitRequest request
                && Objects.equals(branches, request.branches)
                && Objects.equals(await, request.await)
                && Objects.equals(wait, request.wait);
    }

    @Override
    public int hashCode() {
        return Objects.hash(branches, await, wait);
    }

    @Override
    public String toString() {
        return "CommitRequest[branches=" + branches + ", await=" + await + ", wait=" + wait + "]";
    }
}
