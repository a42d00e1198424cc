package io.assent.protocol;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One member of a transaction: a participant and how its branch is reached and recognised. The list of members is
 * frozen when commit is asked for; from then on it is the J of the papers.
 *
 * @param participant the participant id, {@code [A-Za-z0-9._-]{1,64}}; it names one resource and is the branch id
 * @param endpoint absolute URL to which messages for the branch go
 * @param fallbackEndpoint where messages of the second phase go when the endpoint refuses connections, or null
 * @param protocols the commit protocols that the participant speaks, sorted, without duplicates
 * @param onePhase whether it can prove a one-phase commit
 * @param token which live branch did the work (rule L8), or null where work cannot be lost by a restart
 * @param calls how many business calls the initiator saw answered (rule L8), 0 or more, or null when it does not tell
 * @param vote the vote handed over or collected so far, or null
 */
public record Member(
        String participant,
        String endpoint,
        @Nullable String fallbackEndpoint,
        List<Protocol> protocols,
        boolean onePhase,
        @Nullable String token,
        @Nullable Integer calls,
        @Nullable Vote vote) {

    /** What a participant speaks that names nothing: PAXOS_COMMIT works for it by relay, THREE_PHASE must be named. */
    public static final List<Protocol> DEFAULT_PROTOCOLS = List.of(Protocol.TWO_PHASE, Protocol.PAXOS_COMMIT);

    public Member {
        protocols = List.copyOf(protocols);
    }

    /** A member that is known by name and endpoint only. */
    public static Member of(String participant, String endpoint) {
        return new Member(participant, endpoint, null, DEFAULT_PROTOCOLS, false, null, null, null);
    }

    /** The same member with this vote. */
    public Member withVote(@Nullable Vote newVote) {
        return new Member(participant, endpoint, fallbackEndpoint, protocols, onePhase, token, calls, newVote);
    }

    /** The same member as the branch with this token and count of calls. */
    public Member withWork(@Nullable String newToken, @Nullable Integer newCalls) {
        return new Member(participant, endpoint, fallbackEndpoint, protocols, onePhase, newToken, newCalls, vote);
    }

    /** The same without what only two-phase commit allows: a vote before PREPARE, unless it is NO, and one phase. */
    public Member withoutShortcuts() {
        return new Member(
                participant,
                endpoint,
                fallbackEndpoint,
                protocols,
                false,
                token,
                calls,
                vote == Vote.NO ? Vote.NO : null);
    }

    /** Whether the two lists name the same participants, in any order. */
    public static boolean sameParticipants(List<Member> some, List<Member> others) {
        return some.size() == others.size() && participants(some).equals(participants(others));
    }

    private static Set<String> participants(List<Member> members) {
        return members.stream().map(Member::participant).collect(java.util.stream.Collectors.toUnmodifiableSet());
    }
}
