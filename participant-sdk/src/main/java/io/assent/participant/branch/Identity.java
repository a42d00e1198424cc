package io.assent.participant.branch;

import io.assent.participant.BranchMember;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.Vote;
import io.assent.protocol.participant.Work;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a participant is named and reached.
 *
 * @param participant the participant id
 * @param endpoint gives the URL to which coordinators send messages; throws while it is not known yet
 * @param fallbackEndpoint where they may send them when this instance is gone, or null
 * @param onePhase whether a branch that wrote its row can prove a one-phase commit
 */
public record Identity(
        String participant,
        Supplier<String> endpoint,
        @Nullable String fallbackEndpoint,
        boolean onePhase) {

    /** The protocols that this participant speaks: all. */
    static final List<Protocol> PROTOCOLS = List.of(Protocol.values());

    /**
     * Checks that the endpoint is known: without it nobody could be told of a branch.
     *
     * @throws IllegalStateException when it is not
     */
    void requireReachable() {
        if (endpoint.get().isEmpty()) {
            throw new IllegalStateException("The participant " + participant + " has no endpoint");
        }
    }

    /** The member that stands for this work. */
    BranchMember member(Work work, int seen, @Nullable Vote vote) {
        Member member = new Member(
                participant,
                endpoint.get(),
                fallbackEndpoint,
                PROTOCOLS,
                onePhase && work.writing(),
                work.token(),
                work.calls(),
                vote);
        return new BranchMember(member, seen);
    }

    /** The member that makes the transaction abort although no branch of it lives here. */
    BranchMember refusing() {
        return BranchMember.of(
                new Member(participant, endpoint.get(), fallbackEndpoint, PROTOCOLS, false, null, null, Vote.NO));
    }
}
