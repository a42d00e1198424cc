package io.assent.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A branch as the initiator names it when it asks for commit.
 *
 * @param participant the participant id
 * @param endpoint its endpoint, or null when it was enlisted before
 * @param fallbackEndpoint or null
 * @param protocols what it speaks, or null when the initiator does not tell
 * @param onePhase whether it can prove a one-phase commit
 * @param token which live branch did the work, or null (rule L8)
 * @param calls the answers that the initiator saw, or null
 * @param vote the vote that it hands over, or null
 */
public record CommitMember(
        String participant,
        @Nullable String endpoint,
        @Nullable String fallbackEndpoint,
        @Nullable List<Protocol> protocols,
        boolean onePhase,
        @Nullable String token,
        @Nullable Integer calls,
        @Nullable Vote vote) {

    public CommitMember {
        protocols = protocols == null ? null : List.copyOf(protocols);
    }

    /** An enlisted member, named again. */
    public static CommitMember of(Member m) {
        return new CommitMember(
                m.participant(),
                m.endpoint(),
                m.fallbackEndpoint(),
                m.protocols(),
                m.onePhase(),
                m.token(),
                m.calls(),
                m.vote());
    }

    /** The same without what only two-phase commit allows: a vote before PREPARE, unless it is NO, and one phase. */
    public CommitMember withoutShortcuts() {
        return new CommitMember(
                participant,
                endpoint,
                fallbackEndpoint,
                protocols,
                false,
                token,
                calls,
                vote == Vote.NO ? Vote.NO : null);
    }

    /** Whether the branches name exactly the participants of the members. */
    public static boolean nameAll(List<CommitMember> branches, List<Member> members) {
        List<Member> named =
                branches.stream().map(b -> Member.of(b.participant(), "")).toList();
        return Member.sameParticipants(named, members);
    }

    /** The members that the initiator saw, merged with what is enlisted; null when the two sets differ. */
    public static @Nullable List<Member> merge(List<CommitMember> branches, List<Member> enlisted) {
        List<Member> all = new ArrayList<>();
        for (CommitMember branch : branches) {
            Member earlier = find(enlisted, branch.participant());
            Member merged = earlier == null ? branch.toMember() : branch.mergedInto(earlier);
            if (merged == null || find(all, merged.participant()) != null) {
                return null;
            }
            all.add(merged);
        }
        return enlisted.stream().allMatch(m -> find(all, m.participant()) != null) ? all : null;
    }

    private static @Nullable Member find(List<Member> members, String participant) {
        for (Member member : members) {
            if (member.participant().equals(participant)) {
                return member;
            }
        }
        return null;
    }

    /** The member that is enlisted on the way, or null when there is no endpoint to reach it. */
    private @Nullable Member toMember() {
        return endpoint == null
                ? null
                : new Member(
                        participant,
                        endpoint,
                        fallbackEndpoint,
                        protocols == null ? Member.DEFAULT_PROTOCOLS : protocols,
                        onePhase,
                        token,
                        calls,
                        vote);
    }

    /**
     * The enlisted member with what the initiator adds to it, or null when it is another branch. The calls named here
     * count; an earlier vote counts only with the same calls.
     */
    public @Nullable Member mergedInto(Member enlisted) {
        boolean otherEndpoint = endpoint != null && !endpoint.equals(enlisted.endpoint());
        boolean otherToken = token != null && enlisted.token() != null && !token.equals(enlisted.token());
        if (otherEndpoint || otherToken) {
            return null;
        }
        Integer allCalls = calls == null ? enlisted.calls() : calls;
        Vote earlier = Objects.equals(allCalls, enlisted.calls()) ? enlisted.vote() : null;
        return new Member(
                participant,
                enlisted.endpoint(),
                fallbackEndpoint == null ? enlisted.fallbackEndpoint() : fallbackEndpoint,
                protocols == null ? enlisted.protocols() : protocols,
                onePhase || enlisted.onePhase(),
                token == null ? enlisted.token() : token,
                allCalls,
                vote == null ? earlier : vote);
    }
}
