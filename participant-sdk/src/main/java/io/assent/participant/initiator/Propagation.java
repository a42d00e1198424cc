package io.assent.participant.initiator;

/** What a method does about the transaction in which it is called; the words are those of Spring's own enum. */
public enum Propagation {
    /** Joins the transaction in the thread or in the request; begins one when there is none. */
    REQUIRED,
    /** Begins a transaction of its own; one that is there waits meanwhile and does not notice. */
    REQUIRES_NEW,
    /** Joins the transaction in the thread or in the request; fails when there is none. */
    MANDATORY
}
