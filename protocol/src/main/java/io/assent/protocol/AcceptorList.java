package io.assent.protocol;

import java.util.Collection;
import java.util.List;

/**
 * The acceptors of a transaction: the 2F+1 replicas of its home group as the first record of its birth term lists them,
 * whatever the members of the group are today (Q2). Majorities are counted in it, by identity with incarnation.
 *
 * @param acceptors one for each replica, in the order of that record, which numbers them from 0
 */
public record AcceptorList(List<Entry> acceptors) {

    /** So that a set of acceptors fits a word; far more than a group has replicas. */
    private static final int MOST = 63;

    /**
     * One acceptor.
     *
     * @param url where its node is reached
     */
    public record Entry(AcceptorId id, String url) {}

    public AcceptorList {
        acceptors = List.copyOf(acceptors);
        long replicas =
                acceptors.stream().map(entry -> entry.id().replica()).distinct().count();
        if (acceptors.isEmpty() || acceptors.size() > MOST || replicas != acceptors.size()) {
            throw new IllegalArgumentException(
                    "1 to " + MOST + " acceptors, each of another replica, are a list: " + acceptors);
        }
    }

    /** How many there are. */
    public int size() {
        return acceptors.size();
    }

    /** F+1: how many must accept. */
    public int majority() {
        return acceptors.size() / 2 + 1;
    }

    /** The position of an acceptor, -1 when it is not in the list; another incarnation is not. */
    public int indexOf(AcceptorId id) {
        for (int i = 0; i < acceptors.size(); i++) {
            if (acceptors.get(i).id().equals(id)) {
                return i;
            }
        }
        return -1;
    }

    /** Whether it is in the list, with this incarnation. */
    public boolean contains(AcceptorId id) {
        return indexOf(id) >= 0;
    }

    /** Whether these contain F+1 acceptors of the list; others do not count. */
    public boolean isMajority(Collection<AcceptorId> ids) {
        return ids.stream().distinct().filter(this::contains).count() >= majority();
    }
}
