package io.assent.coordinator.runtime;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** How a group's runtime reaches the acceptors of PAXOS_COMMIT: its own one, and those of the other replicas. */
public interface Acceptors {

    /** This node's acceptor of the group; null until its storage is open. */
    @Nullable
    AcceptorId self();

    /**
     * The acceptors of all replicas of the group as each of them names itself now, in the order of the layout; empty
     * when one did not say within its time. Never completes exceptionally.
     */
    CompletableFuture<Optional<AcceptorList>> discover();

    /**
     * Asks one acceptor once, the own one without the network. Completes exceptionally when no answer came in time (2 s)
     * or too much is waiting; whether it was recorded is not known then.
     */
    CompletableFuture<AcceptorReply> ask(AcceptorList.Entry to, AcceptorRequest request);

    /**
     * Who is told of votes that participants brought to an acceptor directly: here, or reported by another node. Called
     * on any thread; returns at once.
     */
    void listen(Listener listener);

    /** Is told of votes. */
    interface Listener {
        /** Votes that an acceptor accepted, durably. */
        void votesAccepted(AcceptorId by, AcceptorReply.VotesAccepted votes);
    }
}
