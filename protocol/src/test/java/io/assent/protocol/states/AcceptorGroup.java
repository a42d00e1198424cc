package io.assent.protocol.states;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.AcceptorState;
import io.assent.protocol.paxoscommit.Ballot;
import io.assent.protocol.paxoscommit.Proposal;
import io.assent.protocol.paxoscommit.Recovery;
import io.assent.protocol.paxoscommit.RegistrarValue;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import io.assent.protocol.paxoscommit.Tally;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The two acceptors of a transaction, both of which are a majority, with one ballot of another proposer. They are the
 * real ones, so that no leader hears what is not true.
 *
 * @param registered J, once somebody may be prepared
 * @param acceptors what each of them holds, and has held
 * @param rival how far the ballot of another replica is
 * @param forgotten whether a later leader has forgotten the transaction
 * @param simple whether only what differs elsewhere is tried: no other proposer, and no second ballot
 */
record AcceptorGroup(
        @Nullable Registered registered, List<One> acceptors, Rival rival, boolean forgotten, boolean simple) {

    static final AcceptorList LIST = new AcceptorList(List.of(
            new AcceptorList.Entry(new AcceptorId("n1", 1), "http://n1"),
            new AcceptorList.Entry(new AcceptorId("n2", 2), "http://n2")));
    static final AcceptorId SELF = id(0);

    /** A protocol without acceptors, or nothing of what they say matters, and nothing was asked of them. */
    static final AcceptorGroup NOT_ASKED = new AcceptorGroup(null, List.of(), Rival.NONE, false, true);

    /** What they say does not matter any more. */
    static final AcceptorGroup DONE = new AcceptorGroup(null, List.of(), Rival.NONE, true, true);

    private static final Ballot RIVAL = Ballot.of(LIST, 1, id(1));

    AcceptorGroup {
        acceptors = List.copyOf(acceptors);
    }

    /**
     * An acceptor.
     *
     * @param voted whose votes it has accepted at ballot 0
     * @param accepted which of the leader's own proposals it has accepted
     * @param heard of which of these the leader has heard
     */
    record One(
            AcceptorState state,
            SortedSet<String> voted,
            SortedMap<Ballot, Proposal> accepted,
            SortedSet<Ballot> heard) {

        static One unknown(TransactionId id) {
            return new One(
                    AcceptorState.unknown(id),
                    Collections.emptySortedSet(),
                    Collections.emptySortedMap(),
                    Collections.emptySortedSet());
        }

        /** After a request that it has answered so. */
        One after(AcceptorRequest.OfTransaction request, AcceptorState.Step step, boolean own) {
            SortedSet<String> votes = new TreeSet<>(voted);
            SortedMap<Ballot, Proposal> proposals = new TreeMap<>(accepted);
            if (step.reply() instanceof AcceptorReply.VotesAccepted taken) {
                votes.addAll(taken.prepared());
            }
            if (own && step.reply() instanceof AcceptorReply.Phase2b && request instanceof AcceptorRequest.Phase2a r) {
                proposals.put(r.ballot(), r.proposal());
            }
            return new One(step.next(), votes, proposals, heard);
        }

        One heard(Ballot ballot) {
            SortedSet<Ballot> all = new TreeSet<>(heard);
            all.add(ballot);
            return new One(state, voted, accepted, all);
        }
    }

    /** A ballot of another replica. */
    record Rival(
            SortedMap<AcceptorId, AcceptorReply.Phase1b> promises,
            @Nullable Proposal proposal,
            SortedSet<AcceptorId> accepted) {
        static final Rival NONE = new Rival(Collections.emptySortedMap(), null, Collections.emptySortedSet());

        Rival promised(AcceptorId by, AcceptorReply.Phase1b promise) {
            SortedMap<AcceptorId, AcceptorReply.Phase1b> all = new TreeMap<>(promises);
            all.put(by, promise);
            Proposal must = Recovery.propose(LIST, all);
            return new Rival(must == null ? all : Collections.emptySortedMap(), must, accepted);
        }

        Rival accepted(AcceptorId by) {
            SortedSet<AcceptorId> all = new TreeSet<>(accepted);
            all.add(by);
            return new Rival(promises, proposal, all);
        }
    }

    static AcceptorId id(int index) {
        return LIST.acceptors().get(index).id();
    }

    static AcceptorGroup unknown(TransactionId id, boolean simple) {
        return new AcceptorGroup(null, List.of(One.unknown(id), One.unknown(id)), Rival.NONE, false, simple);
    }

    /** These are J; it is not changed later. */
    AcceptorGroup frozen(List<Member> members) {
        Registered j = new Registered(members.stream()
                .map(m -> new RegistrarValue.Address(m.participant(), m.endpoint()))
                .toList());
        boolean ofA = members.size() == 1 && members.get(0).participant().equals("a");
        return registered != null || acceptors.isEmpty()
                ? this
                : new AcceptorGroup(j, acceptors, rival, forgotten, simple || !ofA);
    }

    AcceptorGroup with(int index, One one) {
        return with(index, one, rival);
    }

    private AcceptorGroup with(int index, One one, Rival other) {
        List<One> all = new ArrayList<>(acceptors);
        all.set(index, one);
        return new AcceptorGroup(registered, all, other, forgotten, simple);
    }

    boolean holdsVoteOf(String participant) {
        return acceptors.stream().anyMatch(one -> one.voted().contains(participant));
    }

    /** Whether no acceptor has heard of the transaction. */
    boolean isUnheard() {
        return acceptors.stream()
                .allMatch(one ->
                        one.state().equals(AcceptorState.unknown(one.state().transaction())));
    }

    /** What the other proposer has got chosen, and may have told its log; null when it has not. */
    @Nullable
    Outcome chosenByRival() {
        Tally tally = Tally.of(LIST);
        for (AcceptorId by : rival.accepted()) {
            tally = tally.with(by, RIVAL, Objects.requireNonNull(rival.proposal()));
        }
        return tally.outcome();
    }

    /** All that the leader has heard: what is known of ballot 0 is told by its role. */
    Tally heard(TransactionId id, SortedMap<AcceptorId, List<String>> votes) {
        Tally tally = Tally.of(LIST);
        Registered j = registered;
        if (j != null) {
            for (var entry : votes.entrySet()) {
                tally = tally.with(entry.getKey(), new AcceptorReply.VotesAccepted(id, j, entry.getValue()));
            }
        }
        for (int i = 0; i < acceptors.size(); i++) {
            One one = acceptors.get(i);
            for (Ballot ballot : one.heard()) {
                tally = tally.with(
                        id(i), ballot, Objects.requireNonNull(one.accepted().get(ballot)));
            }
        }
        return tally;
    }

    // What others do.

    /** Participants bring their votes, another replica tries its ballot, and what it has finished is forgotten. */
    Stream<AcceptorGroup> elsewhere(List<String> mayVote) {
        Stream<AcceptorGroup> votes = IntStream.range(0, acceptors.size())
                .boxed()
                .flatMap(i -> mayVote.stream().map(participant -> votes(i, participant)));
        Stream<AcceptorGroup> ballots =
                simple ? Stream.of() : IntStream.range(0, acceptors.size()).mapToObj(this::rivalGoesOn);
        boolean over = !acceptors.isEmpty() && (isUnheard() || chosenByRival() != null);
        Stream<AcceptorGroup> forgets = over ? Stream.of(forgets()) : Stream.of();
        return Stream.of(votes, ballots, forgets).flatMap(all -> all);
    }

    AcceptorGroup forgets() {
        return new AcceptorGroup(registered, acceptors, rival, true, simple);
    }

    private AcceptorGroup votes(int index, String participant) {
        Registered j = registered;
        if (j == null || forgotten || !j.contains(participant)) {
            return this;
        }
        One one = acceptors.get(index);
        AcceptorRequest.OfTransaction vote =
                new AcceptorRequest.VoteBundle(one.state().transaction(), j, List.of(participant));
        return with(index, one.after(vote, one.state().on(vote), false));
    }

    private AcceptorGroup rivalGoesOn(int index) {
        if (forgotten) {
            return this;
        }
        One one = acceptors.get(index);
        TransactionId transaction = one.state().transaction();
        Proposal proposal = rival.proposal();
        AcceptorRequest.OfTransaction request = proposal == null
                ? new AcceptorRequest.Phase1a(transaction, RIVAL)
                : new AcceptorRequest.Phase2a(transaction, RIVAL, proposal);
        AcceptorState.Step step = one.state().on(request);
        return switch (step.reply()) {
            case AcceptorReply.Phase1b r -> with(index, one.after(request, step, false), rival.promised(id(index), r));
            case AcceptorReply.Phase2b r -> with(index, one.after(request, step, false), rival.accepted(id(index)));
            default -> this;
        };
    }
}
