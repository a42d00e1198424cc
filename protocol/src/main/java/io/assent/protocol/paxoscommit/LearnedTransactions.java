package io.assent.protocol.paxoscommit;

import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Horizon;
import java.util.BitSet;
import java.util.Comparator;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Transactions whose outcome is in the log, one bit for each: an acceptor has to know of them until the horizon has
 * passed, or it would take their ballots for those of transactions of which nobody has heard, but no more than that.
 */
final class LearnedTransactions {

    /** Births whose bits are kept, and dropped, together: 8 KiB at most. */
    private static final int TOGETHER = 1 << 16;

    private final NavigableMap<Chunk, BitSet> chunks = new TreeMap<>();

    /** Consecutive births of a term. */
    private record Chunk(long incarnation, long term, long number) implements Comparable<Chunk> {

        private static final Comparator<Chunk> ORDER = Comparator.comparingLong(Chunk::incarnation)
                .thenComparingLong(Chunk::term)
                .thenComparingLong(Chunk::number);

        static Chunk of(TransactionId id) {
            return new Chunk(id.incarnation(), id.birthTerm(), id.sequence() / TOGETHER);
        }

        Horizon lastBirth() {
            return new Horizon(term, (number + 1) * TOGETHER - 1);
        }

        @Override
        public int compareTo(Chunk other) {
            return ORDER.compare(this, other);
        }
    }

    void add(TransactionId id) {
        chunks.computeIfAbsent(Chunk.of(id), chunk -> new BitSet()).set(bit(id));
    }

    boolean contains(TransactionId id) {
        BitSet bits = chunks.get(Chunk.of(id));
        return bits != null && bits.get(bit(id));
    }

    /** Drops what was born until then, but for a rest that costs no more than one chunk. */
    void forget(long incarnation, Horizon horizon) {
        chunks.subMap(new Chunk(incarnation, 0, 0), true, new Chunk(incarnation, horizon.term(), Long.MAX_VALUE), true)
                .keySet()
                .removeIf(chunk -> chunk.lastBirth().compareTo(horizon) <= 0);
    }

    /** How many chunks are kept. */
    int chunks() {
        return chunks.size();
    }

    private static int bit(TransactionId id) {
        return (int) (id.sequence() % TOGETHER);
    }
}
