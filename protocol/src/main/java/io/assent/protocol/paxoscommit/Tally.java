package io.assent.protocol.paxoscommit;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.Outcome;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
import java.util.Collections;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts acceptances of one transaction and tells what is chosen: a value is once F+1 acceptors of the list accepted it
 * in the same ballot, and then for ever. Immutable. It is the only proof of an outcome (Q8); "nobody voted" is none.
 */
public final class Tally {

    /** The instance of the registrar; no participant has an empty id. */
    private static final String REGISTRAR = "";

    private final AcceptorList acceptors;
    private final SortedMap<Claim, Support> supports;

    private Tally(AcceptorList acceptors, SortedMap<Claim, Support> supports) {
        this.acceptors = acceptors;
        this.supports = supports;
    }

    /** An instance in a ballot: it has one value. */
    private record Claim(String instance, Ballot ballot) implements Comparable<Claim> {

        private static final Comparator<Claim> ORDER =
                Comparator.comparing(Claim::instance).thenComparing(Claim::ballot);

        @Override
        public int compareTo(Claim other) {
            return ORDER.compare(this, other);
        }
    }

    /** Who accepted it: a bit for each acceptor, by its index in the list. */
    private record Support(Object value, long by) {}

    /** Nothing is accepted yet, as far as the caller knows. */
    public static Tally of(AcceptorList acceptors) {
        return new Tally(acceptors, Collections.emptySortedMap());
    }

    /** With votes that an acceptor accepted at ballot 0; who is not in the list does not count. */
    public Tally with(AcceptorId from, AcceptorReply.VotesAccepted votes) {
        SortedMap<String, BranchValue> branches = new TreeMap<>();
        votes.prepared().forEach(participant -> branches.put(participant, BranchValue.PREPARED));
        return with(from, Ballot.ZERO, votes.registered(), branches);
    }

    /** With a proposal that an acceptor accepted; who is not in the list does not count. */
    public Tally with(AcceptorId from, Ballot ballot, Proposal proposal) {
        return with(from, ballot, proposal.registrar(), proposal.branches());
    }

    private Tally with(
            AcceptorId from, Ballot ballot, RegistrarValue registrar, SortedMap<String, BranchValue> branches) {
        int index = acceptors.indexOf(from);
        if (index < 0) {
            return this;
        }
        SortedMap<Claim, Support> next = new TreeMap<>(supports);
        add(next, new Claim(REGISTRAR, ballot), registrar, index);
        branches.forEach((participant, value) -> add(next, new Claim(participant, ballot), value, index));
        return new Tally(acceptors, next);
    }

    private static void add(SortedMap<Claim, Support> supports, Claim claim, Object value, int index) {
        Support standing = supports.getOrDefault(claim, new Support(value, 0));
        if (!standing.value().equals(value)) {
            throw new IllegalStateException("Two values are accepted in " + claim + ": " + standing.value() + " and "
                    + value + "; agreement is lost");
        }
        supports.put(claim, new Support(value, standing.by() | 1L << index));
    }

    /**
     * The outcome, or null while it is not known.
     *
     * @throws IllegalStateException when both are chosen: agreement is lost, and the group must stop (Q3)
     */
    public @Nullable Outcome outcome() {
        boolean aborted = supports.entrySet().stream()
                .anyMatch(entry ->
                        isChosen(entry.getValue()) && isAbort(entry.getValue().value()));
        Registered registered = registered();
        boolean committed = registered != null
                && registered.participants().stream()
                        .allMatch(address -> isChosen(address.participant(), BranchValue.PREPARED));
        if (aborted && committed) {
            throw new IllegalStateException("COMMITTED and ABORTED are both chosen: " + supports);
        }
        if (committed) {
            return Outcome.COMMITTED;
        }
        return aborted ? Outcome.ABORTED : null;
    }

    /** J, once it is chosen; null before, and when the registrar's instance chose ABORTED. */
    public @Nullable Registered registered() {
        return supports.entrySet().stream()
                .filter(entry -> entry.getKey().instance().equals(REGISTRAR) && isChosen(entry.getValue()))
                .map(entry -> entry.getValue().value())
                .filter(Registered.class::isInstance)
                .map(Registered.class::cast)
                .findFirst()
                .orElse(null);
    }

    private boolean isChosen(String instance, Object value) {
        return supports.entrySet().stream()
                .anyMatch(entry -> entry.getKey().instance().equals(instance)
                        && isChosen(entry.getValue())
                        && entry.getValue().value().equals(value));
    }

    private boolean isChosen(Support support) {
        return Long.bitCount(support.by()) >= acceptors.majority();
    }

    private static boolean isAbort(Object value) {
        return value == BranchValue.ABORTED || value instanceof RegistrarValue.Aborted;
    }
}
