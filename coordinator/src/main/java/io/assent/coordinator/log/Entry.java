package io.assent.coordinator.log;

import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.LogRecordCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The content of one entry of the log: a header that says which process handed the batch over, and its records. The
 * header only routes the facts back to whoever waits for them; of it, what is applied depends on the term alone (G2).
 *
 * @param origin the process that handed the batch over
 * @param batch its number there
 * @param term the term of the leader that wrote the records, or {@link #UNTOLD} in a log of the first format
 * @param records the batch, perhaps empty
 */
record Entry(Origin origin, long batch, long term, List<LogRecord> records) {

    /** The first format did not tell the term; such an entry is taken for one of its own term. */
    static final long UNTOLD = -1;

    private static final int WITHOUT_TERM = 1;

    /** The format of the header that is written; every format up to it is read. */
    private static final int FORMAT = 2;

    /**
     * One run of one node.
     *
     * @param node the node's id
     * @param nonce a random number of this run, so that a run does not take answers to the one before it for its own
     */
    record Origin(String node, long nonce) {}

    Entry {
        records = List.copyOf(records);
    }

    byte[] toByteArray() {
        byte[] body = LogRecordCodec.encode(records);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length + 96);
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            out.writeByte(FORMAT);
            out.writeUTF(origin.node());
            out.writeLong(origin.nonce());
            out.writeLong(batch);
            out.writeLong(term);
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException("An entry could not be encoded", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads an entry.
     *
     * @throws UncheckedIOException when it is cut short
     * @throws IllegalArgumentException when it is of an unknown format, or holds a record of an unknown kind
     */
    static Entry ofBytes(byte[] bytes) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        try {
            int format = in.readUnsignedByte();
            if (format != FORMAT && format != WITHOUT_TERM) {
                throw new IllegalArgumentException("The log has an entry of format " + format + ", this version reads "
                        + WITHOUT_TERM + " and " + FORMAT + ": run a newer version");
            }
            Origin origin = new Origin(in.readUTF(), in.readLong());
            long batch = in.readLong();
            long term = format == WITHOUT_TERM ? UNTOLD : in.readLong();
            return new Entry(origin, batch, term, LogRecordCodec.decode(in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException("A log entry is cut short", e);
        }
    }
}
