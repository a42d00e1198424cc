package io.assent.coordinator.runtime;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.group.Fact;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.paxoscommit.AcceptorReply;
import java.util.List;

/** What log and delivery tell the loop. Never refused: each batch and each message in flight posts a bounded number. */
sealed interface Notification {

    /** The result of a batch. */
    sealed interface OfBatch extends Notification {
        Log.BatchId batch();
    }

    record Applied(Log.BatchId batch, long index, long term, List<Fact> facts) implements OfBatch {}

    record Refused(Log.BatchId batch) implements OfBatch {}

    record Unknown(Log.BatchId batch) implements OfBatch {}

    record Gained(long term) implements Notification {}

    record Lost() implements Notification {}

    /** An acceptor has these votes, which did not come through this leader. */
    record Voted(AcceptorId by, AcceptorReply.VotesAccepted votes) implements Notification {}

    /** Something about the messages of one table; of no interest when that table was replaced. */
    sealed interface OfTable extends Notification {
        TransactionTable table();
    }

    record Replied(TransactionTable table, Message message, Reply reply) implements OfTable {}

    record Failed(TransactionTable table, Message message, String error) implements OfTable {}

    /** What is to follow in the loop when an answer came. */
    record Then(TransactionTable table, Runnable action) implements OfTable {}

    record LaneFree(TransactionTable table, String endpoint) implements OfTable {}
}
