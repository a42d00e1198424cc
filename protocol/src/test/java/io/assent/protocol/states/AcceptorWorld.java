package io.assent.protocol.states;

import io.assent.protocol.TransactionId;
import io.assent.protocol.paxoscommit.Acceptor;
import io.assent.protocol.paxoscommit.AcceptorRecord;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An acceptor as a value: what it is with one transaction alone.
 *
 * @param kept all that it holds of the transaction, or null
 * @param group its seals and horizons
 */
record AcceptorWorld(AcceptorRecord.@Nullable OfTransaction kept, List<AcceptorRecord> group) {

    AcceptorWorld {
        group = List.copyOf(group);
    }

    static AcceptorWorld of(Acceptor acceptor, TransactionId id) {
        return new AcceptorWorld(acceptor.kept(id), acceptor.groupRecords());
    }

    /** The acceptor that these records add up to, which steps alone. */
    Acceptor live(Acceptor like, TransactionId id) {
        Acceptor acceptor = new Acceptor(like.self(), id.group());
        group.forEach(acceptor::apply);
        if (kept != null) {
            acceptor.apply(Objects.requireNonNull(kept));
        }
        return acceptor;
    }
}
