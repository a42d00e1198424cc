package io.assent.protocol.paxoscommit;

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
     * The ballot of a proposer in a round. Use {@link AcceptorList#ballot}, which knows size and index.
     *
     * @param round 1 or more, durably taken by the proposer before it is used
     * @throws IllegalArgumentException when the round is 0 or the index is not one of the list
     */
    static Ballot of(long round, int acceptors, int index) {
        if (round < 1 || index < 0 || index >= acceptors) {
            throw new IllegalArgumentException(
                    "No ballot in round " + round + " for index " + index + " of " + acceptors + " acceptors");
        }
        return new Ballot(Math.addExact(Math.multiplyExact(round, acceptors), index));
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
