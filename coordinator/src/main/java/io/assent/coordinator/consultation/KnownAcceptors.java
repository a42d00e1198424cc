package io.assent.coordinator.consultation;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.group.GroupState;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The acceptor that each replica of a group was, by the last list in the log that names the replica.
 *
 * @param byReplica by the id of the replica; empty when the log has no list
 */
record KnownAcceptors(SortedMap<String, AcceptorId> byReplica) {

    KnownAcceptors {
        byReplica = Collections.unmodifiableSortedMap(new TreeMap<>(byReplica));
    }

    /** What is applied. */
    static KnownAcceptors of(GroupState state) {
        SortedMap<String, AcceptorId> last = new TreeMap<>();
        for (AcceptorList list : state.acceptors().all().values()) {
            list.acceptors().forEach(entry -> last.put(entry.id().replica(), entry.id()));
        }
        return new KnownAcceptors(last);
    }

    /** The replica as an acceptor, or null when no list names it. */
    @Nullable
    AcceptorId of(String replica) {
        return byReplica.get(replica);
    }

    /** Whether there is no list: no transaction of PAXOS_COMMIT was ever begun. */
    boolean isEmpty() {
        return byReplica.isEmpty();
    }
}
