package io.assent.protocol;

import java.util.HexFormat;

/**
 * An acceptor: a replica together with the storage in which it keeps its promises. A replica that lost its storage is
 * another acceptor, because it may have promised what it does not know any more (Q1).
 *
 * @param replica id of the replica, never empty
 * @param incarnation 64 random bits that were written when the storage was founded, never 0
 */
public record AcceptorId(String replica, long incarnation) implements Comparable<AcceptorId> {

    public AcceptorId {
        if (replica.isEmpty() || incarnation == 0) {
            throw new IllegalArgumentException("An acceptor has a replica's id and the incarnation of its storage");
        }
    }

    /**
     * Reads what {@link #incarnationText} wrote.
     *
     * @throws IllegalArgumentException when it is not 16 hexadecimal digits, or all of them are 0
     */
    public static AcceptorId of(String replica, String incarnationText) {
        if (incarnationText.length() != 2 * Long.BYTES) {
            throw new IllegalArgumentException("The incarnation of a storage is 16 hexadecimal digits");
        }
        return new AcceptorId(replica, HexFormat.fromHexDigitsToLong(incarnationText));
    }

    /** The incarnation as 16 hexadecimal digits: its form on the wire, in files and in messages to people. */
    public String incarnationText() {
        return HexFormat.of().toHexDigits(incarnation);
    }

    @Override
    public int compareTo(AcceptorId other) {
        int order = replica.compareTo(other.replica);
        return order != 0 ? order : Long.compareUnsigned(incarnation, other.incarnation);
    }

    @Override
    public String toString() {
        return replica + "/" + incarnationText();
    }
}
