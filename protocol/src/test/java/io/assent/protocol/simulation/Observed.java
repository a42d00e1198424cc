package io.assent.protocol.simulation;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.TransactionId;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.participant.BranchEvent;
import io.assent.protocol.participant.ParticipantBranch;
import io.assent.protocol.paxoscommit.Acceptor;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.Ballot;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator;
import io.assent.protocol.paxoscommit.PaxosCommitCoordinator.Place;
import io.assent.protocol.states.Visits;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The system as it is, whose steps are told to {@link Visits}. */
public final class Observed extends Seams {

    /** Of which transactions each acceptor has heard: what is about many is about these. */
    private final Map<AcceptorId, Set<TransactionId>> heardOf = new TreeMap<>();

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

    @Override
    Step underSeal(PaxosCommitCoordinator role, Ballot ballot) {
        Step step = super.underSeal(role, ballot);
        Visits.underSeal(role, step);
        return step;
    }

    @Override
    Acceptor.Step accept(Acceptor acceptor, AcceptorId addressed, AcceptorRequest request) {
        Acceptor.Step step = super.accept(acceptor, addressed, request);
        Set<TransactionId> known = heardOf.computeIfAbsent(acceptor.self(), any -> new TreeSet<>());
        if (request instanceof AcceptorRequest.OfTransaction r) {
            known.add(r.transaction());
            Visits.asked(acceptor, r.transaction(), request, step);
        } else {
            known.forEach(id -> Visits.asked(acceptor, id, request, step));
        }
        return step;
    }

    @Override
    io.assent.protocol.participant.Step participate(ParticipantBranch branch, BranchEvent event) {
        io.assent.protocol.participant.Step step = super.participate(branch, event);
        Visits.step(branch, event, step);
        return step;
    }
}
