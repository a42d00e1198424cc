package io.assent.protocol.participant;

import io.assent.protocol.Member;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a branch. The caller handles one message or request of a branch to its end, reports of its actions
 * included, before the next; only {@link MessageReceived}, {@link DeadlinePassed} and {@link HorizonPassed} may come at
 * any time, also while a unit of work runs.
 */
public sealed interface BranchEvent {

    /** A message of a coordinator arrived. */
    record MessageReceived(Message message) implements BranchEvent {}

    /**
     * A unit of work wants to run in the branch. Answered by {@link BranchAction.GrantWork} or
     * {@link BranchAction.RefuseWork}. Units of one branch run one after the other: the caller waits for the running one.
     *
     * @param token the live branch that the caller means, or null when it knows of none
     * @param newCall whether the unit is the first of its business call: calls are counted, not units (rule L8)
     * @param writing false only for a unit declared read-only in TWO_PHASE (rule P3)
     */
    record WorkRequested(@Nullable String token, boolean newCall, boolean writing) implements BranchEvent {}

    /**
     * {@link BranchAction.BeginWork} succeeded.
     *
     * @param token a fresh random token of the branch that was opened, or null where no work can be lost by a restart;
     *     ignored when the branch was open already
     * @param calls the calls that this resource has counted durably before, 0 where it keeps none; ignored likewise
     */
    record WorkBegan(@Nullable String token, int calls) implements BranchEvent {}

    /** {@link BranchAction.BeginWork} did not succeed; a branch opened by it is closed again and left nothing. */
    record WorkNotBegun(Obstacle obstacle) implements BranchEvent {}

    /** What kept work from beginning. */
    enum Obstacle {
        /** The row of the branch cannot be inserted: the tombstone stands. */
        TOMBSTONE,
        /** The row of the branch cannot be inserted: the branch is committed. */
        COMMITTED,
        /** The row of the branch cannot be inserted: another connection holds its key. */
        KEY_HELD,
        /** The transaction is at or below a horizon that the resource keeps: the row that it had may be deleted. */
        FORGOTTEN,
        /** The resource failed, or is full. */
        FAILED
    }

    /**
     * The unit that was granted has ended.
     *
     * @param good false when its work must not commit: it failed, was cancelled or marked rollback-only, or an error of
     *     the resource inside it may have left work undone (rule P10)
     * @param why for people, why its work must not commit; null when it may, or that is not known
     */
    record UnitEnded(boolean good, @Nullable String why) implements BranchEvent {

        /** A unit about whose end there is nothing to say. */
        public UnitEnded(boolean good) {
            this(good, null);
        }
    }

    /** The last call asked for the vote before PREPARE. Answered by {@link BranchAction.ReportVote}. */
    record VoteRequested() implements BranchEvent {}

    /** This instance gives the work up by itself: the answer of a call cannot carry the branch, or it shuts down. */
    record WorkAbandoned() implements BranchEvent {}

    /**
     * {@link BranchAction.EndAndPrepare} ended.
     *
     * @param why for people, what the resource said against it; null when it said nothing
     */
    record PrepareEnded(PrepareResult result, @Nullable String why) implements BranchEvent {

        /** A prepare about which the resource said nothing. */
        public PrepareEnded(PrepareResult result) {
            this(result, null);
        }
    }

    /** How a prepare ended (rule P1). */
    enum PrepareResult {
        /** The resource promised durably that it can commit. */
        PREPARED,
        /** The branch changed nothing; it has ended and its connection is free. */
        READ_ONLY,
        /** It surely is not prepared and never will be. */
        FAILED,
        /** Anything else: an error or a time-out whose meaning is not certain. */
        UNKNOWN
    }

    /**
     * {@link BranchAction.CommitPrepared} or {@link BranchAction.CommitOnePhase} ended.
     *
     * @param certain whether the resource said that it committed; no error is ever read as success (rule P4)
     */
    record CommitEnded(boolean certain) implements BranchEvent {}

    /**
     * {@link BranchAction.RollBackLive} or {@link BranchAction.RollBack} ended, well or badly: what it left behind shows
     * in the tombstone's key.
     */
    record RollbackEnded() implements BranchEvent {}

    /** {@link BranchAction.WriteTombstone} ended. */
    record TombstoneEnded(TombstoneResult result) implements BranchEvent {}

    /** How the insertion of a tombstone ended (rule P2). */
    enum TombstoneResult {
        /** It stands, now or already before. */
        STANDS,
        /** The branch is committed: its row has the key. */
        COMMITTED,
        /** Some connection still holds the key: the branch lives, or is prepared. */
        KEY_HELD,
        /** It is not certain whether it was written. */
        UNKNOWN
    }

    /**
     * {@link BranchAction.ReadFacts} ended.
     *
     * @param token token of the prepared branch where the resource kept it durably, else null
     * @param calls calls of the prepared branch where the resource kept them durably, else null
     * @param members the members that were written down with F4, else empty
     */
    record FactsRead(
            Facts facts, @Nullable String token, @Nullable Integer calls, List<Member> members) implements BranchEvent {

        public FactsRead {
            members = List.copyOf(members);
        }

        /** Facts without a durable token and count, and without members. */
        public static FactsRead of(Facts facts) {
            return new FactsRead(facts, null, null, List.of());
        }
    }

    /**
     * The resource listed the branch as prepared when this instance started or scanned; parameters as in
     * {@link FactsRead}. Ignored when the branch is known or at work here.
     */
    record FoundPrepared(@Nullable String token, @Nullable Integer calls) implements BranchEvent {}

    /** A coordinator answered the look-up of this branch (per branch, not per transaction). */
    record OutcomeLearned(LookupOutcome outcome) implements BranchEvent {}

    /** What a look-up answers about a branch. */
    enum LookupOutcome {
        COMMITTED,
        ABORTED,
        /** Not known at the node that was asked: ask again. */
        PENDING,
        /** At or below the horizon: nobody knows any more. */
        EXPIRED
    }

    /**
     * All coordinators were asked for the outcome of this branch, one after the other, and none gave it.
     *
     * @param anybodyAnswered whether one of them answered at all, with PENDING
     */
    record NoFactLearned(boolean anybodyAnswered) implements BranchEvent {}

    /**
     * A peer answered {@link BranchAction.AskPeers} (THREE_PHASE).
     *
     * @param term the term that the question named
     */
    record PeerAnswered(long term, Reply.StateReported state) implements BranchEvent {}

    /**
     * The branch has been pre-committed at this instance for twice the time for which a coordinator waits for others to
     * pre-commit: whoever still can be told has been told.
     */
    record PatienceEnded() implements BranchEvent {}

    /**
     * {@link BranchAction.WriteKnown} ended.
     *
     * @param durable whether it surely stands
     */
    record KnownWritten(boolean durable) implements BranchEvent {}

    /** The time of the transaction is up, by this process's steady clock. */
    record DeadlinePassed() implements BranchEvent {}

    /** The transaction is at or below a horizon that the participant has stored durably (rule P7). */
    record HorizonPassed() implements BranchEvent {}
}
