package io.assent.protocol.paxoscommit;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.coordinator.Consultation;

/**
 * A request on its way to one acceptor.
 *
 * @param patient whether it is to wait a moment: the answer may come without it
 */
public record AcceptorCall(AcceptorId to, AcceptorRequest request, boolean patient) implements Consultation {

    /** A request that leaves at once. */
    public AcceptorCall(AcceptorId to, AcceptorRequest request) {
        this(to, request, false);
    }

    @Override
    public String replica() {
        return to.replica();
    }
}
