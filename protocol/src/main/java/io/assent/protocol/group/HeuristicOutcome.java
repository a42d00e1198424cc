package io.assent.protocol.group;

import io.assent.protocol.HeuristicKind;

/**
 * An outcome that a participant reported against, or without, the decision.
 *
 * @param participant the participant id
 * @param kind what it did
 * @param resolved whether an operator settled it; an unresolved one keeps the transaction from being forgotten
 */
public record HeuristicOutcome(String participant, HeuristicKind kind, boolean resolved) {}
