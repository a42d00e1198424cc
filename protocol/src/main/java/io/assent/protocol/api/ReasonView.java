package io.assent.protocol.api;

import org.jspecify.annotations.Nullable;

/**
 * Why a transaction aborted.
 *
 * @param code name of an {@link io.assent.protocol.AbortReason.Code}
 * @param branch the participant that caused it; absent when it was none
 * @param message the participant's or the initiator's own words; absent when there are none
 */
public record ReasonView(
        String code, @Nullable String branch, @Nullable String message) {}
