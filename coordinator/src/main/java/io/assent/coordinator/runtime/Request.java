package io.assent.coordinator.runtime;

import io.assent.protocol.AbortReason;
import io.assent.protocol.CommitMember;
import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.coordinator.CoordinatorEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A request that waits for the loop, and the future of who waits for its answer. */
sealed interface Request {

    /** Completed by the loop only. */
    CompletableFuture<Answer> answer();

    /** A request about one transaction. */
    sealed interface OfTransaction extends Request {
        TransactionId id();

        /** What it is to the role. */
        CoordinatorEvent event();

        /** Until when its answer waits once the role accepted it; null: it is answered at once. */
        Group.@Nullable Await await();
    }

    record Begin(Group.Begin begin, CompletableFuture<Answer> answer) implements Request {}

    /** Somebody asks for the outcome of a transaction that this node cannot tell: it is to be found out. */
    record Settle(TransactionId id, CompletableFuture<Answer> answer) implements Request {}

    record Barrier(CompletableFuture<Answer> answer) implements Request {}

    record Enlist(TransactionId id, Member member, int most, CompletableFuture<Answer> answer)
            implements OfTransaction {
        @Override
        public CoordinatorEvent event() {
            return new CoordinatorEvent.Enlisted(member);
        }

        @Override
        public Group.@Nullable Await await() {
            return null;
        }
    }

    record Commit(
            TransactionId id,
            @Nullable List<CommitMember> branches,
            Group.Await await,
            CompletableFuture<Answer> answer)
            implements OfTransaction {
        @Override
        public CoordinatorEvent event() {
            return new CoordinatorEvent.CommitRequested(branches);
        }
    }

    record Abort(TransactionId id, AbortReason reason, CompletableFuture<Answer> answer) implements OfTransaction {
        @Override
        public CoordinatorEvent event() {
            return new CoordinatorEvent.AbortRequested(reason);
        }

        @Override
        public Group.Await await() {
            return Group.Await.DECISION;
        }
    }
}
