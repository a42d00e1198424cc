package io.assent.protocol.participant;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Why a branch cannot commit, for the people who read an abort's reason or a participant's log. */
final class Why {

    static final String ABORT_WAS_TOLD = "the coordinator told it to abort";
    static final String PEER_ABORTED = "a peer of the transaction is aborted";
    static final String FENCED = "the coordinator or a peer asked for its state and fenced it";
    static final String TIME_IS_UP = "the time of the transaction was up before its vote";
    static final String BELOW_HORIZON = "the transaction is at or below a horizon";
    static final String GIVEN_UP = "its instance gave unprepared work up, to shut down";
    static final String CALL_RAN = "a business call still ran in it when its vote was asked for";
    static final String WORK_FAILED = "the work of a call failed";
    static final String COULD_NOT_GO_ON = "a call could not go on working in it";
    static final String NOT_PREPARED = "the resource could not prepare it";
    static final String NOT_COMMITTED = "the resource did not commit it in one phase";
    static final String READ_ONLY_ONE_PHASE = "work declared read-only cannot prove that it committed in one phase";
    static final String NO_LIVE_BRANCH =
            "no live branch is here: it never worked here, its instance has lost unprepared"
                    + " work by a restart, or it has left with READ_ONLY";

    private static final String TOMBSTONE = "its tombstone stands, written earlier or by another instance";
    private static final String NOT_KNOWN =
            "it was prepared before a restart, and which calls worked in it is not known any more";

    private Why() {}

    /** The words of a NO or ABORTED of a branch that is rolled back. */
    static String rolledBack(@Nullable String why) {
        return "The branch is rolled back: " + (why == null ? TOMBSTONE : why);
    }

    /** The words of a NO of a branch that is prepared, and stays so. */
    static String staysPrepared(@Nullable Work work, @Nullable String token, @Nullable Integer calls) {
        return "The branch stays prepared, but not for the calls that were answered: " + otherWork(work, token, calls);
    }

    /** In what this work differs from the work that a message speaks of (rule L8). */
    static String otherWork(@Nullable Work work, @Nullable String token, @Nullable Integer calls) {
        if (work == null) {
            return NOT_KNOWN;
        }
        if (work.token() != null && token == null) {
            return "the message names no token, and the branch has one";
        }
        if (!Objects.equals(work.token(), token)) {
            return "the message names another token: an earlier branch, with unprepared work, was lost";
        }
        return work.calls() + " calls have worked in it, and the "
                + (calls == null ? "message names no number of answers" : "initiator saw the answers of " + calls);
    }
}
