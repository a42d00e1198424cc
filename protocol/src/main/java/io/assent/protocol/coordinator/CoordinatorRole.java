package io.assent.protocol.coordinator;

import io.assent.protocol.AbortReason;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.message.Message;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The leader's role for one transaction, whatever protocol it runs: an immutable state, and {@link #on} that leads from
 * one to the next. It knows no clock, no thread and no disk.
 */
public interface CoordinatorRole {

    /** What never changes. */
    Origin origin();

    /** How far the leader is. */
    Phase phase();

    /** Who takes part, with the votes handed over or collected so far; frozen once commit is asked. */
    List<Member> members();

    /** Who has confirmed what after the decision. */
    Progress progress();

    /** Why it aborts; once set it never commits. Null otherwise. */
    @Nullable
    AbortReason reason();

    /** When it was decided, in milliseconds since 1970; 0 while undecided. */
    long decidedAt();

    /** Whether it may leave the leader's table (L7). */
    boolean settled();

    /** The outcome as soon as it may be told (L6), or null. */
    @Nullable
    Outcome outcome();

    /** The timer that is to run in this state. */
    Timer timer();

    /** All messages that this state owes to its members. */
    List<Message> owed();

    /** All that this state asks of replicas outside of the log. */
    default List<Consultation> asked() {
        return List.of();
    }

    /**
     * What an event leads to.
     *
     * @param now milliseconds since 1970, noted where the event decides the transaction, and used for nothing else
     */
    Step on(CoordinatorEvent event, long now);

    /** Whether this member has said that it knows of the commit, durably, before it was told to show it. */
    default boolean hasPreCommitted(String participant) {
        return false;
    }

    /** The transaction's id. */
    default TransactionId id() {
        return origin().id();
    }

    /** The member with this participant id, or nothing. */
    default Optional<Member> member(String participant) {
        return members().stream()
                .filter(m -> m.participant().equals(participant))
                .findFirst();
    }
}
