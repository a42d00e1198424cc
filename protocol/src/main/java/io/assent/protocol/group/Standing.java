package io.assent.protocol.group;

import io.assent.protocol.Outcome;
import java.util.List;

/** What a replica's applied state says of a transaction. */
public sealed interface Standing {

    /** The log holds something of it, and it is not finished. */
    record Open(OpenTransaction transaction) implements Standing {}

    /** It is finished, with this outcome; members are empty for an aborted one. */
    record Finished(Outcome outcome, List<MemberVote> members) implements Standing {}

    /**
     * Nothing is known of it.
     *
     * @param lastTerm the term of the last applied entry, read before anything else
     * @param neverBorn whether its birth term is over, and had no acceptors that it would need
     */
    record Absent(long lastTerm, boolean neverBorn) implements Standing {}

    /** It is at or below the horizon, or of another incarnation: nothing may be concluded. */
    record Expired() implements Standing {}
}
