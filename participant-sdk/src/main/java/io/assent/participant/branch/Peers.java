package io.assent.participant.branch;

import io.assent.protocol.Member;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.function.Consumer;

/**
 * Asks other members of a transaction what they know of it, when no coordinator tells (section 4 of the protocol rules).
 * Their answers decide money: only members that a coordinator has named are asked, with the secret of the cluster.
 */
@FunctionalInterface
public interface Peers {

    /** Asks nobody. */
    Peers NONE = (peer, inquiry, told) -> {};

    /**
     * Asks one peer; returns at once.
     *
     * @param peer who is asked, as a coordinator has named it
     * @param inquiry names the asking branch
     * @param told called once on another thread if the peer answers; never otherwise
     */
    void ask(Member peer, Message.Inquire inquiry, Consumer<Reply.StateReported> told);
}
