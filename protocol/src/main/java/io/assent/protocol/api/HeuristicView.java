package io.assent.protocol.api;

import org.jspecify.annotations.Nullable;

/**
 * A unilateral outcome that a participant reported.
 *
 * @param branch the participant
 * @param kind name of a {@link io.assent.protocol.HeuristicKind}
 * @param resolved true once an operator has dealt with it; absent before
 */
public record HeuristicView(
        String branch, String kind, @Nullable Boolean resolved) {}
