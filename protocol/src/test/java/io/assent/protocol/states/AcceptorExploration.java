package io.assent.protocol.states;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.Births;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.paxoscommit.Acceptor;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.Ballot;
import io.assent.protocol.paxoscommit.BranchValue;
import io.assent.protocol.paxoscommit.Proposal;
import io.assent.protocol.paxoscommit.RegistrarValue.Address;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Everything that an acceptor may be asked about a transaction of one participant, in every order, whether or not others
 * would ask it: an acceptor judges each request by what it holds.
 */
final class AcceptorExploration extends Exploration<AcceptorWorld> {

    private static final TransactionId ID = Births.born(5, 3, Protocol.PAXOS_COMMIT);
    private static final AcceptorId SELF = new AcceptorId("n1", 1);
    private static final AcceptorId EARLIER_STORAGE = new AcceptorId("n1", 2);
    private static final Horizon BELOW = new Horizon(5, 2);
    private static final Horizon ABOVE = new Horizon(5, 4);

    /** As many as it may compare: accepted, promised, sealed and asked for. */
    private static final List<Ballot> BALLOTS =
            LongStream.rangeClosed(3, 6).mapToObj(Ballot::new).toList();

    private static final Registered J = registered("a");
    private static final Registered OTHER_J = registered("b");

    private static Registered registered(String participant) {
        return new Registered(List.of(new Address(participant, "http://" + participant)));
    }

    @Override
    protected void start() {
        reach(AcceptorWorld.of(new Acceptor(SELF, Births.GROUP), ID));
    }

    @Override
    protected void leave(AcceptorWorld world) {
        Acceptor live = world.live(new Acceptor(SELF, Births.GROUP), ID);
        AcceptorRequest votes = new AcceptorRequest.VoteBundle(ID, J, List.of("a"));
        took(AcceptorWords.arrow(live, ID, votes, live.on(EARLIER_STORAGE, votes)));
        ask(world, live, votes);
        if (world.kept() != null) {
            ask(world, live, new AcceptorRequest.VoteBundle(ID, OTHER_J, List.of("b")));
        }
        BALLOTS.stream().flatMap(AcceptorExploration::ofBallot).forEach(request -> ask(world, live, request));
        ask(world, live, new AcceptorRequest.Learned(ID));
        ask(world, live, new AcceptorRequest.ListUnlearned(null, 1));
        ask(world, live, new AcceptorRequest.Forget(Births.INCARNATION, Horizon.of(ID)));
        ask(world, live, new AcceptorRequest.Forget(Births.INCARNATION, ABOVE));
        // What was born before it is sealed as high as others may seal.
        ask(world, live, seal(BELOW, BALLOTS.get(BALLOTS.size() - 1)));
    }

    private static Stream<AcceptorRequest> ofBallot(Ballot ballot) {
        return Stream.of(
                new AcceptorRequest.Phase1a(ID, ballot),
                new AcceptorRequest.Phase2a(ID, ballot, Proposal.ABORT),
                new AcceptorRequest.Phase2a(
                        ID, ballot, new Proposal(J, new TreeMap<>(Map.of("a", BranchValue.PREPARED)))),
                seal(Horizon.of(ID), ballot));
    }

    private static AcceptorRequest seal(Horizon horizon, Ballot ballot) {
        return new AcceptorRequest.Seal(Births.INCARNATION, 1, horizon, 1, ballot);
    }

    private void ask(AcceptorWorld world, Acceptor live, AcceptorRequest request) {
        Acceptor.Step step = live.on(SELF, request);
        if (AcceptorWords.isAbout(request, ID)) {
            took(AcceptorWords.arrow(live, ID, request, step));
        }
        if (step.record() != null) {
            Acceptor next = world.live(live, ID);
            next.apply(step.record());
            reach(AcceptorWorld.of(next, ID));
        }
    }
}
