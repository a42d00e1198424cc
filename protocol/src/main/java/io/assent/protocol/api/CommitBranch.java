package io.assent.protocol.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One branch that the initiator saw, in a {@link CommitRequest}.
 *
 * @param participant required; the participant id
 * @param endpoint absolute URL; required unless the branch is enlisted already
 * @param fallbackEndpoint where the second phase goes when the endpoint refuses connections
 * @param protocols names of the protocols that the participant speaks, default TWO_PHASE and PAXOS_COMMIT
 * @param onePhase whether it can prove a one-phase commit, default no
 * @param token which live branch did the work (rule L8)
 * @param calls how many answers of business calls the initiator saw (rule L8), 0 or more
 * @param vote YES, READ_ONLY or NO when the branch told it already; YES and READ_ONLY count in TWO_PHASE only
 */
public record CommitBranch(
        @Nullable String participant,
        @Nullable String endpoint,
        @Nullable String fallbackEndpoint,
        @Nullable List<@Nullable String> protocols,
        @Nullable Boolean onePhase,
        @Nullable String token,
        @Nullable Integer calls,
        @Nullable String vote) {}
