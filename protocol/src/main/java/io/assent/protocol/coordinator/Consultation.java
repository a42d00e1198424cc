package io.assent.protocol.coordinator;

/** What a role asks of a replica of its group, outside of the log: it is asked until it answers, or is not asked any more. */
public interface Consultation {

    /** The id of the replica. */
    String replica();

    /** What a replica answers. */
    interface Answer {}
}
