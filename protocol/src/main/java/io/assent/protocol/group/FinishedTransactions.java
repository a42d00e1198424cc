package io.assent.protocol.group;

import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * The outcomes of finished transactions, four bytes each: two bits of outcome and the number of an interned list of
 * members. One thread writes, any thread reads.
 */
final class FinishedTransactions {

    /** How many lists of members can be told apart: a cell has 30 bits for the number of one. */
    static final int MAX_LISTS = (1 << 30) - 1;

    private static final int SEGMENT_BITS = 10;
    private static final int SEGMENT_SIZE = 1 << SEGMENT_BITS;
    private static final int SEQUENCE_BITS = 32 - SEGMENT_BITS;

    private final ConcurrentNavigableMap<Long, AtomicIntegerArray> segments = new ConcurrentSkipListMap<>();
    private final ConcurrentNavigableMap<Integer, List<MemberVote>> memberLists = new ConcurrentSkipListMap<>();
    private final Map<List<MemberVote>, Interned> interned = new LinkedHashMap<>();
    private int lastNumber;
    private volatile long size;

    FinishedTransactions() {
        this(0);
    }

    /** One that has given its lists the numbers up to this one before. */
    FinishedTransactions(int lastNumber) {
        this.lastNumber = lastNumber;
    }

    /** A use-counted list of members. */
    private static final class Interned {
        private final int number;
        private long uses;

        Interned(int number) {
            this.number = number;
        }
    }

    /** Receives every finished transaction, in the order of birth. */
    interface Visitor {
        void visit(Horizon birth, Outcome outcome, List<MemberVote> members);
    }

    /** How many outcomes are held. */
    long size() {
        return size;
    }

    /** What is known of the transaction born then, or null. */
    Standing.@Nullable Finished get(TransactionId id) {
        return get(Horizon.of(id));
    }

    private Standing.@Nullable Finished get(Horizon birth) {
        AtomicIntegerArray segment = segments.get(segmentOf(birth));
        return segment == null ? null : finished(segment.get(offsetOf(birth)));
    }

    private Standing.@Nullable Finished finished(int cell) {
        if (cell == 0) {
            return null;
        }
        List<MemberVote> members = memberLists.get(cell >>> 2);
        // Forgotten between the two reads: the horizon, which the caller reads next, stands above it by now.
        return members == null ? null : new Standing.Finished(Outcome.ofCode(cell & 3), members);
    }

    /** Keeps an outcome; one that is there already stays. */
    void put(Horizon birth, Outcome outcome, List<MemberVote> members) {
        AtomicIntegerArray segment =
                segments.computeIfAbsent(segmentOf(birth), any -> new AtomicIntegerArray(SEGMENT_SIZE));
        if (segment.get(offsetOf(birth)) == 0) {
            segment.set(offsetOf(birth), intern(members) << 2 | outcome.code());
            setSize(size + 1);
        }
    }

    /** Drops every outcome at or below the horizon. */
    void forget(Horizon horizon) {
        long last = segmentOf(horizon);
        for (Map.Entry<Long, AtomicIntegerArray> entry :
                List.copyOf(segments.headMap(last, true).entrySet())) {
            int end = entry.getKey() == last ? offsetOf(horizon) : SEGMENT_SIZE - 1;
            for (int offset = 0; offset <= end; offset++) {
                clear(entry.getValue(), offset);
            }
            if (entry.getKey() < last) {
                segments.remove(entry.getKey());
            }
        }
    }

    /** Drops everything. */
    void clear() {
        segments.clear();
        memberLists.clear();
        interned.clear();
        setSize(0);
    }

    void forEach(Visitor visitor) {
        for (Map.Entry<Long, AtomicIntegerArray> entry : segments.entrySet()) {
            long term = entry.getKey() >>> SEQUENCE_BITS;
            long first = (entry.getKey() & (1L << SEQUENCE_BITS) - 1) << SEGMENT_BITS;
            for (int offset = 0; offset < SEGMENT_SIZE; offset++) {
                Standing.Finished finished = finished(entry.getValue().get(offset));
                if (finished != null) {
                    visitor.visit(new Horizon(term, first + offset), finished.outcome(), finished.members());
                }
            }
        }
    }

    /** The different lists of members, in the order of their first use by {@link #forEach}. */
    List<List<MemberVote>> memberLists() {
        Map<List<MemberVote>, Boolean> seen = new LinkedHashMap<>();
        forEach((birth, outcome, members) -> seen.put(members, true));
        return new ArrayList<>(seen.keySet());
    }

    private void clear(AtomicIntegerArray segment, int offset) {
        int cell = segment.get(offset);
        if (cell == 0) {
            return;
        }
        segment.set(offset, 0);
        setSize(size - 1);
        List<MemberVote> members = memberLists.get(cell >>> 2);
        Interned list = members == null ? null : interned.get(members);
        if (list != null && --list.uses == 0) {
            interned.remove(members);
            memberLists.remove(list.number);
        }
    }

    // One thread writes: the increment needs no atomicity, only visibility.
    private void setSize(long newSize) {
        size = newSize;
    }

    private int intern(List<MemberVote> members) {
        Interned list = interned.get(members);
        if (list == null) {
            list = new Interned(nextNumber());
            List<MemberVote> copy = List.copyOf(members);
            interned.put(copy, list);
            memberLists.put(list.number, copy);
        }
        list.uses++;
        return list.number;
    }

    /** Numbers are used again only after all others: a reader may still hold an old cell. */
    private int nextNumber() {
        do {
            lastNumber = lastNumber % MAX_LISTS + 1;
        } while (memberLists.containsKey(lastNumber));
        return lastNumber;
    }

    private static long segmentOf(Horizon birth) {
        return birth.term() << SEQUENCE_BITS | birth.sequence() >>> SEGMENT_BITS;
    }

    private static int offsetOf(Horizon birth) {
        return (int) birth.sequence() & SEGMENT_SIZE - 1;
    }
}
