package io.assent.participant.branch;

import io.assent.participant.BranchRefusedException;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.participant.Refusal;

/** What a refusal of the role means to the caller of a business method. */
final class Refusals {

    private Refusals() {}

    static BranchRefusedException of(Refusal refusal, TransactionId transaction) {
        return switch (refusal) {
            case BRANCH_PREPARED ->
                new BranchRefusedException(
                        ProblemType.BRANCH_PREPARED,
                        transaction,
                        "This branch has voted and takes no more work. Call before it is prepared, or begin a new"
                                + " transaction");
            case TRANSACTION_OVER -> over(transaction, "Its branch here is over, or its time is up");
            case BRANCH_ELSEWHERE ->
                new BranchRefusedException(
                        ProblemType.BRANCH_ELSEWHERE,
                        transaction,
                        "Another connection holds this branch. Call the instance that answered the first call");
            case BRANCH_LOST ->
                new BranchRefusedException(
                        ProblemType.BRANCH_LOST,
                        transaction,
                        "The work of the earlier calls is gone: abort the transaction and begin a new one");
            case UNAVAILABLE ->
                new BranchRefusedException(
                        ProblemType.NOT_READY,
                        transaction,
                        "The database of this participant can take no branch now: abort the transaction and begin a new"
                                + " one later");
        };
    }

    static BranchRefusedException over(TransactionId transaction, String why) {
        return new BranchRefusedException(
                ProblemType.TRANSACTION_OVER, transaction, why + ". Abort the transaction and begin a new one");
    }
}
