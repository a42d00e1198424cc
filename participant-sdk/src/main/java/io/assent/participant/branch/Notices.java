package io.assent.participant.branch;

import io.assent.protocol.TransactionId;
import io.assent.protocol.participant.Notice;

/** Hears what is worth counting, and what somebody has to look at. Called while a branch is at work: must not block. */
@FunctionalInterface
public interface Notices {

    /** This happened to the branch of this transaction. */
    void noticed(TransactionId transaction, Notice notice);
}
