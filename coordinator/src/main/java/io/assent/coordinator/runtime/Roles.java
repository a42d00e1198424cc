package io.assent.coordinator.runtime;

import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.threephase.ThreePhaseCoordinator;
import io.assent.protocol.twophase.TwoPhaseCoordinator;

/** Which role leads a transaction: the protocol in its id tells. */
final class Roles {

    private Roles() {}

    static Step begin(Origin origin) {
        return switch (origin.id().protocol()) {
            case TWO_PHASE -> TwoPhaseCoordinator.begin(origin);
            case THREE_PHASE -> ThreePhaseCoordinator.begin(origin);
            case PAXOS_COMMIT -> throw unknown(origin);
        };
    }

    static Step takeOver(OpenTransaction found, Origin origin) {
        return switch (origin.id().protocol()) {
            case TWO_PHASE -> TwoPhaseCoordinator.takeOver(found, origin);
            case THREE_PHASE -> ThreePhaseCoordinator.takeOver(found, origin);
            case PAXOS_COMMIT -> throw unknown(origin);
        };
    }

    private static IllegalArgumentException unknown(Origin origin) {
        return new IllegalArgumentException(
                "This version does not lead " + origin.id().protocol() + ": " + origin.id());
    }
}
