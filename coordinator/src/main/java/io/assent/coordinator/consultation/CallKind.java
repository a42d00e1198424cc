package io.assent.coordinator.consultation;

import io.assent.protocol.paxoscommit.AcceptorRequest;
import java.util.Optional;

/** What one node asks the acceptors of another; each kind has a path of its own. */
enum CallKind {
    /** Votes that the leader relays. */
    RELAYS,
    /** Phase 1. */
    PROMISES,
    /** Phase 2. */
    ACCEPTANCES,
    /** Floors of FORGET. */
    SEALS,
    /** Pages of what is held and not LEARNED. */
    UNLEARNED;

    /** Where it is asked. */
    String path() {
        return switch (this) {
            case RELAYS -> "/v1/acceptor/relays";
            case PROMISES -> "/v1/acceptor/promises";
            case ACCEPTANCES -> "/v1/acceptor/acceptances";
            case SEALS -> "/v1/acceptor/seals";
            case UNLEARNED -> "/v1/acceptor/unlearned";
        };
    }

    /** The kind of a request, or nothing when it does not travel. */
    static Optional<CallKind> of(AcceptorRequest request) {
        return switch (request) {
            case AcceptorRequest.VoteBundle ignored -> Optional.of(RELAYS);
            case AcceptorRequest.Phase1a ignored -> Optional.of(PROMISES);
            case AcceptorRequest.Phase2a ignored -> Optional.of(ACCEPTANCES);
            case AcceptorRequest.Seal ignored -> Optional.of(SEALS);
            case AcceptorRequest.ListUnlearned ignored -> Optional.of(UNLEARNED);
            case AcceptorRequest.Learned ignored -> Optional.empty();
            case AcceptorRequest.Forget ignored -> Optional.empty();
            case AcceptorRequest.TakeRounds ignored -> Optional.empty();
        };
    }
}
