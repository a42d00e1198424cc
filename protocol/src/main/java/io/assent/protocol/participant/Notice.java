package io.assent.protocol.participant;

/** Something that is counted, and, where no order of true messages can lead to it, raised as an alert (rule P11). */
public enum Notice {
    /** A PREPARE for a branch that committed: a late duplicate. */
    LATE_PREPARE(false),
    /** A PREPARE of an older term than one already seen (rule P6). */
    STALE_TERM(false),
    /** A message that came while an action was under way, or that makes no sense; it gets no reply. */
    UNANSWERED(false),
    /** A COMMIT for a branch that never voted. */
    COMMIT_BEFORE_VOTE(true),
    /** A COMMIT for a branch that is aborted. */
    COMMIT_AFTER_ABORT(true),
    /** A COMMIT for a branch of which the resource, asked again and again, knows nothing. */
    COMMIT_WITHOUT_FACTS(true),
    /** An ABORT for a branch that is committed. */
    ABORT_AFTER_COMMIT(true),
    /** An ABORT for a branch that knows that the decision is commit. */
    ABORT_AFTER_PRE_COMMIT(true),
    /** A COMMIT_ONE_PHASE for a branch that knows that the decision is commit. */
    ONE_PHASE_AFTER_PRE_COMMIT(true),
    /** A PRE_COMMIT for a branch that has not voted YES. */
    PRE_COMMIT_BEFORE_VOTE(true),
    /** A prepared branch whose outcome nobody knows any more: an operator decides. */
    EXPIRED_IN_DOUBT(true);

    private final boolean alert;

    Notice(boolean alert) {
        this.alert = alert;
    }

    /** Whether somebody has to look at it. */
    public boolean isAlert() {
        return alert;
    }
}
