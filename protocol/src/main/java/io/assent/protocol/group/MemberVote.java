package io.assent.protocol.group;

import io.assent.protocol.Member;
import io.assent.protocol.Vote;
import java.util.List;

/**
 * What stays known of a member when its transaction is finished.
 *
 * @param participant the participant id
 * @param vote YES: it committed; READ_ONLY: it left before
 */
public record MemberVote(String participant, Vote vote) {

    /** The members with the votes of their decision; one without a vote counts as YES (one-phase commit). */
    public static List<MemberVote> of(List<Member> members) {
        return members.stream()
                .map(m -> new MemberVote(m.participant(), m.vote() == null ? Vote.YES : m.vote()))
                .toList();
    }

    /** Whether the participant is among those that voted YES. */
    static boolean committed(List<MemberVote> members, String participant) {
        return members.stream().anyMatch(m -> m.participant().equals(participant) && m.vote() == Vote.YES);
    }
}
