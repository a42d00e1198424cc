package io.assent.participant.branch;

import io.assent.protocol.message.Message;

/**
 * Sends votes straight to the acceptors of a PAXOS_COMMIT transaction, which saves the way over the leader (section 3.2
 * of the protocol rules). It is never needed: a leader that hears nothing of acceptors relays the vote it was answered.
 */
@FunctionalInterface
public interface DirectVotes {

    /** Leaves all votes to the leader. */
    DirectVotes NONE = prepare -> false;

    /**
     * Sends the vote YES of a branch; returns at once. The branch is prepared, durably (Q5).
     *
     * @param prepare the message that is answered with this YES
     * @return whether the vote is on its way to acceptors; otherwise nobody was told
     */
    boolean cast(Message.Prepare prepare);
}
