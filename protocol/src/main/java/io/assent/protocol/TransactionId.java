package io.assent.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a transaction: 25 bytes {@code group16 | incarnation64 | term32 | sequence32 | protocol2 | random22 |
 * mac32}, big endian, written as 40 characters of lower-case base32hex (RFC 4648 section 7). Ids of one incarnation
 * sort, as bytes and as text, by birth: first by the term of the leader that began them, then by its sequence number.
 */
public final class TransactionId implements Comparable<TransactionId> {

    /** Length in bytes. */
    public static final int LENGTH = 25;

    /** Length of the text form in characters. */
    public static final int TEXT_LENGTH = 40;

    /** How many leading characters of the text form name the group and its incarnation. */
    public static final int INCARNATION_TEXT_LENGTH = 16;

    private static final String ALPHABET = "0123456789abcdefghijklmnopqrstuv";
    private static final int MAC_OFFSET = 21;
    private static final long UNSIGNED_INT = 0xffff_ffffL;

    private final int group;
    private final long incarnation;
    private final int birthTerm;
    private final int sequence;
    private final int tag;
    private final int mac;
    private @Nullable String text;

    private TransactionId(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        group = Short.toUnsignedInt(buffer.getShort());
        incarnation = buffer.getLong();
        birthTerm = buffer.getInt();
        sequence = buffer.getInt();
        tag = (buffer.get() & 0xff) << 16 | Short.toUnsignedInt(buffer.getShort());
        mac = buffer.getInt();
        if (tag >>> 22 > Protocol.PAXOS_COMMIT.code()) {
            throw new MalformedTransactionIdException("The id names a commit protocol that does not exist");
        }
    }

    /**
     * Where a transaction is born.
     *
     * @param group home group, 0 to 65,535
     * @param incarnation the group's incarnation
     * @param term Raft term of the leader that begins it, 1 to 2^32 - 1
     * @param sequence its number in that term, 0 to 2^32 - 1
     */
    public record Birth(int group, long incarnation, long term, long sequence) {
        public Birth {
            if (group >>> 16 != 0 || term >>> 32 != 0 || sequence >>> 32 != 0) {
                throw new IllegalArgumentException(
                        "Group, term or sequence does not fit an id: " + group + ", " + term + ", " + sequence);
            }
        }
    }

    /**
     * Makes the id of a new transaction.
     *
     * @param random its lower 22 bits become part of the id
     */
    public static TransactionId issue(Birth birth, Protocol protocol, int random, IncarnationKey key) {
        byte[] bytes = encode(birth, protocol.code() << 22 | (random & 0x3f_ffff));
        ByteBuffer.wrap(bytes).putInt(MAC_OFFSET, key.code(bytes, MAC_OFFSET));
        return new TransactionId(bytes);
    }

    /**
     * The greatest text that an id born there, or earlier in the same incarnation, can have: every such id sorts at or
     * below it. This is how a horizon is written on the wire.
     */
    public static String upperBound(Birth birth) {
        byte[] bytes = encode(birth, 0xff_ffff);
        ByteBuffer.wrap(bytes).putInt(MAC_OFFSET, -1);
        return toText(bytes);
    }

    private static byte[] encode(Birth birth, int tag) {
        ByteBuffer buffer = ByteBuffer.allocate(LENGTH);
        buffer.putShort((short) birth.group())
                .putLong(birth.incarnation())
                .putInt((int) birth.term())
                .putInt((int) birth.sequence());
        buffer.put((byte) (tag >>> 16)).putShort((short) tag);
        return buffer.array();
    }

    /**
     * Reads the text form.
     *
     * @throws MalformedTransactionIdException when it is not one; a wrong code is not noticed here, see
     *     {@link #isGenuine}
     */
    public static TransactionId parse(String text) {
        return new TransactionId(fromText(text));
    }

    /**
     * Reads the 25 bytes.
     *
     * @throws MalformedTransactionIdException when there are more or less, or they name no known protocol
     */
    public static TransactionId ofBytes(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new MalformedTransactionIdException("A transaction id has " + LENGTH + " bytes, not " + bytes.length);
        }
        return new TransactionId(bytes);
    }

    private static byte[] fromText(String text) {
        if (text.length() != TEXT_LENGTH) {
            throw new MalformedTransactionIdException(
                    "A transaction id has " + TEXT_LENGTH + " characters, not " + text.length());
        }
        byte[] bytes = new byte[LENGTH];
        long bits = 0;
        for (int i = 0; i < TEXT_LENGTH; i++) {
            int value = ALPHABET.indexOf(text.charAt(i));
            if (value < 0) {
                throw new MalformedTransactionIdException(
                        "A transaction id has only the characters 0-9 and a-v; the one at position " + i + " is not");
            }
            bits = bits << 5 | value;
            if (i % 8 == 7) {
                for (int b = 0; b < 5; b++) {
                    bytes[i / 8 * 5 + b] = (byte) (bits >>> (32 - 8 * b));
                }
                bits = 0;
            }
        }
        return bytes;
    }

    private static String toText(byte[] bytes) {
        StringBuilder text = new StringBuilder(TEXT_LENGTH);
        for (int chunk = 0; chunk < LENGTH; chunk += 5) {
            long bits = 0;
            for (int b = 0; b < 5; b++) {
                bits = bits << 8 | (bytes[chunk + b] & 0xff);
            }
            for (int shift = 35; shift >= 0; shift -= 5) {
                text.append(ALPHABET.charAt((int) (bits >>> shift) & 31));
            }
        }
        return text.toString();
    }

    /** Whether the id was issued under this key; a forged one passes with a chance of 1 in 2^32. */
    public boolean isGenuine(IncarnationKey key) {
        return key.code(toByteArray(), MAC_OFFSET) == mac;
    }

    /** The home group, 0 to 65,535. */
    public int group() {
        return group;
    }

    /** The incarnation of the home group. */
    public long incarnation() {
        return incarnation;
    }

    /** The Raft term of the leader that began it: its owner until another leader adopts it. */
    public long birthTerm() {
        return birthTerm & UNSIGNED_INT;
    }

    /** Its number among the transactions of its birth term, from 0, dense. */
    public long sequence() {
        return sequence & UNSIGNED_INT;
    }

    /** The protocol it runs. */
    public Protocol protocol() {
        return Protocol.ofCode(tag >>> 22);
    }

    /** The 25 bytes, a fresh copy; also the global transaction id of its XA branches. */
    public byte[] toByteArray() {
        byte[] bytes = encode(new Birth(group, incarnation, birthTerm(), sequence()), tag);
        ByteBuffer.wrap(bytes).putInt(MAC_OFFSET, mac);
        return bytes;
    }

    /** The first {@value #INCARNATION_TEXT_LENGTH} characters of the text: the group and its incarnation. */
    public String incarnationText() {
        return toString().substring(0, INCARNATION_TEXT_LENGTH);
    }

    @Override
    public int compareTo(TransactionId other) {
        int order = Integer.compare(group, other.group);
        order = order != 0 ? order : Long.compareUnsigned(incarnation, other.incarnation);
        order = order != 0 ? order : Integer.compareUnsigned(birthTerm, other.birthTerm);
        order = order != 0 ? order : Integer.compareUnsigned(sequence, other.sequence);
        order = order != 0 ? order : Integer.compare(tag, other.tag);
        return order != 0 ? order : Integer.compareUnsigned(mac, other.mac);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TransactionId id && compareTo(id) == 0;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(new int[] {birthTerm, sequence, mac});
    }

    /** The text form, 40 characters. */
    @Override
    public String toString() {
        String known = text;
        if (known == null) {
            known = toText(toByteArray());
            text = known;
        }
        return known;
    }
}
