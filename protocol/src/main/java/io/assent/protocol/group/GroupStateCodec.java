package io.assent.protocol.group;

import io.assent.protocol.AcceptorList;
import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The binary form of a {@link GroupState}: the content of a snapshot. Equal states have equal bytes, on every replica.
 * The writer must be the thread that applies, or hold it still.
 */
public final class GroupStateCodec {

    /** The first format did not tell who has had data. */
    private static final int WITHOUT_HOLDERS = 1;

    /** The format that is written. */
    private static final int FORMAT = 2;

    private GroupStateCodec() {}

    /**
     * Writes a snapshot.
     *
     * @throws IOException when {@code out} fails
     */
    public static void write(GroupState state, DataOutput out) throws IOException {
        out.writeByte(FORMAT);
        out.writeShort(state.group());
        LogRecord.Founded founded = state.founded();
        out.writeBoolean(founded != null);
        if (founded != null) {
            LogRecordCodec.writeFounded(out, founded);
        }
        out.writeLong(state.lastTerm());
        LogRecordCodec.writeHorizon(out, state.horizon());
        List<Mark> marks = state.marks();
        out.writeInt(marks.size());
        for (Mark mark : marks) {
            LogRecordCodec.writeMark(out, mark);
        }
        out.writeInt(state.open().size());
        for (OpenTransaction transaction : state.open()) {
            writeOpen(out, transaction);
        }
        writeKeys(out, state.keys());
        out.writeInt(state.acceptors().all().size());
        for (Map.Entry<Long, AcceptorList> list : state.acceptors().all().entrySet()) {
            out.writeLong(list.getKey());
            LogRecordCodec.writeAcceptors(out, list.getValue());
        }
        writeFinished(out, state.finished());
        LogRecordCodec.writeTexts(out, List.copyOf(state.holders()));
    }

    /**
     * Reads a snapshot into a new state.
     *
     * @throws IOException when {@code in} fails or is cut short
     * @throws IllegalArgumentException when it is of an unknown format
     */
    public static GroupState read(DataInput in) throws IOException {
        int format = in.readUnsignedByte();
        if (format != FORMAT && format != WITHOUT_HOLDERS) {
            throw new IllegalArgumentException("The snapshot has format " + format + ", this version reads "
                    + WITHOUT_HOLDERS + " and " + FORMAT + ": run a newer version");
        }
        GroupState state = new GroupState(in.readUnsignedShort());
        LogRecord.Founded founded = null;
        if (in.readBoolean()) {
            in.readUnsignedByte();
            founded = LogRecordCodec.readFounded(in);
        }
        long lastTerm = in.readLong();
        Horizon horizon = LogRecordCodec.readHorizon(in);
        int markCount = in.readInt();
        List<Mark> marks = new ArrayList<>();
        for (int i = 0; i < markCount; i++) {
            marks.add(LogRecordCodec.readMark(in));
        }
        int openCount = in.readInt();
        List<OpenTransaction> open = new ArrayList<>();
        for (int i = 0; i < openCount; i++) {
            open.add(readOpen(in));
        }
        NavigableMap<String, GroupState.KeyedBegin> keys = readKeys(in);
        int listCount = in.readInt();
        SortedMap<Long, AcceptorList> acceptors = new TreeMap<>();
        for (int i = 0; i < listCount; i++) {
            acceptors.put(in.readLong(), LogRecordCodec.readAcceptors(in));
        }
        readFinished(in, state.finished());
        List<String> holders = format == WITHOUT_HOLDERS ? List.of() : LogRecordCodec.readTexts(in);
        state.restore(new Restored(founded, horizon, lastTerm, marks, open, keys, acceptors, holders));
        return state;
    }

    /** The parts of a snapshot, but for the finished transactions. */
    record Restored(
            LogRecord.@Nullable Founded founded,
            Horizon horizon,
            long lastTerm,
            List<Mark> marks,
            List<OpenTransaction> open,
            NavigableMap<String, GroupState.KeyedBegin> keys,
            SortedMap<Long, AcceptorList> acceptors,
            List<String> holders) {}

    private static void writeOpen(DataOutput out, OpenTransaction transaction) throws IOException {
        LogRecordCodec.writeId(out, transaction.id());
        out.writeByte(transaction.phase().code());
        out.writeLong(transaction.owner());
        LogRecordCodec.writeNullableMembers(out, transaction.members());
        out.writeLong(transaction.createdAt());
        out.writeLong(transaction.deadline());
        out.writeLong(transaction.decidedAt());
        LogRecordCodec.writeTexts(out, transaction.acknowledged());
        out.writeInt(transaction.heuristics().size());
        for (HeuristicOutcome heuristic : transaction.heuristics()) {
            out.writeUTF(heuristic.participant());
            out.writeByte(heuristic.kind().code());
            out.writeBoolean(heuristic.resolved());
        }
    }

    private static OpenTransaction readOpen(DataInput in) throws IOException {
        TransactionId id = LogRecordCodec.readId(in);
        OpenTransaction bare = new OpenTransaction(
                id,
                OpenTransaction.Phase.ofCode(in.readUnsignedByte()),
                in.readLong(),
                LogRecordCodec.readNullableMembers(in),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                LogRecordCodec.readTexts(in),
                List.of());
        int heuristics = in.readInt();
        OpenTransaction transaction = bare;
        for (int i = 0; i < heuristics; i++) {
            transaction = transaction.withHeuristic(
                    new HeuristicOutcome(in.readUTF(), HeuristicKind.ofCode(in.readUnsignedByte()), in.readBoolean()));
        }
        return transaction;
    }

    private static void writeKeys(DataOutput out, NavigableMap<String, GroupState.KeyedBegin> keys) throws IOException {
        out.writeInt(keys.size());
        for (Map.Entry<String, GroupState.KeyedBegin> entry : keys.entrySet()) {
            out.writeUTF(entry.getKey());
            LogRecordCodec.writeId(out, entry.getValue().transaction());
            out.writeUTF(entry.getValue().digest());
        }
    }

    private static NavigableMap<String, GroupState.KeyedBegin> readKeys(DataInput in) throws IOException {
        int size = in.readInt();
        NavigableMap<String, GroupState.KeyedBegin> keys = new TreeMap<>();
        for (int i = 0; i < size; i++) {
            keys.put(in.readUTF(), new GroupState.KeyedBegin(LogRecordCodec.readId(in), in.readUTF()));
        }
        return keys;
    }

    private static void writeFinished(DataOutput out, FinishedTransactions finished) throws IOException {
        List<List<MemberVote>> lists = finished.memberLists();
        Map<List<MemberVote>, Integer> numbers = new LinkedHashMap<>();
        out.writeInt(lists.size());
        for (List<MemberVote> list : lists) {
            numbers.put(list, numbers.size());
            out.writeInt(list.size());
            for (MemberVote member : list) {
                out.writeUTF(member.participant());
                out.writeByte(member.vote().code());
            }
        }
        out.writeLong(finished.size());
        try {
            finished.forEach(
                    (birth, outcome, members) -> writeOutcome(out, birth, outcome, numbers.getOrDefault(members, 0)));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void writeOutcome(DataOutput out, Horizon birth, Outcome outcome, int list) {
        try {
            out.writeInt((int) birth.term());
            out.writeInt((int) birth.sequence());
            out.writeInt(list << 2 | outcome.code());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void readFinished(DataInput in, FinishedTransactions finished) throws IOException {
        int listCount = in.readInt();
        List<List<MemberVote>> lists = new ArrayList<>();
        for (int i = 0; i < listCount; i++) {
            int size = in.readInt();
            List<MemberVote> list = new ArrayList<>();
            for (int m = 0; m < size; m++) {
                list.add(new MemberVote(in.readUTF(), Vote.ofCode(in.readUnsignedByte())));
            }
            lists.add(list);
        }
        long count = in.readLong();
        for (long i = 0; i < count; i++) {
            Horizon birth = new Horizon(Integer.toUnsignedLong(in.readInt()), Integer.toUnsignedLong(in.readInt()));
            int cell = in.readInt();
            finished.put(birth, Outcome.ofCode(cell & 3), lists.get(cell >>> 2));
        }
    }
}
