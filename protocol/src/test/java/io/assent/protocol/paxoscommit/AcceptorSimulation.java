package io.assent.protocol.paxoscommit;

import static io.assent.protocol.paxoscommit.PaxosScript.T;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Outcome;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One transaction under a seed: participants that vote, a leader that counts ballot 0, proposers that compete, a FORGET;
 * messages are lost, repeated, late and in any order, and acceptors die with what is not on their disks. At the end all
 * is healed, and one proposer must come to an outcome.
 */
final class AcceptorSimulation {

    private static final int MOST_MESSAGES = 400;

    private final Random random;
    private final Rules rules;
    private final Truth truth = new Truth();
    private final AcceptorList acceptors;
    private final Registered registered;
    private final List<AcceptorProcess> processes = new ArrayList<>();
    private final List<Proposer> proposers = new ArrayList<>();
    private final List<Runnable> network = new ArrayList<>();
    private final Set<String> saidNo = new HashSet<>();
    private final Set<String> saidYes = new HashSet<>();
    private final TreeMap<String, Set<AcceptorId>> relayed = new TreeMap<>();
    private final boolean forgets;
    private final boolean faults;
    private final boolean strangers;
    private long term = PaxosScript.LEADER_TERM;
    private Tally leader;
    private @Nullable Outcome learned;
    private boolean forgotten;

    AcceptorSimulation(long seed, Rules rules, boolean faults) {
        this.random = new Random(seed * 0x9e37_79b9L);
        this.rules = rules;
        this.faults = faults;
        this.acceptors = PaxosScript.acceptors(random.nextInt(4) == 0 ? 5 : 3);
        String[] names = IntStream.rangeClosed(1, 1 + random.nextInt(3))
                .mapToObj(i -> "bank-" + i)
                .toArray(String[]::new);
        this.registered = PaxosScript.registered(names);
        this.forgets = faults && random.nextInt(3) == 0;
        this.strangers = faults && random.nextInt(8) == 0;
        this.leader = Tally.of(acceptors);
        for (AcceptorList.Entry entry : acceptors.acceptors()) {
            processes.add(new AcceptorProcess(entry.id(), rules, truth));
        }
        for (int i = 0; i < acceptors.size(); i++) {
            int proposer = i;
            proposers.add(new Proposer(
                    acceptors,
                    i,
                    rules,
                    truth,
                    processes.get(i),
                    (to, request) ->
                            send(to, request, reply -> proposers.get(proposer).on(to, reply))));
        }
    }

    private interface ReplyTo {
        void accept(AcceptorReply reply);
    }

    /** To an acceptor and back. */
    private void send(AcceptorId to, AcceptorRequest request, ReplyTo replyTo) {
        AcceptorProcess process = processes.get(acceptors.indexOf(to));
        post(() -> process.on(request, reply -> post(() -> replyTo.accept(reply))));
    }

    private void post(Runnable delivery) {
        if (network.size() < MOST_MESSAGES) {
            network.add(delivery);
        }
    }

    /** Runs it. */
    @Nullable
    Outcome run(int events) {
        int appetite = 1 + random.nextInt(8);
        for (int i = 0; i < events; i++) {
            int choice = random.nextInt(100);
            if (choice < 45) {
                deliver();
            } else if (choice < 70) {
                any(processes).sync();
            } else if (choice < 82) {
                vote(any(registered.participants()).participant());
            } else if (faults) {
                disturb(choice - 82, appetite);
            }
        }
        heal();
        return truth.outcome();
    }

    private void disturb(int choice, int appetite) {
        if (choice < appetite) {
            start(any(proposers));
        } else if (choice < 10) {
            forget();
        } else if (choice < 12) {
            any(processes).crash();
        } else if (choice < 13) {
            any(proposers).crash();
        } else if (choice < 15) {
            learn();
        } else if (choice < 16) {
            otherList();
        } else {
            restoredFromBackup(any(registered.participants()).participant());
        }
    }

    /** As the leader of a new term, or of its old one, deposed perhaps and not knowing it. */
    private void start(Proposer proposer) {
        boolean elected = proposer.term() == 0 || random.nextBoolean();
        proposer.start(forgets && random.nextInt(3) == 0, elected ? ++term : proposer.term());
    }

    private <E> E any(List<E> list) {
        return list.get(random.nextInt(list.size()));
    }

    private void deliver() {
        if (network.isEmpty()) {
            return;
        }
        int at = random.nextInt(network.size());
        int fate = faults ? random.nextInt(10) : 9;
        if (fate == 0) {
            network.remove(at);
        } else if (fate <= 2) {
            network.get(at).run();
        } else {
            network.remove(at).run();
        }
    }

    private void vote(String participant) {
        if (saidNo.contains(participant)) {
            return;
        }
        if (faults && !saidYes.contains(participant) && random.nextInt(6) == 0) {
            saidNo.add(participant);
            return;
        }
        saidYes.add(participant);
        AcceptorRequest votes = new AcceptorRequest.VoteBundle(T, registered, List.of(participant));
        for (AcceptorList.Entry entry : acceptors.acceptors()) {
            send(entry.id(), votes, reply -> {
                if (reply instanceof AcceptorReply.VotesAccepted accepted) {
                    leader = leader.with(entry.id(), accepted);
                    tell(leader.outcome());
                }
            });
        }
    }

    /** Somebody relays another list of participants; an acceptor that has told one must not take it. */
    private void otherList() {
        AcceptorProcess process = any(processes);
        if (strangers && process.toldVotes()) {
            process.on(
                    new AcceptorRequest.VoteBundle(T, PaxosScript.registered("bank-x"), List.of("bank-x")),
                    reply -> {});
        }
    }

    /** A participant that has voted YES knows nothing of it and says NO; only a mutant lets that travel at ballot 0. */
    private void restoredFromBackup(String participant) {
        if (!rules.relaysNo()) {
            return;
        }
        Set<AcceptorId> acceptances = relayed.computeIfAbsent(participant, it -> new HashSet<>());
        for (AcceptorProcess process : processes) {
            post(() -> process.onRelayedNo(participant, () -> {
                acceptances.add(process.id());
                if (acceptors.isMajority(acceptances)) {
                    tell(Outcome.ABORTED);
                }
            }));
        }
    }

    private void tell(@Nullable Outcome outcome) {
        if (outcome != null) {
            truth.told(outcome);
        }
    }

    /** LEARNED is in the log some time after somebody knows the outcome, and each acceptor is told. */
    private void learn() {
        if (learned == null && !forgotten) {
            learned = truth.outcome();
        }
        if (learned != null) {
            any(processes).on(new AcceptorRequest.Learned(T), reply -> {});
        }
    }

    /** FORGET is proposed after a floor, and fenced by its author's term (G1); each acceptor hears of it some time. */
    private void forget() {
        if (!forgets) {
            return;
        }
        if (!forgotten) {
            boolean floor = proposers.stream()
                    .filter(it -> it.term() == term)
                    .anyMatch(it -> it.sealing() && (it.sealedUnknown() || (learned != null && it.outcome() != null)));
            forgotten = floor;
            if (floor) {
                truth.forgotten(learned != null);
            }
        }
        if (forgotten) {
            AcceptorProcess process = any(processes);
            if (learned != null) {
                process.on(new AcceptorRequest.Learned(T), reply -> {});
            }
            process.on(PaxosScript.forget(), reply -> {});
        }
    }

    /** L-c: with F+1 acceptors and one recoverer undisturbed there is an outcome, unless FORGET came first. */
    private void heal() {
        if (forgotten) {
            return;
        }
        Proposer last = any(proposers);
        for (int attempt = 0; attempt < 50 && last.outcome() == null; attempt++) {
            network.clear();
            last.start(forgets, ++term);
            processes.forEach(AcceptorProcess::sync);
            for (int i = 0; i < 4; i++) {
                List<Runnable> all = List.copyOf(network);
                network.clear();
                all.forEach(Runnable::run);
                processes.forEach(AcceptorProcess::sync);
                List<Runnable> replies = List.copyOf(network);
                network.clear();
                replies.forEach(Runnable::run);
            }
            if (last.sealedUnknown()) {
                return;
            }
        }
        if (last.outcome() == null) {
            throw new Truth.Broken("I5", "a recoverer alone comes to no outcome");
        }
    }
}
