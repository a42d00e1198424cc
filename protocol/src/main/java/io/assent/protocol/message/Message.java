package io.assent.protocol.message;

import io.assent.protocol.AcceptorList;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message of a coordinator to one branch. It may arrive twice, late, or in another order than sent (rule P5); its
 * identity is transaction, branch, kind and term.
 */
public sealed interface Message {

    /** The transaction. */
    TransactionId transaction();

    /** The branch: the participant id. */
    String branch();

    /** The term of the leader that sends it. */
    long term();

    /** Whether this reply is the end of the matter, so that the message is not sent again. */
    boolean isAnsweredBy(Reply reply);

    /** The protocol that the transaction runs. */
    default Protocol protocol() {
        return transaction().protocol();
    }

    /**
     * Asks for a vote.
     *
     * @param members all members of the frozen set
     * @param deadline until when a vote is waited for, in milliseconds of the sender's steady clock; never on the wire
     * @param token the live branch that did the work, or null (rule L8)
     * @param calls how many of its calls the initiator saw answered, or null (rule L8)
     * @param acceptors to whom a vote YES is to be sent directly (PAXOS_COMMIT), the first ones first; else empty
     */
    record Prepare(
            TransactionId transaction,
            String branch,
            long term,
            List<Member> members,
            long deadline,
            @Nullable String token,
            @Nullable Integer calls,
            List<AcceptorList.Entry> acceptors)
            implements Message {

        /** A message of a protocol without acceptors. */
        // Justification for ParameterNumber: these are the components of the record but for one.
        public Prepare(
                TransactionId transaction,
                String branch,
                long term,
                List<Member> members,
                long deadline,
                @Nullable String token,
                @Nullable Integer calls) {
            this(transaction, branch, term, members, deadline, token, calls, List.of());
        }

        @Override
        public boolean isAnsweredBy(Reply reply) {
            return reply instanceof Reply.Voted;
        }
    }

    /** Tells that the decision is commit, and not to show it yet (THREE_PHASE). */
    record PreCommit(TransactionId transaction, String branch, long term, List<Member> members) implements Message {
        @Override
        public boolean isAnsweredBy(Reply reply) {
            return reply instanceof Reply.Acknowledged;
        }
    }

    /** Tells that the transaction committed with these members; a branch that is not among them rolls back. */
    record Commit(TransactionId transaction, String branch, long term, List<Member> members) implements Message {
        @Override
        public boolean isAnsweredBy(Reply reply) {
            return reply instanceof Reply.Acknowledged || reply instanceof Reply.Heuristic;
        }
    }

    /** Asks the only branch to commit at once and to tell the outcome, of which it is the authority. */
    record CommitOnePhase(
            TransactionId transaction,
            String branch,
            long term,
            @Nullable String token,
            @Nullable Integer calls) implements Message {
        @Override
        public boolean isAnsweredBy(Reply reply) {
            return reply instanceof Reply.OutcomeReported;
        }
    }

    /** Tells that the transaction aborted. */
    record Abort(TransactionId transaction, String branch, long term) implements Message {
        @Override
        public boolean isAnsweredBy(Reply reply) {
            return reply instanceof Reply.Acknowledged
                    || reply instanceof Reply.Heuristic
                    || reply instanceof Reply.Expired;
        }
    }

    /**
     * Asks for the state of the branch.
     *
     * @param fence commit nothing new after the answer; NOT_VOTED is not an answer then
     * @param from the asking branch when a peer asks, null when the coordinator does
     */
    record Inquire(
            TransactionId transaction,
            String branch,
            long term,
            boolean fence,
            @Nullable String from) implements Message {
        @Override
        public boolean isAnsweredBy(Reply reply) {
            return reply instanceof Reply.StateReported state
                    && switch (state.state()) {
                        case PREPARED, PRE_COMMITTED, COMMITTED, ABORTED -> true;
                        case NOT_VOTED -> !fence;
                        case UNKNOWN -> false;
                    };
        }
    }
}
