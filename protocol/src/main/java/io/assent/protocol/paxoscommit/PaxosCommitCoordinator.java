package io.assent.protocol.paxoscommit;

import io.assent.protocol.AbortReason;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.Consultation;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Progress;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.coordinator.Timer;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.message.Message;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The leader's role for one transaction under Paxos Commit (Gray and Lamport, TODS 2006). The acceptors fix the outcome,
 * not this leader and not the log: votes go to them at ballot 0, here relayed for participants that only answer VOTE; a
 * NO, a time-out or an abort is a ballot of its own, which may find that the commit was chosen already (Q5, Q8). The log
 * keeps what was learned. Whoever else runs a ballot for the same transaction comes to the same outcome.
 *
 * @param origin what never changes
 * @param place the acceptors, and which of them is this leader's own
 * @param phase how far the leader is
 * @param members who takes part, with the votes collected so far; frozen once commit is asked
 * @param ballots what is known of the acceptors
 * @param learned whether the outcome stands in the applied state
 * @param settled whether it may leave the leader's table (L7): not before the outcome is learned
 * @param reason why it is to abort; the acceptors may have chosen otherwise. Null otherwise
 * @param decidedAt milliseconds since 1970, 0 while undecided
 * @param progress who has confirmed what
 */
public record PaxosCommitCoordinator(
        Origin origin,
        Place place,
        Phase phase,
        List<Member> members,
        Ballots ballots,
        boolean learned,
        boolean settled,
        @Nullable AbortReason reason,
        long decidedAt,
        Progress progress)
        implements CoordinatorRole {

    /** The acceptors of the transaction's birth term, and the leader's own storage. */
    public record Place(AcceptorList acceptors, AcceptorId self) {

        /** The leader's own acceptor, whose answer needs no way back, before the others. */
        List<AcceptorList.Entry> ownFirst() {
            return acceptors.acceptors().stream()
                    .sorted(Comparator.comparing(entry -> !entry.id().equals(self)))
                    .toList();
        }
    }

    /**
     * What the leader knows of the acceptors.
     *
     * @param accepted votes that each acceptor has accepted at ballot 0
     * @param direct who has sent its vote to acceptors itself: they will report it, unless something is lost
     * @param tally all acceptances that the leader has heard of
     * @param attempt the ballot above 0 that it tries, or null
     */
    public record Ballots(
            SortedMap<AcceptorId, List<String>> accepted,
            Set<String> direct,
            Tally tally,
            @Nullable Attempt attempt) {

        static Ballots none(AcceptorList acceptors) {
            return new Ballots(new TreeMap<>(), Set.of(), Tally.of(acceptors), null);
        }

        Ballots with(@Nullable Attempt next) {
            return new Ballots(accepted, direct, tally, next);
        }

        Ballots with(Tally next) {
            return new Ballots(accepted, direct, next, attempt);
        }

        Ballots sentDirectly(String participant) {
            Set<String> all = new TreeSet<>(direct);
            all.add(participant);
            return new Ballots(accepted, all, tally, attempt);
        }

        /** J with its votes, as the acceptors told it; these members when they did not. */
        List<Member> registeredOf(List<Member> members) {
            Registered registered = registered();
            if (registered == null) {
                return members;
            }
            return registered.participants().stream()
                    .map(address -> members.stream()
                            .filter(m -> m.participant().equals(address.participant()))
                            .findFirst()
                            .orElseGet(() -> Member.of(address.participant(), address.endpoint()))
                            .withVote(Vote.YES))
                    .toList();
        }

        /** Chosen, or at least proposed in the ballot that aborts; else null. */
        private @Nullable Registered registered() {
            Registered chosen = tally.registered();
            return chosen == null
                            && attempt instanceof Attempt.Accepting accepting
                            && accepting.proposal().registrar() instanceof Registered proposed
                    ? proposed
                    : chosen;
        }

        Ballots votesAccepted(AcceptorId from, AcceptorReply.VotesAccepted votes) {
            SortedMap<AcceptorId, List<String>> all = new TreeMap<>(accepted);
            List<String> known = new ArrayList<>(all.getOrDefault(from, List.of()));
            votes.prepared().stream().filter(p -> !known.contains(p)).forEach(known::add);
            all.put(from, known);
            return new Ballots(all, direct, tally.with(from, votes), attempt);
        }
    }

    public PaxosCommitCoordinator {
        members = List.copyOf(members);
    }

    /** A new transaction (L1: only of a ready leader, in its own term). A keyed one has its key in the log first. */
    public static Step begin(Origin origin, Place place) {
        return PaxosTransition.begin(origin, place).step();
    }

    /** Takes over what a new leader finds in its applied state: the outcome is learned, acknowledgements are missing. */
    public static Step takeOver(OpenTransaction found, Origin origin, Place place) {
        return PaxosTransition.takeOver(found, origin, place).step();
    }

    /** Finds out what became of a transaction that acceptors hold and the log has not learned (section 3.3). */
    public static Step recover(Origin origin, Place place) {
        return PaxosTransition.recover(origin, place).step();
    }

    /**
     * Tries another ballot, that of a seal, which alone comes through it (Q6); nothing when no ballot is tried now.
     *
     * @param ballot of the seal whose report names this transaction
     */
    public Step underSeal(Ballot ballot) {
        boolean tries = phase == Phase.DECIDING && ballots.attempt() != null;
        Ballots next = tries ? ballots.with(Attempt.of(ballot)) : ballots;
        return Step.between(
                this,
                new PaxosCommitCoordinator(
                        origin, place, phase, members, next, learned, settled, reason, decidedAt, progress),
                List.of(),
                null);
    }

    /** Whether it is being found out what this transaction was: not even its members are known. */
    boolean isUnknown() {
        return phase == Phase.DECIDING && members.isEmpty() && ballots.attempt() != null;
    }

    @Override
    public Step on(CoordinatorEvent event, long now) {
        PaxosTransition transition = new PaxosTransition(this, now);
        switch (event) {
            case CoordinatorEvent.Enlisted e -> transition.enlist(e.member());
            case CoordinatorEvent.CommitRequested e -> transition.requestCommit(e.branches());
            case CoordinatorEvent.AbortRequested e -> transition.requestAbort(e.reason());
            case CoordinatorEvent.Replied e -> transition.reply(e.sent(), e.reply());
            case CoordinatorEvent.TimerFired e -> transition.timer();
            case CoordinatorEvent.Applied e -> transition.applied(e.record(), e.fact(), e.standing());
            case CoordinatorEvent.Looked e -> transition.looked(e.standing());
            case CoordinatorEvent.Consulted e -> {
                if (e.asked() instanceof AcceptorCall call && e.answer() instanceof AcceptorReply reply) {
                    transition.consulted(call, reply);
                }
            }
        }
        return transition.step();
    }

    @Override
    public @Nullable Outcome outcome() {
        return switch (phase) {
            case COMMITTING, COMMITTED -> Outcome.COMMITTED;
            case ABORTING, ABORTED -> Outcome.ABORTED;
            default -> null;
        };
    }

    @Override
    public Timer timer() {
        return switch (phase) {
            case ACTIVE, PREPARING -> Timer.DEADLINE;
            case ABORTING -> Timer.ABORT_NOTICE;
            default -> Timer.NONE;
        };
    }

    @Override
    public List<Message> owed() {
        return switch (phase) {
            case PREPARING ->
                members.stream()
                        .filter(m -> m.vote() == null)
                        .<Message>map(m -> new Message.Prepare(
                                id(),
                                m.participant(),
                                origin.term(),
                                members,
                                origin.deadline(),
                                m.token(),
                                m.calls(),
                                place.ownFirst()))
                        .toList();
            case COMMITTING ->
                members.stream()
                        .filter(this::isUnacknowledged)
                        .<Message>map(m -> new Message.Commit(id(), m.participant(), origin.term(), members))
                        .toList();
            case ABORTING ->
                members.stream()
                        .filter(m -> isUnacknowledged(m) && m.vote() != Vote.NO)
                        .<Message>map(m -> new Message.Abort(id(), m.participant(), origin.term()))
                        .toList();
            default -> List.of();
        };
    }

    private boolean isUnacknowledged(Member member) {
        return !progress.acknowledged().contains(member.participant());
    }

    /** Votes are relayed while no other ballot is tried; the leader of the birth term alone does so (Q8). */
    @Override
    public List<Consultation> asked() {
        Attempt attempt = ballots.attempt();
        if (phase == Phase.DECIDING && attempt != null) {
            return List.copyOf(attempt.asked(id(), place.acceptors(), place.self()));
        }
        return phase == Phase.PREPARING && origin.term() == id().birthTerm() ? relayed() : List.of();
    }

    private List<Consultation> relayed() {
        List<String> voted = members.stream()
                .filter(m -> m.vote() == Vote.YES)
                .map(Member::participant)
                .toList();
        Registered registered = registered(members);
        List<Consultation> calls = new ArrayList<>();
        for (AcceptorList.Entry acceptor : place.acceptors().acceptors()) {
            List<String> known = ballots.accepted().getOrDefault(acceptor.id(), List.of());
            for (String participant : voted) {
                if (!known.contains(participant)) {
                    calls.add(new AcceptorCall(
                            acceptor.id(),
                            new AcceptorRequest.VoteBundle(id(), registered, List.of(participant)),
                            ballots.direct().contains(participant)));
                }
            }
        }
        return calls;
    }

    /** J as the registrar's instance has it. */
    static Registered registered(List<Member> members) {
        return new Registered(members.stream()
                .map(m -> new RegistrarValue.Address(m.participant(), m.endpoint()))
                .toList());
    }
}
