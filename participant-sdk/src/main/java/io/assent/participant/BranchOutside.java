package io.assent.participant;

/** What a method annotated with {@link Branch} does when its caller sent no distributed transaction. */
public enum BranchOutside {
    /** It is refused with the problem {@code transaction-required} (HTTP status 428). */
    REFUSE,
    /** It runs in an ordinary local transaction. */
    LOCAL
}
