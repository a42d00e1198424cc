package io.assent.protocol.message;

import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A participant's reply to one message; replies are matched by transaction and branch. */
public sealed interface Reply {

    /** The transaction. */
    TransactionId transaction();

    /** The branch: the participant id. */
    String branch();

    /**
     * The vote.
     *
     * @param reason the participant's own words for a NO, or null
     * @param direct whether the same vote is on its way to acceptors, which will report it (PAXOS_COMMIT)
     */
    record Voted(
            TransactionId transaction,
            String branch,
            Vote vote,
            @Nullable String reason,
            boolean direct) implements Reply {

        /** A vote that is told here alone. */
        public Voted(TransactionId transaction, String branch, Vote vote, @Nullable String reason) {
            this(transaction, branch, vote, reason, false);
        }
    }

    /** The message was obeyed, durably. */
    record Acknowledged(TransactionId transaction, String branch) implements Reply {}

    /**
     * The outcome of a one-phase commit.
     *
     * @param reason the participant's own words for ABORTED, or null
     */
    record OutcomeReported(
            TransactionId transaction,
            String branch,
            Outcome outcome,
            @Nullable String reason) implements Reply {

        /** An outcome without words. */
        public OutcomeReported(TransactionId transaction, String branch, Outcome outcome) {
            this(transaction, branch, outcome, null);
        }
    }

    /**
     * The state of the branch.
     *
     * @param participants the members where the branch knows them, else empty
     */
    record StateReported(TransactionId transaction, String branch, BranchState state, List<String> participants)
            implements Reply {}

    /** The branch ended without, or against, the decision. */
    record Heuristic(TransactionId transaction, String branch, HeuristicKind kind) implements Reply {}

    /** The transaction is at or below a horizon, and the participant has forgotten it. */
    record Expired(TransactionId transaction, String branch) implements Reply {}
}
