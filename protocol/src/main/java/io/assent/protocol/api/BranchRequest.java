package io.assent.protocol.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/transactions/{id}/branches}: a branch to enlist.
 *
 * @param participant required; the participant id, which is also the branch id
 * @param endpoint required; absolute URL of the participant's endpoint
 * @param fallbackEndpoint where the second phase goes when the endpoint refuses connections
 * @param protocols names of the protocols that the participant speaks, default TWO_PHASE and PAXOS_COMMIT
 * @param onePhase whether it can prove a one-phase commit, default no
 * @param token which live branch does the work (rule L8)
 * @param calls how many business calls were answered so far (rule L8), 0 or more
 * @param vote YES or READ_ONLY when the branch is prepared already; counts in TWO_PHASE only
 */
public record BranchRequest(
        @Nullable String participant,
        @Nullable String endpoint,
        @Nullable String fallbackEndpoint,
        @Nullable List<@Nullable String> protocols,
        @Nullable Boolean onePhase,
        @Nullable String token,
        @Nullable Integer calls,
        @Nullable String vote) {}
