package io.assent.protocol.simulation;

import io.assent.protocol.simulation.Replica.Entry;
import io.assent.protocol.simulation.Replica.Snapshot;
import io.assent.protocol.simulation.Replica.Submission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A small Raft: terms, votes that compare logs, replication with conflicts, commitment of own-term entries only,
 * snapshots. An election happens in one moment, with a majority picked by chance, so that a deposed leader often does
 * not know; suffixes get lost, and come back.
 */
final class RaftGroup {

    private static final long HEARTBEAT = 100;
    private static final int MAX_ENTRIES = 8;

    private final Scheduler scheduler;
    private final Network network;
    private final Host host;
    private final List<Replica> replicas = new ArrayList<>();

    /** What the group tells the nodes on which its replicas live. */
    interface Host {
        /** This replica leads: its own first entry of the term, and with it every older one, is applied. */
        void gained(Replica replica, long term);

        void lost(Replica replica);

        /** Entries of this replica, which were never committed, are about to be replaced. */
        void suffixLost(Replica replica);

        /** A snapshot took the place of what this replica had. */
        void installed(Replica replica);

        /** Apply the next committed entry. */
        void apply(Replica replica, int index, Entry entry);
    }

    /** An append on its way to a follower. */
    private record Append(int leader, long term, int previous, long previousTerm, List<Entry> entries, int commit) {}

    RaftGroup(Scheduler scheduler, Network network, int nodes, Host host) {
        this.scheduler = scheduler;
        this.network = network;
        this.host = host;
        for (int i = 0; i < nodes; i++) {
            replicas.add(new Replica(i, nodes));
        }
    }

    List<Replica> replicas() {
        return replicas;
    }

    void start() {
        for (Replica replica : replicas) {
            scheduler.after(scheduler.between(1, HEARTBEAT), "raft tick", () -> tick(replica));
        }
    }

    private void tick(Replica replica) {
        scheduler.after(HEARTBEAT, "raft tick", () -> tick(replica));
        if (!replica.up) {
            return;
        }
        if (replica.leading) {
            replicate(replica);
        } else if (scheduler.now() - replica.lastHeard > scheduler.between(300, 900)) {
            campaign(replica);
        }
    }

    /** Tries to make the replica leader of a new term. */
    void campaign(Replica candidate) {
        long lastTerm = candidate.termAt(candidate.lastIndex());
        List<Replica> willing = new ArrayList<>();
        long highest = candidate.term;
        for (Replica voter : replicas) {
            boolean reachable =
                    voter.up && !network.isCut(candidate.id, voter.id) && !network.isCut(voter.id, candidate.id);
            if (voter != candidate && reachable) {
                highest = Math.max(highest, voter.term);
                if (voter.wouldVoteFor(lastTerm, candidate.lastIndex())) {
                    willing.add(voter);
                }
            }
        }
        int needed = replicas.size() / 2;
        if (!candidate.up || willing.size() < needed) {
            return;
        }
        while (willing.size() > needed) {
            willing.remove(scheduler.below(willing.size()));
        }
        long term = highest + 1;
        willing.forEach(voter -> see(voter, term));
        see(candidate, term);
        lead(candidate);
    }

    private void lead(Replica leader) {
        leader.leading = true;
        leader.ready = false;
        for (Replica other : replicas) {
            leader.next[other.id] = leader.lastIndex() + 1;
            leader.match[other.id] = 0;
        }
        appendOwn(leader, new Entry(leader.term, new byte[0]), null);
    }

    /** A higher term was seen: whoever leads a lower one stops. */
    private void see(Replica replica, long term) {
        if (term > replica.term) {
            replica.term = term;
            replica.lastHeard = scheduler.now();
            if (replica.leading) {
                replica.stopLeading();
                host.lost(replica);
            }
        }
    }

    /** Takes a batch in, in the replica's present term, whoever hands it over; false when the replica does not lead. */
    boolean submit(Replica replica, byte[] payload, Submission submission) {
        if (!replica.up || !replica.leading) {
            return false;
        }
        appendOwn(replica, new Entry(replica.term, payload), submission);
        return true;
    }

    private void appendOwn(Replica leader, Entry entry, @Nullable Submission submission) {
        int index = leader.append(entry, submission);
        long term = leader.term;
        scheduler.after(scheduler.between(0, 3), "raft flush", () -> {
            if (leader.up && leader.leading && leader.term == term) {
                leader.flushed = Math.max(leader.flushed, index);
                leader.match[leader.id] = Math.max(leader.match[leader.id], index);
                commit(leader);
            }
        });
        replicate(leader);
    }

    private void replicate(Replica leader) {
        for (Replica follower : replicas) {
            if (follower != leader) {
                replicateTo(leader, follower);
            }
        }
    }

    private void replicateTo(Replica leader, Replica follower) {
        int next = leader.next[follower.id];
        long term = leader.term;
        if (next <= leader.snapshot.index()) {
            Snapshot snapshot = leader.snapshot;
            network.send(leader.id, follower.id, "raft install", () -> install(leader, follower, term, snapshot));
            return;
        }
        Append append = new Append(
                leader.id,
                term,
                next - 1,
                leader.termAt(next - 1),
                leader.entriesFrom(next, MAX_ENTRIES),
                leader.commitIndex);
        network.send(leader.id, follower.id, "raft append", () -> receive(follower, append));
    }

    private void install(Replica leader, Replica follower, long term, Snapshot snapshot) {
        if (!follower.up || refuses(follower, leader.id, term)) {
            return;
        }
        see(follower, term);
        follower.lastHeard = scheduler.now();
        if (snapshot.index() > follower.appliedIndex) {
            follower.install(snapshot);
            host.installed(follower);
        }
        acknowledge(follower, leader.id, term, snapshot.index(), true);
    }

    /** Tells a leader of an earlier term that it is none any more. */
    private boolean refuses(Replica follower, int leader, long term) {
        long higher = follower.term;
        if (term < higher) {
            network.send(follower.id, leader, "raft refuse", () -> see(replicas.get(leader), higher));
        }
        return term < higher;
    }

    private void receive(Replica follower, Append append) {
        if (!follower.up || refuses(follower, append.leader(), append.term())) {
            return;
        }
        see(follower, append.term());
        follower.lastHeard = scheduler.now();
        int previous = append.previous();
        boolean fits = previous <= follower.snapshot.index()
                || (previous <= follower.lastIndex() && follower.termAt(previous) == append.previousTerm());
        if (!fits) {
            acknowledge(follower, append.leader(), append.term(), Math.min(previous - 1, follower.lastIndex()), false);
            return;
        }
        if (follower.contradicts(previous, append.entries())) {
            host.suffixLost(follower);
        }
        follower.take(previous, append.entries());
        int known = previous + append.entries().size();
        follower.commitIndex = Math.max(follower.commitIndex, Math.min(append.commit(), known));
        applyLater(follower);
        acknowledge(follower, append.leader(), append.term(), known, true);
    }

    private void acknowledge(Replica follower, int leaderId, long term, int index, boolean matches) {
        network.send(follower.id, leaderId, "raft ack", () -> {
            Replica leader = replicas.get(leaderId);
            if (!leader.up || !leader.leading || leader.term != term) {
                return;
            }
            if (!matches) {
                leader.next[follower.id] = Math.min(leader.next[follower.id], Math.max(1, index + 1));
                return;
            }
            leader.match[follower.id] = Math.max(leader.match[follower.id], index);
            leader.next[follower.id] = Math.max(leader.next[follower.id], index + 1);
            commit(leader);
            if (leader.next[follower.id] <= leader.lastIndex()) {
                replicateTo(leader, follower);
            }
        });
    }

    private void commit(Replica leader) {
        int[] matches = leader.match.clone();
        Arrays.sort(matches);
        int majority = matches[(matches.length - 1) / 2];
        if (majority > leader.commitIndex && leader.termAt(majority) == leader.term) {
            leader.commitIndex = majority;
            applyLater(leader);
        }
    }

    private void applyLater(Replica replica) {
        if (!replica.applying && replica.appliedIndex < replica.commitIndex) {
            replica.applying = true;
            scheduler.after(scheduler.between(0, 4), "apply", () -> applyNext(replica));
        }
    }

    private void applyNext(Replica replica) {
        replica.applying = false;
        if (!replica.up || replica.appliedIndex >= replica.commitIndex) {
            return;
        }
        int index = replica.appliedIndex + 1;
        Entry entry = replica.entry(index);
        replica.appliedIndex = index;
        host.apply(replica, index, entry);
        if (replica.leading && !replica.ready && entry.term() == replica.term) {
            replica.ready = true;
            host.gained(replica, replica.term);
        }
        applyLater(replica);
    }

    void restart(Replica replica) {
        replica.up = true;
        replica.lastHeard = scheduler.now();
    }
}
