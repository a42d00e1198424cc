package io.assent.protocol.coordinator;

import io.assent.protocol.AbortReason;
import io.assent.protocol.CommitMember;
import io.assent.protocol.Member;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.group.Standing;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens to a transaction at its leader. */
public sealed interface CoordinatorEvent {

    /** A branch is enlisted before its participant works. */
    record Enlisted(Member member) implements CoordinatorEvent {}

    /**
     * The initiator asks for commit.
     *
     * @param branches the whole set that it saw, or null when it relies on what is enlisted
     */
    record CommitRequested(@Nullable List<CommitMember> branches) implements CoordinatorEvent {}

    /** The initiator, or an operator, asks for abort. */
    record AbortRequested(AbortReason reason) implements CoordinatorEvent {}

    /** A participant replied to a message of this leader. */
    record Replied(Message sent, Reply reply) implements CoordinatorEvent {}

    /** The time that {@link CoordinatorRole#timer} named is over. */
    record TimerFired() implements CoordinatorEvent {}

    /**
     * A record that this leader dispatched was applied on this node.
     *
     * @param fact what stood after it
     * @param standing the open transaction after it, or null when there is none
     */
    record Applied(
            LogRecord.OfTransaction record,
            Fact fact,
            @Nullable OpenTransaction standing) implements CoordinatorEvent {}

    /** A replica answered what it was asked outside of the log. */
    record Consulted(Consultation asked, Consultation.Answer answer) implements CoordinatorEvent {}

    /**
     * The leader looked at its applied state: records of an earlier leader may have ended the transaction (L7). To be
     * told now and then, and when a participant says that it has forgotten the transaction.
     */
    record Looked(Standing standing) implements CoordinatorEvent {}
}
