package io.assent.protocol.paxoscommit;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Outcome;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Every state that three acceptors can reach: each message is on its way for ever, so an acceptor may take any of them
 * at any time and as often as it likes. All participants vote; a proposer may be active in every ballot.
 */
final class ExhaustiveModel {

    private static final AcceptorList ACCEPTORS = PaxosScript.THREE;
    private static final int[] MAJORITIES = {0b011, 0b101, 0b110, 0b111};

    private final Rules rules;
    private final Registered registered;
    private final List<Ballot> ballots;
    private final Set<String> seen = new HashSet<>();
    private final Deque<World> open = new ArrayDeque<>();
    private int committed;
    private int aborted;

    ExhaustiveModel(Rules rules, Registered registered, List<Ballot> ballots) {
        this.rules = rules;
        this.registered = registered;
        this.ballots = ballots;
    }

    /** Thrown when two outcomes can be told. */
    static final class Disagreement extends RuntimeException {
        Disagreement(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** A state of the world; not changed any more once it is visited. */
    private static final class World {
        private final AcceptorState[] acceptors;
        /** By ballot, then by acceptor; null where there is none. */
        private final AcceptorReply.Phase1b[][] promises;
        /** By ballot, or null. */
        private final Proposal[] proposals;
        /** What acceptors have ever said to have accepted. */
        private final Tally tally;
        /** The same in words. */
        private final String said;
        /** An outcome that was told without being counted, or null. */
        private final @Nullable Outcome told;
        /** How many crashes there may still be. */
        private final int crashes;

        World(
                AcceptorState[] acceptors,
                AcceptorReply.Phase1b[][] promises,
                Proposal[] proposals,
                Tally tally,
                String said,
                @Nullable Outcome told,
                int crashes) {
            this.acceptors = acceptors;
            this.promises = promises;
            this.proposals = proposals;
            this.tally = tally;
            this.said = said;
            this.told = told;
            this.crashes = crashes;
        }

        World copy() {
            AcceptorReply.Phase1b[][] promisesCopy = new AcceptorReply.Phase1b[promises.length][];
            for (int i = 0; i < promises.length; i++) {
                promisesCopy[i] = promises[i].clone();
            }
            return new World(acceptors.clone(), promisesCopy, proposals.clone(), tally, said, told, crashes);
        }

        World saying(Tally next, String words) {
            if (said.contains(words)) {
                return this;
            }
            String[] all = (said + words + ";").split(";", -1);
            Arrays.sort(all);
            return new World(
                    acceptors, promises, proposals, next, String.join(";", all).substring(1) + ";", told, crashes);
        }

        World telling(@Nullable Outcome outcome) {
            return new World(acceptors, promises, proposals, tally, said, outcome, crashes);
        }

        World crashing(int acceptor) {
            World next = new World(acceptors, promises, proposals, tally, said, told, crashes - 1);
            next.acceptors[acceptor] = AcceptorState.unknown(PaxosScript.T);
            return next;
        }

        String key() {
            StringBuilder key = new StringBuilder(160);
            for (AcceptorState state : acceptors) {
                key.append(state.promised()).append(words(state.registrar(), state.branches()));
            }
            for (AcceptorReply.Phase1b[] ofBallot : promises) {
                for (AcceptorReply.Phase1b promise : ofBallot) {
                    key.append(promise == null ? "-" : words(promise.registrar(), promise.branches()));
                }
            }
            for (Proposal proposal : proposals) {
                key.append(proposal == null ? "-" : word(proposal.registrar())).append('=');
                if (proposal != null) {
                    proposal.branches().values().forEach(value -> key.append(value.code()));
                }
            }
            return key.append(said).append(told).append(crashes).toString();
        }

        private static String words(
                @Nullable Acceptance<RegistrarValue> registrar, Map<String, Acceptance<BranchValue>> branches) {
            StringBuilder words = new StringBuilder("[");
            if (registrar != null) {
                words.append(registrar.ballot()).append(word(registrar.value()));
            }
            branches.forEach((participant, it) -> words.append(participant.charAt(participant.length() - 1))
                    .append(it.ballot())
                    .append(it.value().code()));
            return words.append(']').toString();
        }

        private static String word(RegistrarValue value) {
            return value instanceof Registered ? "J" : "A";
        }
    }

    /** What was reached. */
    record Result(int states, int committed, int aborted) {}

    /** Visits every state. */
    Result run(int crashes) {
        AcceptorState[] acceptors = new AcceptorState[ACCEPTORS.size()];
        Arrays.fill(acceptors, AcceptorState.unknown(PaxosScript.T));
        add(new World(
                acceptors,
                new AcceptorReply.Phase1b[ballots.size()][acceptors.length],
                new Proposal[ballots.size()],
                Tally.of(ACCEPTORS),
                "",
                null,
                crashes));
        while (!open.isEmpty()) {
            World world = open.pop();
            for (World next : successors(world)) {
                add(next);
            }
        }
        return new Result(seen.size(), committed, aborted);
    }

    private void add(World world) {
        if (!seen.add(world.key())) {
            return;
        }
        try {
            Outcome outcome = world.tally.outcome();
            committed += outcome == Outcome.COMMITTED ? 1 : 0;
            aborted += outcome == Outcome.ABORTED ? 1 : 0;
            if (world.told != null && outcome != null && outcome != world.told) {
                throw new Disagreement(world.told + " was told, " + outcome + " is chosen: " + world.key(), null);
            }
        } catch (IllegalStateException e) {
            throw new Disagreement("Two outcomes are chosen: " + world.key(), e);
        }
        open.push(world);
    }

    private List<World> successors(World world) {
        List<World> next = new ArrayList<>();
        for (int acceptor = 0; acceptor < ACCEPTORS.size(); acceptor++) {
            for (RegistrarValue.Address address : registered.participants()) {
                vote(world, acceptor, address.participant(), next);
            }
            for (int ballot = 0; ballot < ballots.size(); ballot++) {
                promise(world, acceptor, ballot, next);
                accept(world, acceptor, ballot, next);
            }
            if (world.crashes > 0 && !rules.keepsDisk()) {
                next.add(world.copy().crashing(acceptor));
            }
        }
        for (int ballot = 0; ballot < ballots.size(); ballot++) {
            propose(world, ballot, next);
        }
        return next;
    }

    private AcceptorReply ask(World next, int acceptor, AcceptorRequest.OfTransaction request) {
        AcceptorState.Step step = rules.judge(next.acceptors[acceptor], request);
        next.acceptors[acceptor] = step.next();
        return step.reply();
    }

    private void vote(World world, int acceptor, String participant, List<World> to) {
        World next = world.copy();
        AcceptorReply reply =
                ask(next, acceptor, new AcceptorRequest.VoteBundle(PaxosScript.T, registered, List.of(participant)));
        if (reply instanceof AcceptorReply.VotesAccepted votes) {
            to.add(next.saying(count(next, acceptor, votes), acceptor + participant));
        }
    }

    private static Tally count(World world, int acceptor, AcceptorReply.VotesAccepted votes) {
        return world.tally.with(ACCEPTORS.acceptors().get(acceptor).id(), votes);
    }

    private void promise(World world, int acceptor, int ballot, List<World> to) {
        World next = world.copy();
        AcceptorReply reply = ask(next, acceptor, new AcceptorRequest.Phase1a(PaxosScript.T, ballots.get(ballot)));
        if (reply instanceof AcceptorReply.Phase1b promise) {
            next.promises[ballot][acceptor] = promise;
            to.add(next);
        }
    }

    private void propose(World world, int ballot, List<World> to) {
        if (world.proposals[ballot] != null) {
            return;
        }
        for (int majority : MAJORITIES) {
            Map<AcceptorId, AcceptorReply.Phase1b> promises = new TreeMap<>();
            for (int acceptor = 0; acceptor < ACCEPTORS.size(); acceptor++) {
                AcceptorReply.Phase1b promise = world.promises[ballot][acceptor];
                if (promise != null && (majority & 1 << acceptor) != 0) {
                    promises.put(ACCEPTORS.acceptors().get(acceptor).id(), promise);
                }
            }
            if (promises.size() == Integer.bitCount(majority)) {
                World next = world.copy();
                next.proposals[ballot] = rules.propose(ACCEPTORS, promises);
                Outcome told = rules.outcomeOf(ACCEPTORS, promises);
                to.add(told == null ? next : next.telling(told));
            }
        }
    }

    private void accept(World world, int acceptor, int ballot, List<World> to) {
        Proposal proposal = world.proposals[ballot];
        if (proposal == null) {
            return;
        }
        World next = world.copy();
        AcceptorReply reply =
                ask(next, acceptor, new AcceptorRequest.Phase2a(PaxosScript.T, ballots.get(ballot), proposal));
        if (reply instanceof AcceptorReply.Phase2b) {
            AcceptorId id = ACCEPTORS.acceptors().get(acceptor).id();
            to.add(next.saying(
                    next.tally.with(id, ballots.get(ballot), proposal), acceptor + ":" + ballots.get(ballot)));
        }
    }
}
