package io.assent.protocol.participant;

import java.util.List;

/**
 * What follows from one event.
 *
 * @param next the branch after the event; the caller keeps it before it carries out the actions
 * @param actions what to do, in this order; at most one of them reports back ({@link BranchAction.Reporting}), and it is
 *     the last
 */
public record Step(ParticipantBranch next, List<BranchAction> actions) {
    public Step {
        actions = List.copyOf(actions);
    }
}
