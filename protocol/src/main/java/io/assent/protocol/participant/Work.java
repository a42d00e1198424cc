package io.assent.protocol.participant;

import org.jspecify.annotations.Nullable;

/**
 * The work of a live branch, as rule L8 compares it: the branch that commits is the branch that worked.
 *
 * @param token random name of this live branch; null where no work can be lost by a restart
 * @param calls how many business calls have begun in it
 * @param writing whether its row (F2) was inserted, so that its commit can be proved
 * @param running whether a unit of work is running in it now
 */
public record Work(@Nullable String token, int calls, boolean writing, boolean running) {

    /** Whether a message with this token and number of answered calls speaks of exactly this work (rule L8). */
    boolean isMeantBy(@Nullable String otherToken, @Nullable Integer otherCalls) {
        if (token == null) {
            return otherToken == null && (otherCalls == null || otherCalls == calls);
        }
        return token.equals(otherToken) && otherCalls != null && otherCalls == calls;
    }

    Work begun(boolean newCall, boolean nowWriting) {
        return new Work(token, newCall ? calls + 1 : calls, writing || nowWriting, true);
    }

    Work ended() {
        return new Work(token, calls, writing, false);
    }
}
