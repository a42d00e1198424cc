package io.assent.coordinator.consultation;

import io.assent.coordinator.acceptor.AcceptorStore;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What this node's acceptors show of themselves. */
@Component
final class AcceptorMetrics {

    private final MeterRegistry meters;
    private final Map<List<String>, Counter> requests = new ConcurrentHashMap<>();

    AcceptorMetrics(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Shows how much an acceptor holds. */
    void show(int group, AcceptorStore store) {
        Gauge.builder("assent.acceptor.transactions", store, AcceptorStore::transactions)
                .description("Transactions of which this node's acceptor holds votes or promises")
                .tag("group", Integer.toString(group))
                .strongReference(true)
                .register(meters);
    }

    /** Counts a request when it is answered, and passes the answer on. */
    CompletableFuture<AcceptorReply> count(AcceptorRequest request, CompletableFuture<AcceptorReply> reply) {
        return reply.whenComplete(
                (answer, failure) -> requests.computeIfAbsent(List.of(kind(request), result(answer)), this::counter)
                        .increment());
    }

    private Counter counter(List<String> kindAndResult) {
        return Counter.builder("assent.acceptor.requests")
                .description("What this node's acceptors were asked, and how it ended")
                .tag("kind", kindAndResult.getFirst())
                .tag("result", kindAndResult.getLast())
                .register(meters);
    }

    private static String kind(AcceptorRequest request) {
        return switch (request) {
            case AcceptorRequest.VoteBundle ignored -> "votes";
            case AcceptorRequest.Phase1a ignored -> "promise";
            case AcceptorRequest.Phase2a ignored -> "acceptance";
            case AcceptorRequest.Learned ignored -> "learned";
            case AcceptorRequest.Seal ignored -> "seal";
            case AcceptorRequest.ListUnlearned ignored -> "unlearned";
            case AcceptorRequest.Forget ignored -> "forget";
            case AcceptorRequest.TakeRounds ignored -> "rounds";
        };
    }

    private static String result(@Nullable AcceptorReply reply) {
        return switch (reply) {
            case null -> "failed";
            case AcceptorReply.Refused ignored -> "refused";
            case AcceptorReply.SealRefused ignored -> "refused";
            case AcceptorReply.Rejected ignored -> "rejected";
            case AcceptorReply.Misaddressed ignored -> "misaddressed";
            case AcceptorReply.VotesAccepted ignored -> "done";
            case AcceptorReply.Phase1b ignored -> "done";
            case AcceptorReply.Phase2b ignored -> "done";
            case AcceptorReply.Sealed ignored -> "done";
            case AcceptorReply.Unlearned ignored -> "done";
            case AcceptorReply.Noted ignored -> "done";
            case AcceptorReply.Forgotten ignored -> "done";
            case AcceptorReply.RoundsTaken ignored -> "done";
        };
    }
}
