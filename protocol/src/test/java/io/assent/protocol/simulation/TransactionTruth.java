package io.assent.protocol.simulation;

import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.paxoscommit.Tally;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What really became of one transaction, gathered from the log and the databases, not from what anybody claims. */
final class TransactionTruth {

    /** What really became of one branch. */
    static final class Branch {
        boolean prepared;
        boolean committed;
        boolean aborted;
        boolean saidAborted;
        boolean leftReadOnly;
        boolean toldCommitted;
        boolean toldAborted;
        boolean preCommitted;
        final Set<Integer> answered = new TreeSet<>();
    }

    final TransactionId id;
    long owner;
    boolean committed;
    boolean aborted;
    boolean acknowledged;
    /** Whether anybody was asked for a vote. */
    boolean asked;
    /** What acceptors hold on their disks; null before they hold anything. */
    @Nullable
    Tally tally;
    /** Whether somebody stopped waiting for members to pre-commit, or finished because no coordinator answered. */
    boolean patienceEnded;

    @Nullable
    String onePhase;

    @Nullable
    String saidCommitted;

    @Nullable
    String saidAborted;

    List<Member> members = List.of();
    private final Map<String, Branch> branches = new TreeMap<>();

    TransactionTruth(TransactionId id) {
        this.id = id;
        owner = id.birthTerm();
    }

    Branch branch(String participant) {
        return branches.computeIfAbsent(participant, any -> new Branch());
    }

    Map<String, Branch> branches() {
        return branches;
    }

    /** Whether the participant is to commit: a member of the committed decision that voted YES. */
    boolean commits(String participant) {
        return committed && members.stream().anyMatch(m -> m.participant().equals(participant) && m.vote() == Vote.YES);
    }
}
