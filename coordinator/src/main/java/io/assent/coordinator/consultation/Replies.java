package io.assent.coordinator.consultation;

import io.assent.coordinator.cluster.RefusedRequestException;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.paxoscommit.AcceptorReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Parks a request's thread on the replies of this node's acceptors. */
final class Replies {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final String AGAIN = " Repeat the same request after Retry-After, or ask the other acceptors.";

    private Replies() {}

    /**
     * All replies, in order.
     *
     * @throws RefusedRequestException when one is missing: what of it was recorded is not known
     */
    static List<AcceptorReply> await(List<CompletableFuture<AcceptorReply>> futures) {
        List<AcceptorReply> replies = new ArrayList<>(futures.size());
        try {
            for (CompletableFuture<AcceptorReply> future : futures) {
                replies.add(future.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS));
            }
            return replies;
        } catch (ExecutionException e) {
            throw refusal(e.getCause());
        } catch (TimeoutException e) {
            throw RefusedRequestException.of(
                    ProblemType.NOT_READY, "The acceptor's disk did not answer in time." + AGAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RefusedRequestException.of(ProblemType.NOT_READY, "This node stops." + AGAIN);
        }
    }

    private static RefusedRequestException refusal(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return switch (cause) {
            case OwnAcceptor.NotOpenException e -> notOpen(e.getMessage());
            case RejectedExecutionException e ->
                RefusedRequestException.of(ProblemType.OVERLOADED, e.getMessage() + "." + AGAIN);
            case null, default ->
                RefusedRequestException.of(
                        ProblemType.NOT_READY, "The acceptor has stopped, and its node ends." + AGAIN);
        };
    }

    private static RefusedRequestException notOpen(@Nullable String message) {
        return RefusedRequestException.of(ProblemType.NOT_READY, message + "." + AGAIN);
    }
}
