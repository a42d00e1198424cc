package io.assent.protocol.coordinator;

import io.assent.protocol.TransactionId;
import io.assent.protocol.group.OutcomeReader;
import java.util.Collection;

/** The transactions that a leader holds in memory, as its rules see them. */
public interface LeaderTable extends OutcomeReader.BirthTable {

    /** Every transaction in it, in no order; not changed while it is looked through. */
    Collection<TransactionId> ids();
}
