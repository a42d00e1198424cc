package io.assent.coordinator.transaction;

import io.assent.protocol.Member;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to commit that was found good.
 *
 * @param members the whole set that the initiator saw, or null for what is enlisted; an entry without endpoint has an
 *     empty one
 * @param await until when the answer waits
 * @param waitFor how long it may wait
 */
record CommitTerms(@Nullable List<Member> members, Await await, Duration waitFor) {

    /** Until when the answer waits. */
    enum Await {
        /** Until every branch has acknowledged. */
        COMPLETION,
        /** Until it is decided. */
        DECISION
    }

    CommitTerms {
        members = members == null ? null : List.copyOf(members);
    }
}
