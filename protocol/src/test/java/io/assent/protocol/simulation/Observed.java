package io.assent.protocol.simulation;

import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.participant.BranchEvent;
import io.assent.protocol.participant.ParticipantBranch;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator.Place;
import io.assent.protocol.states.Visits;
import java.util.List;
import java.util.stream.Stream;

/** The system as it is, whose steps are told to {@link Visits}. */
public final class Observed extends Seams {

    private Observed() {}

    /** Runs seeds, each with its {@link Faults} and without; the answer tells of those that failed. */
    public static List<String> run(long first, long count) {
        return Stream.concat(
                        Runs.plain(first, count, Observed::new).stream(),
                        Runs.all(first, count, Observed::new).stream())
                .filter(outcome -> outcome.failure() != null)
                .map(outcome -> "seed " + outcome.seed() + ": " + outcome.failure())
                .toList();
    }

    @Override
    Step lead(CoordinatorRole role, CoordinatorEvent event, long now) {
        Step step = super.lead(role, event, now);
        Visits.step(role, event, step);
        return step;
    }

    @Override
    Step begin(Origin origin, Place place) {
        Step step = super.begin(origin, place);
        Visits.begun(step);
        return step;
    }

    @Override
    Step takeOver(OpenTransaction open, Origin origin, Place place) {
        Step step = super.takeOver(open, origin, place);
        Visits.tookOver(open, step);
        return step;
    }

    @Override
    Step recover(Origin origin, Place place) {
        Step step = super.recover(origin, place);
        Visits.recovers(step);
        return step;
    }

    /** The pages of Paxos Commit try the ballot of a seal where it is of use, and not wherever one can come. */
    @Override
    boolean forgetsUnderPaxosCommit() {
        return false;
    }

    @Override
    io.assent.protocol.participant.Step participate(ParticipantBranch branch, BranchEvent event) {
        io.assent.protocol.participant.Step step = super.participate(branch, event);
        Visits.step(branch, event, step);
        return step;
    }
}
