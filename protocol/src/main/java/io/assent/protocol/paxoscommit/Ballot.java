package io.assent.protocol.paxoscommit;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;

/**
 * A ballot of one transaction. Ballot 0 belongs to the participants and the leader that began the transaction, and it
 * carries PREPARED only (Q5). Every other one is {@code round * acceptors + index}: its proposer is the acceptor with
 * that index in the transaction's own {@link AcceptorList}, and no two proposers share one. Rounds begin at 1, so that
 * even the acceptor with index 0 is above ballot 0.
 *
 * @param number 0 or more
 */
public record Ballot(long number) implements Comparable<Ballot> {

    /** The ballot of the votes. */
    public static final Ballot ZERO = new Ballot(0);

    public Ballot {
        if (number < 0) {
            throw new IllegalArgumentException("A ballot is 0 or more, not " + number);
        }
    }

    /**
     * The ballot of a proposer in a round.
     *
     * @param acceptors those of the transaction
     * @param round 1 or more, one that the proposer's own storage holds as taken ({@link AcceptorRequest.TakeRounds})
     * @param proposer must be in the list: a replica that is not has no ballot and leaves recovery to one that is
     * @throws IllegalArgumentException when it is not, or the round is 0
     */
    public static Ballot of(AcceptorList acceptors, long round, AcceptorId proposer) {
        int index = acceptors.indexOf(proposer);
        if (index < 0) {
            throw new IllegalArgumentException("The replica " + proposer + " is not among the acceptors "
                    + acceptors.acceptors() + ", so it has no ballot of its own: one of them must propose");
        }
        return of(round, acceptors.size(), index);
    }

    private static Ballot of(long round, int acceptors, int index) {
        if (round < 1) {
            throw new IllegalArgumentException("Rounds begin at 1, and this is " + round);
        }
        return new Ballot(Math.addExact(Math.multiplyExact(round, acceptors), index));
    }

    /** The first round whose ballots, among these acceptors, are all above this one. */
    public long roundAbove(AcceptorList acceptors) {
        return number / acceptors.size() + 1;
    }

    /** Whether it is the ballot of the votes. */
    public boolean isZero() {
        return number == 0;
    }

    /** Whether this one is higher. */
    public boolean isAbove(Ballot other) {
        return number > other.number;
    }

    /** The higher of two. */
    static Ballot max(Ballot one, Ballot other) {
        return one.isAbove(other) ? one : other;
    }

    @Override
    public int compareTo(Ballot other) {
        return Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return Long.toString(number);
    }
}
