package io.assent.coordinator.consultation;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The way to one acceptor of another node. Nothing is repeated here. */
final class AcceptorLane {

    /** The JSON between nodes; those of the next version may answer more. */
    static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private final int group;
    private final AcceptorList.Entry to;
    private final NodeClient client;
    private final BatchLane<CallKind, Call> lane =
            new BatchLane<>(this::send, call -> call.reply().isDone());

    private record Call(AcceptorRequest request, CallForm form, CompletableFuture<AcceptorReply> reply) {}

    AcceptorLane(int group, AcceptorList.Entry to, NodeClient client) {
        this.group = group;
        this.to = to;
        this.client = client;
    }

    /** Asks it; who stops waiting completes the future, and what is not sent yet is not sent. */
    CompletableFuture<AcceptorReply> ask(AcceptorRequest request) {
        Optional<CallKind> kind = CallKind.of(request);
        if (kind.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("Only its own replica asks an acceptor for " + request));
        }
        CallForm form = CallForm.of(request);
        Call call = new Call(request, form, new CompletableFuture<>());
        if (!lane.offer(kind.get(), call, JSON.writeValueAsBytes(form).length + 1)) {
            call.reply()
                    .completeExceptionally(
                            new RejectedExecutionException("Too many requests wait for acceptor " + to.id()));
        }
        return call.reply();
    }

    private CompletionStage<?> send(CallKind kind, List<Call> calls) {
        CallsForm form = new CallsForm(
                to.id().replica(),
                to.id().incarnationText(),
                group,
                calls.stream().map(Call::form).toList());
        return client.post(to.url(), kind.path(), JSON.writeValueAsBytes(form)).whenComplete((body, failure) -> {
            if (failure == null) {
                take(calls, body);
            } else {
                calls.forEach(call -> call.reply().completeExceptionally(failure));
            }
        });
    }

    private void take(List<Call> calls, byte[] body) {
        List<ReplyForm> replies;
        try {
            replies = JSON.readValue(body, RepliesForm.class).replies();
        } catch (RuntimeException e) {
            calls.forEach(call -> call.reply().completeExceptionally(notUnderstood(e)));
            return;
        }
        for (int i = 0; i < calls.size(); i++) {
            take(calls.get(i), replies == null || replies.size() != calls.size() ? null : replies.get(i));
        }
    }

    private void take(Call call, @Nullable ReplyForm form) {
        try {
            if (form == null) {
                throw new IllegalArgumentException("There is not one reply for each request");
            }
            call.reply().complete(form.toReply(call.request()));
        } catch (IllegalArgumentException e) {
            call.reply().completeExceptionally(notUnderstood(e));
        }
    }

    private IOException notUnderstood(Exception cause) {
        return new IOException("The node of acceptor " + to.id() + " answered in a way that is not understood", cause);
    }
}
