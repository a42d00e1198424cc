package io.assent.protocol.paxoscommit;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.coordinator.Consultation;

/** A request on its way to one acceptor. */
public record AcceptorCall(AcceptorId to, AcceptorRequest request) implements Consultation {

    @Override
    public String replica() {
        return to.replica();
    }
}
