package io.assent.protocol.group;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.HeuristicKind;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The binary form of a batch of records, which is the content of one log entry: a format byte, a count, then each
 * record behind the byte of its kind. Kinds and field orders are part of the log format: they are never reused.
 */
public final class LogRecordCodec {

    /** The format that is written; every format up to it is read. */
    private static final int FORMAT = 1;

    private static final int ABSENT = -1;

    private LogRecordCodec() {}

    /** The bytes of a batch. */
    public static byte[] encode(List<? extends LogRecord> batch) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + 160 * batch.size());
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(FORMAT);
            out.writeInt(batch.size());
            for (LogRecord record : batch) {
                write(out, record);
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("A record could not be encoded", e);
        }
    }

    /**
     * The batch that these bytes hold.
     *
     * @throws UncheckedIOException when they are cut short
     * @throws IllegalArgumentException when they are of an unknown format or kind
     */
    public static List<LogRecord> decode(byte[] bytes) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            checkFormat(in.readUnsignedByte());
            int size = in.readInt();
            if (size < 0 || size > bytes.length) {
                throw new IllegalArgumentException(
                        "A log entry of " + bytes.length + " bytes holds no " + size + " records");
            }
            List<LogRecord> batch = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                batch.add(read(in));
            }
            return batch;
        } catch (IOException e) {
            throw new UncheckedIOException("A log entry is cut short", e);
        }
    }

    private static void checkFormat(int format) {
        if (format != FORMAT) {
            throw new IllegalArgumentException(
                    "The log has format " + format + ", this version reads " + FORMAT + ": run a newer version");
        }
    }

    private static void write(DataOutput out, LogRecord record) throws IOException {
        switch (record) {
            case LogRecord.Founded r -> writeFounded(out, r);
            case LogRecord.Enrolled r -> writeEnrolled(out, r);
            case LogRecord.Decided r -> {
                start(out, 3, r);
                writeMembers(out, r.members());
                out.writeLong(r.decidedAt());
            }
            case LogRecord.Aborted r -> start(out, 4, r);
            case LogRecord.Adopted r -> start(out, 5, r);
            case LogRecord.OnePhase r -> {
                start(out, 6, r);
                writeMember(out, r.member());
                out.writeLong(r.createdAt());
                out.writeLong(r.deadline());
            }
            case LogRecord.OnePhaseResult r -> {
                start(out, 7, r);
                out.writeByte(r.outcome().code());
                out.writeLong(r.decidedAt());
            }
            case LogRecord.Learned r -> {
                start(out, 12, r);
                writeMembers(out, r.members());
                out.writeByte(r.outcome().code());
                out.writeLong(r.decidedAt());
            }
            case LogRecord.Acknowledged r -> {
                start(out, 8, r);
                writeTexts(out, r.participants());
            }
            case LogRecord.HeuristicReported r -> {
                start(out, 9, r);
                out.writeUTF(r.participant());
                out.writeByte(r.kind().code());
            }
            case LogRecord.HeuristicResolved r -> {
                start(out, 10, r);
                out.writeUTF(r.participant());
                out.writeUTF(r.operator());
            }
            case LogRecord.Forgotten r -> {
                out.writeByte(11);
                writeHorizon(out, r.horizon());
                writeMark(out, r.mark());
            }
            case LogRecord.Acceptors r -> {
                out.writeByte(13);
                writeAcceptors(out, r.acceptors());
            }
            case LogRecord.Holders r -> {
                out.writeByte(14);
                writeTexts(out, r.replicas());
            }
        }
    }

    private static void start(DataOutput out, int kind, LogRecord.OfTransaction record) throws IOException {
        out.writeByte(kind);
        writeId(out, record.transaction());
    }

    private static LogRecord read(DataInput in) throws IOException {
        int kind = in.readUnsignedByte();
        return switch (kind) {
            case 1 -> readFounded(in);
            case 2 -> readEnrolled(in);
            case 3 -> new LogRecord.Decided(readId(in), readMembers(in), in.readLong());
            case 4 -> new LogRecord.Aborted(readId(in));
            case 5 -> new LogRecord.Adopted(readId(in));
            case 6 -> new LogRecord.OnePhase(readId(in), readMember(in), in.readLong(), in.readLong());
            case 7 -> new LogRecord.OnePhaseResult(readId(in), Outcome.ofCode(in.readUnsignedByte()), in.readLong());
            case 8 -> new LogRecord.Acknowledged(readId(in), readTexts(in));
            case 9 ->
                new LogRecord.HeuristicReported(readId(in), in.readUTF(), HeuristicKind.ofCode(in.readUnsignedByte()));
            case 10 -> new LogRecord.HeuristicResolved(readId(in), in.readUTF(), in.readUTF());
            case 11 -> new LogRecord.Forgotten(readHorizon(in), readMark(in));
            case 12 ->
                new LogRecord.Learned(
                        readId(in), readMembers(in), Outcome.ofCode(in.readUnsignedByte()), in.readLong());
            case 13 -> new LogRecord.Acceptors(readAcceptors(in));
            case 14 -> new LogRecord.Holders(readTexts(in));
            default ->
                throw new IllegalArgumentException("The log holds a record of kind " + kind + ", which this version"
                        + " does not know: run a newer version");
        };
    }

    static void writeFounded(DataOutput out, LogRecord.Founded record) throws IOException {
        out.writeByte(1);
        out.writeLong(record.incarnation());
        out.write(record.key().toByteArray());
        out.writeLong(record.replaces());
        out.writeInt(record.slots().size());
        for (SlotRange range : record.slots()) {
            out.writeShort(range.from());
            out.writeShort(range.to());
        }
    }

    static LogRecord.Founded readFounded(DataInput in) throws IOException {
        long incarnation = in.readLong();
        byte[] key = new byte[IncarnationKey.LENGTH];
        in.readFully(key);
        long replaces = in.readLong();
        int size = in.readInt();
        List<SlotRange> slots = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            slots.add(new SlotRange(in.readUnsignedShort(), in.readUnsignedShort()));
        }
        return new LogRecord.Founded(incarnation, new IncarnationKey(key), replaces, slots);
    }

    private static void writeEnrolled(DataOutput out, LogRecord.Enrolled record) throws IOException {
        start(out, 2, record);
        writeNullableMembers(out, record.members());
        out.writeLong(record.createdAt());
        out.writeLong(record.deadline());
        writeNullable(out, record.key());
        writeNullable(out, record.digest());
    }

    private static LogRecord readEnrolled(DataInput in) throws IOException {
        return new LogRecord.Enrolled(
                readId(in), readNullableMembers(in), in.readLong(), in.readLong(), readNullable(in), readNullable(in));
    }

    static void writeId(DataOutput out, TransactionId id) throws IOException {
        out.write(id.toByteArray());
    }

    static TransactionId readId(DataInput in) throws IOException {
        byte[] bytes = new byte[TransactionId.LENGTH];
        in.readFully(bytes);
        return TransactionId.ofBytes(bytes);
    }

    static void writeHorizon(DataOutput out, Horizon horizon) throws IOException {
        out.writeLong(horizon.term());
        out.writeLong(horizon.sequence());
    }

    static Horizon readHorizon(DataInput in) throws IOException {
        return new Horizon(in.readLong(), in.readLong());
    }

    static void writeMark(DataOutput out, Mark mark) throws IOException {
        out.writeLong(mark.at());
        writeHorizon(out, mark.born());
    }

    static Mark readMark(DataInput in) throws IOException {
        return new Mark(in.readLong(), readHorizon(in));
    }

    static void writeAcceptors(DataOutput out, AcceptorList acceptors) throws IOException {
        out.writeByte(acceptors.size());
        for (AcceptorList.Entry acceptor : acceptors.acceptors()) {
            out.writeUTF(acceptor.id().replica());
            out.writeLong(acceptor.id().incarnation());
            out.writeUTF(acceptor.url());
        }
    }

    static AcceptorList readAcceptors(DataInput in) throws IOException {
        int size = in.readUnsignedByte();
        List<AcceptorList.Entry> acceptors = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            acceptors.add(new AcceptorList.Entry(new AcceptorId(in.readUTF(), in.readLong()), in.readUTF()));
        }
        return new AcceptorList(acceptors);
    }

    static void writeNullableMembers(DataOutput out, @Nullable List<Member> members) throws IOException {
        if (members == null) {
            out.writeInt(ABSENT);
        } else {
            writeMembers(out, members);
        }
    }

    static @Nullable List<Member> readNullableMembers(DataInput in) throws IOException {
        int size = in.readInt();
        return size == ABSENT ? null : readMembers(in, size);
    }

    private static void writeMembers(DataOutput out, List<Member> members) throws IOException {
        out.writeInt(members.size());
        for (Member member : members) {
            writeMember(out, member);
        }
    }

    private static List<Member> readMembers(DataInput in) throws IOException {
        return readMembers(in, in.readInt());
    }

    private static List<Member> readMembers(DataInput in, int size) throws IOException {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            members.add(readMember(in));
        }
        return members;
    }

    private static void writeMember(DataOutput out, Member member) throws IOException {
        out.writeUTF(member.participant());
        out.writeUTF(member.endpoint());
        writeNullable(out, member.fallbackEndpoint());
        int protocols = 0;
        for (Protocol protocol : member.protocols()) {
            protocols |= 1 << protocol.code();
        }
        out.writeByte(protocols);
        out.writeBoolean(member.onePhase());
        writeNullable(out, member.token());
        Integer calls = member.calls();
        out.writeInt(calls == null ? ABSENT : calls);
        Vote vote = member.vote();
        out.writeByte(vote == null ? ABSENT : vote.code());
    }

    private static Member readMember(DataInput in) throws IOException {
        String participant = in.readUTF();
        String endpoint = in.readUTF();
        String fallbackEndpoint = readNullable(in);
        int codes = in.readUnsignedByte();
        List<Protocol> protocols = new ArrayList<>();
        for (Protocol protocol : Protocol.values()) {
            if ((codes & 1 << protocol.code()) != 0) {
                protocols.add(protocol);
            }
        }
        boolean onePhase = in.readBoolean();
        String token = readNullable(in);
        int calls = in.readInt();
        int vote = in.readByte();
        return new Member(
                participant,
                endpoint,
                fallbackEndpoint,
                protocols,
                onePhase,
                token,
                calls == ABSENT ? null : calls,
                vote == ABSENT ? null : Vote.ofCode(vote));
    }

    static void writeTexts(DataOutput out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            out.writeUTF(text);
        }
    }

    static List<String> readTexts(DataInput in) throws IOException {
        int size = in.readInt();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            texts.add(in.readUTF());
        }
        return texts;
    }

    private static void writeNullable(DataOutput out, @Nullable String text) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            out.writeUTF(text);
        }
    }

    private static @Nullable String readNullable(DataInput in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }
}
