package io.assent.participant;

import io.assent.protocol.Member;
import io.assent.protocol.Vote;
import org.jspecify.annotations.Nullable;

/**
 * A member as an {@code Assent-Branch} field names it: which live branch of which participant a call touched.
 *
 * @param member the participant; its {@code calls} are those that the branch has executed, its vote the one given with
 *     them, or null
 * @param seen how many answers that named the participant this one stands for (rule L8), 1 or more; for a branch in
 *     which the service itself works without a call, its units of work count as answers
 */
public record BranchMember(Member member, int seen) {

    public BranchMember {
        if (seen < 1) {
            throw new IllegalArgumentException("seen must be 1 or more, not " + seen);
        }
    }

    /** A member named by one answer. */
    public static BranchMember of(Member member) {
        return new BranchMember(member, 1);
    }

    /** The participant id. */
    public String participant() {
        return member.participant();
    }

    /** The same member, for so many answers. */
    public BranchMember withSeen(int newSeen) {
        return new BranchMember(member, newSeen);
    }

    /** The same member with this vote. */
    public BranchMember withVote(@Nullable Vote vote) {
        return new BranchMember(member.withVote(vote), seen);
    }
}
