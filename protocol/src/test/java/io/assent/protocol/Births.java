package io.assent.protocol;

/** Ids of one imaginary group, for tests. */
public final class Births {

    /** The group's number. */
    public static final int GROUP = 3;

    /** Its incarnation; its upper bit is set, so that it is negative as a Java number. */
    public static final long INCARNATION = 0x9a11_c0de_0000_0001L;

    /** The key of that incarnation. */
    public static final IncarnationKey KEY =
            new IncarnationKey("0123456789abcdef0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

    private Births() {}

    /** A two-phase transaction of the group. */
    public static TransactionId born(long term, long sequence) {
        return born(term, sequence, Protocol.TWO_PHASE);
    }

    /** A transaction of the group under any protocol. */
    public static TransactionId born(long term, long sequence, Protocol protocol) {
        int random = (int) (term * 31 + sequence * 17);
        return TransactionId.issue(new TransactionId.Birth(GROUP, INCARNATION, term, sequence), protocol, random, KEY);
    }

    /** A transaction that looks like one of the group's, but is of another incarnation. */
    public static TransactionId bornElsewhere(long term, long sequence) {
        return TransactionId.issue(
                new TransactionId.Birth(GROUP, INCARNATION + 1, term, sequence), Protocol.TWO_PHASE, 1, KEY);
    }
}
