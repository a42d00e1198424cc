package io.assent.protocol.states;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.paxoscommit.AcceptorCall;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.AcceptorState;
import io.assent.protocol.paxoscommit.Ballot;
import io.assent.protocol.paxoscommit.Proposal;
import io.assent.protocol.paxoscommit.RegistrarValue;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a leader may hear from acceptors now: answers to what it asks, and answers that come late or twice. */
final class AcceptorAnswers {

    private static final long MOST_ROUNDS = 2;

    /** Of a round that no other ballot has. */
    static final Ballot OF_SEAL = Ballot.of(AcceptorGroup.LIST, MOST_ROUNDS + 1, AcceptorGroup.SELF);

    /** Of a round before those that are tried here. */
    private static final Ballot EARLIER = new Ballot(1);

    private static final Ballot FIRST = Ballot.of(AcceptorGroup.LIST, 1, AcceptorGroup.SELF);

    private final CoordinatorWorld world;
    private final AcceptorGroup group;
    private final TransactionId id;
    private final List<AcceptorCall> asked;

    AcceptorAnswers(CoordinatorWorld world) {
        this.world = world;
        group = world.acceptors();
        id = world.role().id();
        asked = world.role().asked().stream().map(AcceptorCall.class::cast).toList();
    }

    /**
     * An answer.
     *
     * @param acceptors the acceptors when it is heard
     * @param unheard the acceptors while it is on its way, or lost
     */
    record Heard(AcceptorGroup acceptors, CoordinatorEvent event, AcceptorGroup unheard) {}

    /** These have accepted the abort in an earlier ballot of the leader. */
    static AcceptorGroup aborted(AcceptorGroup unknown) {
        AcceptorGroup group = unknown;
        for (int i = 0; i < unknown.acceptors().size(); i++) {
            AcceptorGroup.One one = group.acceptors().get(i);
            AcceptorRequest.OfTransaction abort =
                    new AcceptorRequest.Phase2a(one.state().transaction(), EARLIER, Proposal.ABORT);
            group = group.with(i, one.after(abort, one.state().on(abort), true));
        }
        return group;
    }

    Stream<Heard> all() {
        Phase phase = world.role().phase();
        if (group.equals(AcceptorGroup.DONE)) {
            return anything();
        }
        if (phase != Phase.PREPARING && phase != Phase.DECIDING
                || group.acceptors().isEmpty()) {
            return Stream.of();
        }
        Stream<Heard> answers = asked.stream().flatMap(this::answers);
        Stream<Heard> late = IntStream.range(0, group.acceptors().size())
                .boxed()
                .flatMap(i -> Stream.of(lateVotes(i), lateAcceptances(i), lateRefusals(i))
                        .flatMap(some -> some));
        return Stream.of(answers, late, lateRounds(), others(), lateRejections())
                .flatMap(some -> some);
    }

    private Heard heard(AcceptorGroup acceptors, AcceptorCall call, AcceptorReply reply) {
        return new Heard(acceptors, new CoordinatorEvent.Consulted(call, reply), group);
    }

    private Heard heard(AcceptorId from, AcceptorRequest request, AcceptorReply reply) {
        return heard(group, new AcceptorCall(from, request), reply);
    }

    // Answers to what is asked.

    private Stream<Heard> answers(AcceptorCall call) {
        return switch (call.request()) {
            case AcceptorRequest.TakeRounds r ->
                r.atLeast() > (group.simple() ? 1 : MOST_ROUNDS)
                        ? Stream.of()
                        : Stream.of(heard(group, call, new AcceptorReply.RoundsTaken(r.atLeast(), r.atLeast())));
            case AcceptorRequest.Phase1a r
            when r.ballot().isAbove(FIRST) && !group.forgotten() ->
                Stream.of(); // From here on a second ballot is as the first one.
            case AcceptorRequest.OfTransaction r -> Stream.of(answer(call, r));
            default -> Stream.of();
        };
    }

    private Heard answer(AcceptorCall call, AcceptorRequest.OfTransaction request) {
        if (group.forgotten()) {
            return heard(group, call, new AcceptorReply.Rejected(id, AcceptorReply.Reason.FORGOTTEN));
        }
        int index = AcceptorGroup.LIST.indexOf(call.to());
        AcceptorGroup.One one = group.acceptors().get(index);
        AcceptorState.Step step = one.state().on(request);
        AcceptorGroup.One next = one.after(request, step, true);
        AcceptorGroup.One known = step.reply() instanceof AcceptorReply.Phase2b r ? next.heard(r.ballot()) : next;
        return new Heard(
                group.with(index, known),
                new CoordinatorEvent.Consulted(call, step.reply()),
                group.simple() ? group : group.with(index, next));
    }

    // Answers that come late or twice.

    private Stream<Heard> lateVotes(int index) {
        Registered j = group.registered();
        return j == null
                ? Stream.of()
                : group.acceptors().get(index).voted().stream().map(participant -> {
                    List<String> of = List.of(participant);
                    return heard(
                            AcceptorGroup.id(index),
                            new AcceptorRequest.VoteBundle(id, j, of),
                            new AcceptorReply.VotesAccepted(id, j, of));
                });
    }

    private Stream<Heard> lateAcceptances(int index) {
        AcceptorGroup.One one = group.acceptors().get(index);
        return one.accepted().entrySet().stream()
                .map(entry -> heard(
                        group.with(index, one.heard(entry.getKey())),
                        new AcceptorCall(
                                AcceptorGroup.id(index),
                                new AcceptorRequest.Phase2a(id, entry.getKey(), entry.getValue())),
                        new AcceptorReply.Phase2b(id, entry.getKey())));
    }

    private Stream<Heard> lateRefusals(int index) {
        Ballot promised = group.acceptors().get(index).state().promised();
        if (world.role().phase() != Phase.DECIDING || promised.isZero()) {
            return Stream.of();
        }
        AcceptorId from = AcceptorGroup.id(index);
        AcceptorReply refused = new AcceptorReply.Refused(id, promised);
        Registered j = group.registered();
        Stream<Heard> ballot =
                isFirstRound() ? Stream.of() : Stream.of(heard(from, new AcceptorRequest.Phase1a(id, FIRST), refused));
        Stream<Heard> votes = !wasRelayed() || j == null
                ? Stream.of()
                : world.mayVote().stream()
                        .map(name -> heard(from, new AcceptorRequest.VoteBundle(id, j, List.of(name)), refused));
        return Stream.concat(ballot, votes);
    }

    /** Whether votes were brought to acceptors by the leader. */
    private boolean wasRelayed() {
        return world.term() == id.birthTerm() && world.role().members().stream().anyMatch(m -> m.vote() == Vote.YES);
    }

    private Stream<Heard> lateRounds() {
        return asked.isEmpty() || world.role().phase() != Phase.DECIDING || isFirstRound()
                ? Stream.of()
                : Stream.concat(
                        Stream.of(heard(
                                AcceptorGroup.SELF,
                                new AcceptorRequest.TakeRounds(1, 1),
                                new AcceptorReply.RoundsTaken(1, 1))),
                        asked.stream()
                                        .anyMatch(call -> call.request() instanceof AcceptorRequest.Phase1a r
                                                && r.ballot().equals(FIRST))
                                ? Stream.of()
                                : Stream.of(heard(
                                        AcceptorGroup.SELF,
                                        new AcceptorRequest.Phase1a(id, FIRST),
                                        new AcceptorReply.Phase1b(id, FIRST, null, new TreeMap<>()))));
    }

    private boolean isFirstRound() {
        return asked.stream()
                .anyMatch(call -> call.request() instanceof AcceptorRequest.TakeRounds r && r.atLeast() == 1);
    }

    /** What says nothing, whenever it comes. */
    private Stream<Heard> others() {
        return asked.stream()
                .filter(call -> call.request() instanceof AcceptorRequest.OfTransaction)
                .flatMap(call -> Stream.of(
                        heard(call.to(), call.request(), new AcceptorReply.Rejected(id, AcceptorReply.Reason.SEALED)),
                        heard(call.to(), call.request(), new AcceptorReply.Rejected(id, AcceptorReply.Reason.LEARNED)),
                        heard(call.to(), call.request(), new AcceptorReply.Misaddressed(call.to()))));
    }

    /** While a round is taken nothing else is asked, but answers to what was asked before may come. */
    private Stream<Heard> lateRejections() {
        boolean takesRound = asked.stream().anyMatch(call -> call.request() instanceof AcceptorRequest.TakeRounds);
        Registered j = group.registered();
        if (!takesRound || isFirstRound() && (!wasRelayed() || j == null)) {
            return Stream.of();
        }
        AcceptorRequest before = isFirstRound()
                ? new AcceptorRequest.VoteBundle(id, Objects.requireNonNull(j), world.mayVote())
                : new AcceptorRequest.Phase1a(id, FIRST);
        AcceptorId self = AcceptorGroup.SELF;
        Stream<Heard> always = Stream.of(
                heard(self, before, new AcceptorReply.Rejected(id, AcceptorReply.Reason.SEALED)),
                heard(self, before, new AcceptorReply.Rejected(id, AcceptorReply.Reason.LEARNED)),
                heard(self, before, new AcceptorReply.Misaddressed(self)));
        return group.forgotten()
                ? Stream.concat(
                        always,
                        Stream.of(heard(self, before, new AcceptorReply.Rejected(id, AcceptorReply.Reason.FORGOTTEN))))
                : always;
    }

    /** Whatever was asked once. */
    private Stream<Heard> anything() {
        Registered j = new Registered(List.of(new RegistrarValue.Address("a", "http://a")));
        AcceptorRequest votes = new AcceptorRequest.VoteBundle(id, j, List.of("a"));
        AcceptorRequest promise = new AcceptorRequest.Phase1a(id, FIRST);
        AcceptorReply refused = new AcceptorReply.Refused(id, FIRST);
        AcceptorId self = AcceptorGroup.SELF;
        return Stream.of(
                heard(self, votes, new AcceptorReply.VotesAccepted(id, j, List.of("a"))),
                heard(self, votes, refused),
                heard(self, promise, refused),
                heard(self, promise, new AcceptorReply.Phase1b(id, FIRST, null, new TreeMap<>())),
                heard(self, promise, new AcceptorReply.Rejected(id, AcceptorReply.Reason.SEALED)),
                heard(self, promise, new AcceptorReply.Rejected(id, AcceptorReply.Reason.FORGOTTEN)),
                heard(self, promise, new AcceptorReply.Rejected(id, AcceptorReply.Reason.LEARNED)),
                heard(self, promise, new AcceptorReply.Misaddressed(self)),
                heard(self, new AcceptorRequest.TakeRounds(1, 1), new AcceptorReply.RoundsTaken(1, 1)),
                heard(
                        self,
                        new AcceptorRequest.Phase2a(id, FIRST, Proposal.ABORT),
                        new AcceptorReply.Phase2b(id, FIRST)));
    }
}
