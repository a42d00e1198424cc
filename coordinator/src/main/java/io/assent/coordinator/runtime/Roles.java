package io.assent.coordinator.runtime;

import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator.Place;
import io.assent.protocol.threephase.ThreePhaseCoordinator;
import io.assent.protocol.twophase.TwoPhaseCoordinator;
import org.jspecify.annotations.Nullable;

/** Which role leads a transaction: the protocol in its id tells. */
final class Roles {

    private Roles() {}

    static Step begin(Origin origin, @Nullable Place place) {
        return switch (origin.id().protocol()) {
            case TWO_PHASE -> TwoPhaseCoordinator.begin(origin);
            case THREE_PHASE -> ThreePhaseCoordinator.begin(origin);
            case PAXOS_COMMIT -> PaxosCommitCoordinator.begin(origin, required(place));
        };
    }

    static Step takeOver(OpenTransaction found, Origin origin, @Nullable Place place) {
        return switch (origin.id().protocol()) {
            case TWO_PHASE -> TwoPhaseCoordinator.takeOver(found, origin);
            case THREE_PHASE -> ThreePhaseCoordinator.takeOver(found, origin);
            case PAXOS_COMMIT -> PaxosCommitCoordinator.takeOver(found, origin, required(place));
        };
    }

    private static Place required(@Nullable Place place) {
        if (place == null) {
            throw new IllegalStateException("A transaction of acceptors is led where they are known");
        }
        return place;
    }
}
