package io.assent.protocol.states;

import io.assent.protocol.TransactionId;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.participant.BranchEvent;
import io.assent.protocol.participant.ParticipantBranch;
import io.assent.protocol.paxoscommit.Acceptor;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/** Which transitions tests take. Scripts and the simulator tell of every step; it is noted only {@link #during} a run. */
public final class Visits {

    private static volatile @Nullable Visits current;

    private final Map<Role, SortedSet<Arrow>> arrows = new ConcurrentHashMap<>();

    private Visits() {}

    static Visits during(Runnable run) {
        Visits visits = new Visits();
        current = visits;
        try {
            run.run();
        } finally {
            current = null;
        }
        return visits;
    }

    SortedSet<Arrow> of(Role role) {
        return arrows.getOrDefault(role, new TreeSet<>());
    }

    /** A leader began a transaction. */
    public static void begun(Step first) {
        note(Role.coordinator(first.next().id().protocol()), () -> CoordinatorWords.begun(first));
    }

    /** A leader took over what it found. */
    public static void tookOver(OpenTransaction found, Step first) {
        note(Role.coordinator(found.id().protocol()), () -> CoordinatorWords.tookOver(found, first));
    }

    /** Something happened to a transaction at its leader. */
    public static void step(CoordinatorRole before, CoordinatorEvent event, Step step) {
        note(Role.coordinator(before.id().protocol()), () -> CoordinatorWords.arrow(before, event, step));
    }

    /** A leader finds out what acceptors hold of a transaction that the log has not learned. */
    public static void recovers(Step first) {
        note(Role.coordinator(first.next().id().protocol()), () -> CoordinatorWords.recovers(first));
    }

    /** A leader tries the ballot of a seal. */
    public static void underSeal(CoordinatorRole before, Step step) {
        note(Role.coordinator(before.id().protocol()), () -> CoordinatorWords.underSeal(before, step));
    }

    /** An acceptor was asked something, which may be about this transaction among others. */
    public static void asked(Acceptor before, TransactionId id, AcceptorRequest request, Acceptor.Step step) {
        if (AcceptorWords.isAbout(request, id)) {
            note(Role.PAXOS_COMMIT_ACCEPTOR, () -> AcceptorWords.arrow(before, id, request, step));
        }
    }

    /** Something happened to a branch. */
    public static void step(ParticipantBranch before, BranchEvent event, io.assent.protocol.participant.Step step) {
        note(Role.participant(before.transaction().protocol()), () -> BranchWords.arrow(before, event, step));
    }

    private static void note(Role role, java.util.function.Supplier<Arrow> arrow) {
        Visits visits = current;
        if (visits != null) {
            visits.arrows
                    .computeIfAbsent(role, any -> new ConcurrentSkipListSet<>())
                    .add(arrow.get());
        }
    }
}
