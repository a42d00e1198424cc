package io.assent.protocol.simulation;

import io.assent.protocol.group.Fact;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.GroupStateCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One replica of the log: what it keeps on disk, what it forgets when it crashes, and the state that it applies. */
final class Replica {

    /** One entry: an encoded batch, empty where a term begins. */
    static final class Entry {
        private final long term;
        private final byte[] payload;

        Entry(long term, byte[] payload) {
            this.term = term;
            this.payload = payload;
        }

        long term() {
            return term;
        }

        byte[] payload() {
            return payload;
        }

        byte[] toByteArray() {
            return ByteBuffer.allocate(Long.BYTES + payload.length)
                    .putLong(term)
                    .put(payload)
                    .array();
        }
    }

    /** Who is told what becomes of an entry that this replica took in. */
    interface Submission {
        void applied(long term, List<Fact> facts);

        /** The entry is gone from this replica's log, or the replica stopped leading: nobody knows more here. */
        void lost();
    }

    private record Pending(long term, Submission submission) {}

    /** A snapshot: the state after the entry at {@code index}. */
    static final class Snapshot {
        private final int index;
        private final long term;
        private final byte[] bytes;

        Snapshot(int index, long term, byte[] bytes) {
            this.index = index;
            this.term = term;
            this.bytes = bytes;
        }

        int index() {
            return index;
        }

        long term() {
            return term;
        }
    }

    private static final int GROUP = 0;

    final int id;
    boolean up = true;

    // On disk.
    long term;
    Snapshot snapshot = new Snapshot(0, 0, new byte[0]);
    private final List<Entry> entries = new ArrayList<>();
    int flushed;

    // In memory.
    boolean leading;
    boolean ready;
    int commitIndex;
    int appliedIndex;
    long lastHeard;
    final int[] next;
    final int[] match;
    boolean applying;
    private GroupState state = new GroupState(GROUP);
    private final TreeMap<Integer, Pending> pending = new TreeMap<>();

    Replica(int id, int nodes) {
        this.id = id;
        next = new int[nodes];
        match = new int[nodes];
    }

    GroupState state() {
        return state;
    }

    int lastIndex() {
        return snapshot.index() + entries.size();
    }

    /** The term of the entry at this index, which must not be below the snapshot. */
    long termAt(int index) {
        return index == snapshot.index() ? snapshot.term() : entry(index).term();
    }

    Entry entry(int index) {
        return entries.get(index - snapshot.index() - 1);
    }

    /** A copy of up to {@code limit} entries from {@code from} on. */
    List<Entry> entriesFrom(int from, int limit) {
        int start = from - snapshot.index() - 1;
        return new ArrayList<>(entries.subList(start, Math.min(entries.size(), start + limit)));
    }

    /** Whether a candidate with this last entry may have the vote of this replica. */
    boolean wouldVoteFor(long lastTerm, int lastIndex) {
        long own = termAt(lastIndex());
        return lastTerm > own || (lastTerm == own && lastIndex >= lastIndex());
    }

    /** Appends to the own log, as a leader. */
    int append(Entry entry, @Nullable Submission submission) {
        entries.add(entry);
        if (submission != null) {
            pending.put(lastIndex(), new Pending(entry.term(), submission));
        }
        return lastIndex();
    }

    /** Takes a leader's entries behind {@code previous}; what contradicts them goes. */
    void take(int previous, List<Entry> news) {
        int index = previous;
        for (Entry entry : news) {
            index++;
            if (index <= snapshot.index()) {
                continue;
            }
            if (index <= lastIndex() && termAt(index) != entry.term()) {
                truncate(index);
            }
            if (index > lastIndex()) {
                entries.add(entry);
            }
        }
        flushed = Math.max(flushed, lastIndex());
    }

    boolean contradicts(int previous, List<Entry> news) {
        for (int i = 0; i < news.size(); i++) {
            int index = previous + 1 + i;
            if (index > snapshot.index()
                    && index <= lastIndex()
                    && termAt(index) != news.get(i).term()) {
                return true;
            }
        }
        return false;
    }

    private void truncate(int from) {
        entries.subList(from - snapshot.index() - 1, entries.size()).clear();
        flushed = Math.min(flushed, lastIndex());
        List<Pending> gone = new ArrayList<>(pending.tailMap(from, true).values());
        pending.tailMap(from, true).clear();
        gone.forEach(p -> p.submission().lost());
    }

    @Nullable
    Submission submissionAt(int index, long entryTerm) {
        Pending waiting = pending.remove(index);
        if (waiting == null) {
            return null;
        }
        if (waiting.term() != entryTerm) {
            waiting.submission().lost();
            return null;
        }
        return waiting.submission();
    }

    void stopLeading() {
        leading = false;
        ready = false;
    }

    /** Drops the log up to what is applied, behind a snapshot of it. */
    void compact() {
        if (appliedIndex > snapshot.index()) {
            Snapshot taken = new Snapshot(appliedIndex, termAt(appliedIndex), write(state));
            entries.subList(0, appliedIndex - snapshot.index()).clear();
            snapshot = taken;
            flushed = Math.max(flushed, appliedIndex);
        }
    }

    /** Replaces everything below the snapshot of a leader by it. */
    void install(Snapshot taken) {
        boolean fits = taken.index() <= lastIndex()
                && taken.index() >= snapshot.index()
                && termAt(taken.index()) == taken.term();
        if (fits) {
            entries.subList(0, taken.index() - snapshot.index()).clear();
        } else {
            truncate(snapshot.index() + 1);
        }
        snapshot = taken;
        state = read(taken.bytes);
        appliedIndex = taken.index();
        commitIndex = Math.max(commitIndex, taken.index());
        flushed = Math.max(taken.index(), Math.min(flushed, lastIndex()));
        pending.headMap(taken.index(), true).clear();
    }

    /** What is written and not flushed. */
    List<Entry> unflushed() {
        return entriesFrom(Math.max(flushed, snapshot.index()) + 1, entries.size());
    }

    /** Loses what was not flushed, or some of it survives by chance. */
    void crash(int kept) {
        up = false;
        stopLeading();
        int survivors = Math.min(lastIndex(), flushed + kept);
        if (survivors < lastIndex()) {
            pending.clear();
            truncate(survivors + 1);
        }
        pending.clear();
        flushed = lastIndex();
        commitIndex = snapshot.index();
        appliedIndex = snapshot.index();
        state = snapshot.bytes.length == 0 ? new GroupState(GROUP) : read(snapshot.bytes);
    }

    static byte[] write(GroupState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            GroupStateCodec.write(state, new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static GroupState read(byte[] bytes) {
        try {
            return GroupStateCodec.read(new DataInputStream(new ByteArrayInputStream(bytes)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
