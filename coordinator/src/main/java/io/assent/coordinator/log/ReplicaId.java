package io.assent.coordinator.log;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The id of a replica among the members of a group. It is the id of its node, until the node loses its data: what comes
 * in its place has voted and acknowledged nothing, so it is another replica with another id, of the same node. An id is
 * never used twice, and nobody has to know which ones were: the part after the mark is random.
 */
final class ReplicaId {

    /** No node's id has it. */
    private static final char MARK = '~';

    private static final int RANDOM_BYTES = 5;
    private static final SecureRandom RANDOM = new SecureRandom();

    private ReplicaId() {}

    /** An id for a replica that knows nothing. */
    static String anotherOf(String node) {
        byte[] random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        return node + MARK + HexFormat.of().formatHex(random);
    }

    /** The node that holds the replica. */
    static String nodeOf(String replica) {
        int mark = replica.indexOf(MARK);
        return mark < 0 ? replica : replica.substring(0, mark);
    }

    /** Whether it is one that {@link #anotherOf} made, or could have made, for this node. */
    static boolean isAnotherOf(String node, String replica) {
        return replica.matches("[A-Za-z0-9._-]{1,64}" + MARK + "[0-9a-f]{" + 2 * RANDOM_BYTES + "}")
                && nodeOf(replica).equals(node);
    }
}
