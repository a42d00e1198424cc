package io.assent.protocol.participant;

import io.assent.protocol.message.Message;

/**
 * What a branch is busy with: one message or request, from its arrival to its answer.
 *
 * @param stage which report it waits for
 * @param cause what it is done for
 * @param tries how often the same commit or rollback was tried
 * @param emptyScans how many readings of the facts in a row found nothing (rule P4)
 */
public record Errand(Stage stage, Cause cause, int tries, int emptyScans) {

    /** Which report an errand waits for. */
    public enum Stage {
        CONSIDERED,
        OPENING,
        /** The unit that runs will end and may be good: the errand goes on then. */
        AWAITING_WORK,
        /** The unit that runs was cancelled: the branch is rolled back when it has ended. */
        AWAITING_UNIT_END,
        READING_FACTS,
        PREPARING,
        COMMITTING,
        COMMITTING_ONE_PHASE,
        WRITING_KNOWN,
        ROLLING_BACK,
        WRITING_TOMBSTONE
    }

    /** What an errand is done for, and so who is answered at its end. */
    public sealed interface Cause {}

    /** A message, which gets a reply. */
    public record Asked(Message message) implements Cause {}

    /** Work that waits for its grant. */
    public record WorkAsked(boolean newCall, boolean writing) implements Cause {}

    /** The vote for the answer of a call. */
    public record VoteAsked() implements Cause {}

    /** A look-up told the outcome; nobody is answered. */
    public record Learned(boolean committed) implements Cause {}

    /** No coordinator gives the outcome: what is known here, or at a peer, may end the branch; nobody is answered. */
    public record LeftAlone(boolean anybodyAnswered) implements Cause {}

    /** The branch gives up by itself; nobody is answered. */
    public record Alone() implements Cause {}

    /** Nobody knows the outcome any more: is the branch still prepared, or has another instance finished it? */
    public record Expired() implements Cause {}

    static Errand of(Cause cause) {
        return new Errand(Stage.CONSIDERED, cause, 0, 0);
    }

    Errand at(Stage newStage) {
        return new Errand(newStage, cause, tries, emptyScans);
    }

    Errand triedAgain() {
        return new Errand(stage, cause, tries + 1, emptyScans);
    }

    Errand scannedEmpty() {
        return new Errand(stage, cause, tries, emptyScans + 1);
    }

    /** Whether it waits for the end of the unit that runs, so that messages are taken meanwhile. */
    public boolean awaitsUnit() {
        return stage == Stage.AWAITING_WORK || stage == Stage.AWAITING_UNIT_END;
    }

    /** Whether a coordinator's COMMIT is what it has to answer. */
    boolean obeysCommit() {
        return cause instanceof Asked asked && asked.message() instanceof Message.Commit;
    }

    /** Whether it stands on a decision to abort, so that the prepared branch too is rolled back, whoever prepared it. */
    boolean obeysAbort() {
        return switch (cause) {
            case Asked asked -> asked.message() instanceof Message.Abort;
            case Learned learned -> !learned.committed();
            case WorkAsked w -> false;
            case VoteAsked v -> false;
            case LeftAlone l -> false;
            case Alone a -> false;
            case Expired e -> false;
        };
    }
}
