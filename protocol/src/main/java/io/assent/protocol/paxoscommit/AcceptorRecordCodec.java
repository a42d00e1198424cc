package io.assent.protocol.paxoscommit;

import io.assent.protocol.TransactionId;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.paxoscommit.RegistrarValue.Registered;
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
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The binary form of a batch of acceptor records: a format byte, a count, then each record behind the byte of its kind.
 * Kinds and field orders are part of the format: they are never reused. Checksums are the storage's business.
 */
public final class AcceptorRecordCodec {

    /** The format that is written; every format up to it is read. */
    static final int FORMAT = 1;

    private static final int NO_REGISTRAR = 0;
    private static final int REGISTERED = 1;
    private static final int REGISTRAR_ABORTED = 2;

    private AcceptorRecordCodec() {}

    /** The bytes of a batch. */
    public static byte[] encode(List<? extends AcceptorRecord> batch) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(16 + 192 * batch.size());
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(FORMAT);
            out.writeInt(batch.size());
            for (AcceptorRecord record : batch) {
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
     * @throws IllegalArgumentException when they are of an unknown format or kind, or more than the batch
     */
    public static List<AcceptorRecord> decode(byte[] bytes) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            int format = in.readUnsignedByte();
            if (format != FORMAT) {
                throw new IllegalArgumentException("The acceptor's records have format " + format
                        + ", this version reads " + FORMAT + ": run a newer version");
            }
            int size = in.readInt();
            List<AcceptorRecord> batch = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                batch.add(read(in));
            }
            if (in.read() >= 0) {
                throw new IllegalArgumentException("A batch of acceptor records has more bytes than records");
            }
            return batch;
        } catch (IOException e) {
            throw new UncheckedIOException("A batch of acceptor records is cut short", e);
        }
    }

    private static void write(DataOutput out, AcceptorRecord record) throws IOException {
        switch (record) {
            case AcceptorRecord.Promised r -> {
                start(out, 1, r);
                writeBallot(out, r.ballot());
            }
            case AcceptorRecord.Voted r -> {
                start(out, 2, r);
                writeRegistrar(out, r.registered());
                writeTexts(out, r.prepared());
            }
            case AcceptorRecord.Accepted r -> {
                start(out, 3, r);
                writeBallot(out, r.ballot());
                writeProposal(out, r.proposal());
            }
            case AcceptorRecord.MarkedLearned r -> start(out, 4, r);
            case AcceptorRecord.Kept r -> {
                start(out, 5, r);
                writeState(out, r.state());
            }
            case AcceptorRecord.SealSet r -> writeSeal(out, r.seal());
            case AcceptorRecord.HorizonPassed r -> {
                out.writeByte(7);
                out.writeLong(r.incarnation());
                writeHorizon(out, r.horizon());
            }
            case AcceptorRecord.RoundsUsed r -> {
                out.writeByte(8);
                out.writeLong(r.last());
            }
        }
    }

    private static AcceptorRecord read(DataInput in) throws IOException {
        int kind = in.readUnsignedByte();
        return switch (kind) {
            case 1 -> new AcceptorRecord.Promised(readId(in), readBallot(in));
            case 2 -> readVoted(in);
            case 3 -> new AcceptorRecord.Accepted(readId(in), readBallot(in), readProposal(in));
            case 4 -> new AcceptorRecord.MarkedLearned(readId(in));
            case 5 -> new AcceptorRecord.Kept(readState(in));
            case 6 -> readSeal(in, false);
            case 7 -> new AcceptorRecord.HorizonPassed(in.readLong(), readHorizon(in));
            case 8 -> new AcceptorRecord.RoundsUsed(in.readLong());
            case 9 -> readSeal(in, true);
            default ->
                throw new IllegalArgumentException("The acceptor's storage holds a record of kind " + kind
                        + ", which this version does not know: run a newer version");
        };
    }

    private static AcceptorRecord readVoted(DataInput in) throws IOException {
        TransactionId id = readId(in);
        RegistrarValue registrar = readRegistrar(in);
        if (registrar instanceof RegistrarValue.Aborted) {
            throw new IllegalArgumentException("A vote carries an aborted registrar: the record is malformed");
        }
        return new AcceptorRecord.Voted(id, (Registered) registrar, readTexts(in));
    }

    private static void start(DataOutput out, int kind, AcceptorRecord.OfTransaction record) throws IOException {
        out.writeByte(kind);
        out.write(record.transaction().toByteArray());
    }

    private static TransactionId readId(DataInput in) throws IOException {
        byte[] bytes = new byte[TransactionId.LENGTH];
        in.readFully(bytes);
        return TransactionId.ofBytes(bytes);
    }

    private static void writeBallot(DataOutput out, Ballot ballot) throws IOException {
        out.writeLong(ballot.number());
    }

    private static Ballot readBallot(DataInput in) throws IOException {
        return new Ballot(in.readLong());
    }

    private static void writeHorizon(DataOutput out, Horizon horizon) throws IOException {
        out.writeLong(horizon.term());
        out.writeLong(horizon.sequence());
    }

    private static Horizon readHorizon(DataInput in) throws IOException {
        return new Horizon(in.readLong(), in.readLong());
    }

    private static void writeSeal(DataOutput out, AcceptorRequest.Seal seal) throws IOException {
        out.writeByte(9);
        out.writeLong(seal.incarnation());
        out.writeLong(seal.fromTerm());
        writeHorizon(out, seal.horizon());
        out.writeLong(seal.leaderTerm());
        writeBallot(out, seal.ballot());
    }

    /** Before kind 9 a seal did not name its leader's term: it stands against nobody's. */
    private static AcceptorRecord readSeal(DataInput in, boolean withLeaderTerm) throws IOException {
        return new AcceptorRecord.SealSet(new AcceptorRequest.Seal(
                in.readLong(), in.readLong(), readHorizon(in), withLeaderTerm ? in.readLong() : 0, readBallot(in)));
    }

    private static void writeRegistrar(DataOutput out, @Nullable RegistrarValue value) throws IOException {
        switch (value) {
            case null -> out.writeByte(NO_REGISTRAR);
            case RegistrarValue.Aborted ignored -> out.writeByte(REGISTRAR_ABORTED);
            case Registered registered -> {
                out.writeByte(REGISTERED);
                out.writeInt(registered.participants().size());
                for (RegistrarValue.Address address : registered.participants()) {
                    out.writeUTF(address.participant());
                    out.writeUTF(address.endpoint());
                }
            }
        }
    }

    private static @Nullable RegistrarValue readRegistrar(DataInput in) throws IOException {
        int kind = in.readUnsignedByte();
        return switch (kind) {
            case NO_REGISTRAR -> null;
            case REGISTRAR_ABORTED -> new RegistrarValue.Aborted();
            case REGISTERED -> {
                int size = in.readInt();
                List<RegistrarValue.Address> participants = new ArrayList<>();
                for (int i = 0; i < size; i++) {
                    participants.add(new RegistrarValue.Address(in.readUTF(), in.readUTF()));
                }
                yield new Registered(participants);
            }
            default -> throw new IllegalArgumentException("No value of the registrar has the code " + kind);
        };
    }

    private static RegistrarValue required(@Nullable RegistrarValue value) {
        if (value == null) {
            throw new IllegalArgumentException("A value of the registrar is missing");
        }
        return value;
    }

    private static void writeProposal(DataOutput out, Proposal proposal) throws IOException {
        writeRegistrar(out, proposal.registrar());
        out.writeInt(proposal.branches().size());
        for (Map.Entry<String, BranchValue> entry : proposal.branches().entrySet()) {
            out.writeUTF(entry.getKey());
            out.writeByte(entry.getValue().code());
        }
    }

    private static Proposal readProposal(DataInput in) throws IOException {
        RegistrarValue registrar = required(readRegistrar(in));
        int size = in.readInt();
        SortedMap<String, BranchValue> branches = new TreeMap<>();
        for (int i = 0; i < size; i++) {
            branches.put(in.readUTF(), BranchValue.ofCode(in.readUnsignedByte()));
        }
        return new Proposal(registrar, branches);
    }

    private static void writeState(DataOutput out, AcceptorState state) throws IOException {
        writeBallot(out, state.promised());
        Acceptance<RegistrarValue> registrar = state.registrar();
        writeRegistrar(out, registrar == null ? null : registrar.value());
        writeBallot(out, registrar == null ? Ballot.ZERO : registrar.ballot());
        out.writeInt(state.branches().size());
        for (Map.Entry<String, Acceptance<BranchValue>> entry : state.branches().entrySet()) {
            out.writeUTF(entry.getKey());
            writeBallot(out, entry.getValue().ballot());
            out.writeByte(entry.getValue().value().code());
        }
        out.writeBoolean(state.learned());
    }

    private static AcceptorState readState(DataInput in) throws IOException {
        TransactionId id = readId(in);
        Ballot promised = readBallot(in);
        RegistrarValue registrar = readRegistrar(in);
        Ballot accepted = readBallot(in);
        int size = in.readInt();
        SortedMap<String, Acceptance<BranchValue>> branches = new TreeMap<>();
        for (int i = 0; i < size; i++) {
            branches.put(in.readUTF(), new Acceptance<>(readBallot(in), BranchValue.ofCode(in.readUnsignedByte())));
        }
        return new AcceptorState(
                id,
                promised,
                registrar == null ? null : new Acceptance<>(accepted, registrar),
                branches,
                in.readBoolean());
    }

    private static void writeTexts(DataOutput out, List<String> texts) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            out.writeUTF(text);
        }
    }

    private static List<String> readTexts(DataInput in) throws IOException {
        int size = in.readInt();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            texts.add(in.readUTF());
        }
        return texts;
    }
}
