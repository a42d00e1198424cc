package io.assent.coordinator.transaction;

import io.assent.coordinator.runtime.Group;
import io.assent.protocol.CommitMember;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to commit that was found good.
 *
 * @param members the whole set that the initiator saw, or null for what is enlisted
 * @param await until when the answer waits
 * @param waitFor how long it may wait
 */
record CommitTerms(@Nullable List<CommitMember> members, Group.Await await, Duration waitFor) {

    CommitTerms {
        members = members == null ? null : List.copyOf(members);
    }
}
