package io.assent.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Why a transaction aborted.
 *
 * @param code the cause
 * @param branch the participant that caused it, or null when it was none
 * @param message the participant's or the initiator's own words, or null
 */
public record AbortReason(
        Code code, @Nullable String branch, @Nullable String message) {

    /** The causes of an abort; their names are on the wire. */
    public enum Code {
        /** The initiator asked for it. */
        INITIATOR,
        /** A branch voted NO. */
        VOTE_NO,
        /** Commit was not asked for before the deadline. */
        TIMEOUT,
        /** A vote was still missing at the deadline. */
        UNREACHABLE,
        /** The set of branches that the initiator saw is not the set that was enlisted. */
        BRANCH_MISMATCH,
        /** The leader that began it is gone and left no record of it. */
        COORDINATOR_LOST,
        /** Its own leader has no record of it any more: presumed abort. */
        PRESUMED,
        /** An operator resolved it so. */
        OPERATOR
    }

    /** A reason without branch and message. */
    public static AbortReason of(Code code) {
        return new AbortReason(code, null, null);
    }

    /** A reason that one branch gave. */
    public static AbortReason ofBranch(Code code, String branch, @Nullable String message) {
        return new AbortReason(code, branch, message);
    }
}
