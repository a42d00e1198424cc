package io.assent.participant.branch;

import io.assent.protocol.message.MessageBatch;
import io.assent.protocol.message.ReplyBatch;

/**
 * Answers what coordinators send to this service. A bean of this type may be decorated: what happens around
 * {@link #answer} happens before a message is looked at and before its reply leaves.
 */
@FunctionalInterface
public interface ParticipantMessages {

    /**
     * Works on the messages concurrently.
     *
     * @return the replies that were ready in time, in any order; a message without one will be sent again
     */
    ReplyBatch answer(MessageBatch batch);
}
