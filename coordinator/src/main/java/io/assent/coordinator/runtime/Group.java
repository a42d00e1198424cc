package io.assent.coordinator.runtime;

import io.assent.protocol.AbortReason;
import io.assent.protocol.CommitMember;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.group.GroupState;
import io.assent.protocol.group.OutcomeReader;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One group on this node, as the REST layer sees it. Requests change transactions and are answered by the loop of the
 * group's leader; reads are answered on the caller's thread from what is applied here. Futures never fail and are
 * completed by the loop; a caller that stops waiting cancels its future.
 */
public interface Group {

    /** Until when a commit request waits. */
    enum Await {
        /** Until the outcome is known. */
        DECISION,
        /** Until every branch has acknowledged a commit; an abort is answered at once. */
        COMPLETION
    }

    /**
     * What a begin asks for.
     *
     * @param protocol which commit protocol it runs
     * @param timeoutMillis 1 or more
     * @param key idempotency key, or null
     * @param digest digest of the request's body; with a key only, else null
     */
    record Begin(
            Protocol protocol,
            long timeoutMillis,
            Transaction.Description description,
            @Nullable String key,
            @Nullable String digest) {}

    /** The group's number. */
    int number();

    /** Begins a transaction: {@link Answer.Shown}, {@link Answer.KeyTaken} or {@link Answer.Plain}. */
    CompletableFuture<Answer> begin(Begin begin);

    /**
     * Enlists a branch; {@code created} tells whether it is new.
     *
     * @param most how many branches the transaction may have
     */
    CompletableFuture<Answer> enlist(TransactionId id, Member member, int most);

    /**
     * Asks for commit; answered when {@code await} is over, or at once when the request is refused.
     *
     * @param branches the whole set that the initiator saw, or null
     */
    CompletableFuture<Answer> commit(TransactionId id, @Nullable List<CommitMember> branches, Await await);

    /** Asks for abort; answered when the outcome is known. */
    CompletableFuture<Answer> abort(TransactionId id, AbortReason reason);

    /**
     * Lets the leader find out the outcome of a transaction of acceptors that is not known here (Q4); does nothing where
     * nothing is to be found out, or this node does not lead. Returns at once; the outcome is there later.
     */
    void settle(TransactionId id);

    /** {@link Answer.Barrier} when this node leads and everything acknowledged before this call is applied here. */
    CompletableFuture<Answer> barrier();

    /** The transaction as this node knows it now, or null where it can show none. */
    @Nullable
    Transaction show(TransactionId id);

    /** What this node can prove of the outcome (rules U1 to U5). */
    OutcomeReader.Answer outcome(TransactionId id);

    /** The state that is applied here. */
    GroupState state();

    /** The index of the last entry applied here. */
    long appliedIndex();

    /** Who leads. */
    Log.Leadership leadership();

    /** How long ago this node received the last entry of the present leader that is applied here; ms. */
    long staleMillis();

    /** How many transactions are open at this leader; 0 elsewhere. */
    int openTransactions();
}
