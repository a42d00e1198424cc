package io.assent.protocol.twophase;

import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.Vote;
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

    /** The member that is enlisted on the way, or null when there is no endpoint to reach it. */
    @Nullable Member toMember() {
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
    @Nullable Member mergedInto(Member enlisted) {
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
