package io.assent.protocol.group;

import io.assent.protocol.AcceptorList;
import java.util.Collections;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The acceptors of the transactions born in each term, as the log fixes them once for the term, before the first of
 * them is born (Q2). A term without a list has no transaction of PAXOS_COMMIT. One thread writes, any may read.
 */
public final class AcceptorLists {

    private final ConcurrentNavigableMap<Long, AcceptorList> byTerm = new ConcurrentSkipListMap<>();

    /** The acceptors of what was born in this term, or null when the log names none. */
    public @Nullable AcceptorList of(long term) {
        return byTerm.get(term);
    }

    /** All lists that may still be needed, by term; a live view. */
    public SortedMap<Long, AcceptorList> all() {
        return Collections.unmodifiableSortedMap(byTerm);
    }

    /** The first list of a term stands. */
    void put(long term, AcceptorList acceptors) {
        byTerm.putIfAbsent(term, acceptors);
    }

    /** Drops the lists of terms in which everything born is forgotten; the last one stays, to be compared with. */
    void forget(Horizon horizon) {
        if (!byTerm.isEmpty()) {
            byTerm.headMap(Math.min(horizon.term(), byTerm.lastKey())).clear();
        }
    }

    void clear() {
        byTerm.clear();
    }
}
