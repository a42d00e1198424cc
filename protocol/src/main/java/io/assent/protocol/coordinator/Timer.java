package io.assent.protocol.coordinator;

/** What the next {@link CoordinatorEvent.TimerFired} stands for. */
public enum Timer {
    /** The transaction's deadline. */
    DEADLINE,
    /** The time for which an abort is told to members that do not answer. */
    ABORT_NOTICE,
    /** The time for which all members are waited for to pre-commit, before those that did are told to commit. */
    PRE_COMMIT_NOTICE,
    NONE
}
