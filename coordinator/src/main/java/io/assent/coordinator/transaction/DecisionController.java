package io.assent.coordinator.transaction;

import io.assent.coordinator.cluster.IncomingRequest;
import io.assent.coordinator.cluster.LeaderRouting;
import io.assent.coordinator.cluster.NoLeaderException;
import io.assent.coordinator.runtime.Answer;
import io.assent.coordinator.runtime.Group;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.AbortReason;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.AbortRequest;
import io.assent.protocol.api.CommitRequest;
import io.assent.protocol.api.TransactionView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/transactions/{id}/commit} and {@code /abort}. */
@RestController
@Tag(name = "transactions")
final class DecisionController {

    private final TransactionIds ids;
    private final LeaderRouting routing;
    private final CommitReader reader;
    private final LimitProperties limits;
    private final DecidedHere decidedHere;
    private final AnswerWriter answers;

    DecisionController(
            TransactionIds ids,
            LeaderRouting routing,
            CommitReader reader,
            LimitProperties limits,
            DecidedHere decidedHere,
            AnswerWriter answers) {
        this.ids = ids;
        this.routing = routing;
        this.reader = reader;
        this.limits = limits;
        this.decidedHere = decidedHere;
        this.answers = answers;
    }

    @PostMapping("/v1/transactions/{id}/commit")
    @Operation(
            summary = "Ask for commit",
            description = "200: it committed. 409 transaction-aborted: it aborted. 202: not known yet, ask again.")
    @ApiResponse(
            responseCode = "200",
            description = "It committed; state tells whether every branch has acknowledged",
            content = @Content(schema = @Schema(implementation = TransactionView.class)))
    @ApiResponse(
            responseCode = "202",
            description = "Its outcome is not known yet",
            content = @Content(schema = @Schema(implementation = TransactionView.class)))
    ResponseEntity<?> commit(
            @PathVariable String id,
            @RequestBody(required = false) @Nullable CommitRequest body,
            HttpServletRequest request) {
        TransactionId transaction = ids.read(id);
        CommitTerms terms = reader.read(body);
        Decision decision = new Decision(transaction, request.getRequestURI(), this::committed);
        long end = System.nanoTime() + terms.waitFor().toNanos();
        try {
            return routing.atLeader(
                    transaction.group(),
                    IncomingRequest.of(request),
                    terms.waitFor(),
                    group -> decide(
                            decision,
                            group,
                            group.commit(transaction, terms.members(), terms.await()),
                            leftUntil(end)));
        } catch (NoLeaderException e) {
            return withoutLeader(decision, decidedHere.commit(transaction, terms.members()), e);
        }
    }

    private ResponseEntity<?> committed(Transaction transaction, Group group, String path) {
        return transaction.outcome() == Outcome.ABORTED
                ? answers.aborted(transaction, group, path)
                : answers.ok(statusOf(transaction), Views.of(transaction), group);
    }

    @PostMapping("/v1/transactions/{id}/abort")
    @Operation(
            summary = "Ask for abort",
            description = "200: it aborted. 409 already-committed: it committed. 202: not known yet, ask again.")
    @ApiResponse(
            responseCode = "200",
            description = "It aborted",
            content = @Content(schema = @Schema(implementation = TransactionView.class)))
    @ApiResponse(
            responseCode = "202",
            description = "Its outcome is not known yet",
            content = @Content(schema = @Schema(implementation = TransactionView.class)))
    ResponseEntity<?> abort(
            @PathVariable String id,
            @RequestBody(required = false) @Nullable AbortRequest body,
            HttpServletRequest request) {
        TransactionId transaction = ids.read(id);
        AbortReason reason = reason(body);
        Decision decision = new Decision(transaction, request.getRequestURI(), this::aborted);
        long end = System.nanoTime() + limits.waitDefault().toNanos();
        try {
            return routing.atLeader(
                    transaction.group(),
                    IncomingRequest.of(request),
                    limits.waitDefault(),
                    group -> decide(decision, group, group.abort(transaction, reason), leftUntil(end)));
        } catch (NoLeaderException e) {
            return withoutLeader(decision, decidedHere.abort(transaction), e);
        }
    }

    private AbortReason reason(@Nullable AbortRequest body) {
        FieldErrors errors = new FieldErrors();
        String message = body == null ? null : body.message();
        errors.requireLength(message, limits.message(), "message");
        errors.throwIfAny();
        return new AbortReason(AbortReason.Code.INITIATOR, null, message);
    }

    private ResponseEntity<?> aborted(Transaction transaction, Group group, String path) {
        return transaction.outcome() == Outcome.COMMITTED
                ? answers.problem(AnswerWriter.alreadyCommitted().about(transaction.id()), group, path)
                : answers.ok(statusOf(transaction), Views.of(transaction), group);
    }

    /** 202 means one thing: the outcome is not known yet. */
    private static HttpStatus statusOf(Transaction transaction) {
        return transaction.outcome() == null ? HttpStatus.ACCEPTED : HttpStatus.OK;
    }

    /** A request to decide a transaction. */
    private record Decision(TransactionId id, String path, Showing showing) {}

    /** How the transaction that came of it is answered. */
    @FunctionalInterface
    private interface Showing {
        ResponseEntity<?> of(Transaction transaction, Group group, String path);
    }

    /** When the time to wait is over, the answer is how the transaction stands. */
    private Optional<ResponseEntity<?>> decide(
            Decision decision, Group group, CompletableFuture<Answer> asked, Duration waitFor) {
        Optional<Answer> answer = Waiting.on(asked, waitFor);
        return answer.or(() ->
                        Optional.ofNullable(group.show(decision.id())).map(shown -> new Answer.Shown(shown, false)))
                .flatMap(known -> write(known, decision, group));
    }

    private ResponseEntity<?> withoutLeader(
            Decision decision, Optional<DecidedHere.Decided> decided, NoLeaderException none) {
        return decided.flatMap(known -> write(known.answer(), decision, known.group()))
                .orElseThrow(() -> none);
    }

    private Optional<ResponseEntity<?>> write(Answer answer, Decision decision, Group group) {
        return switch (answer) {
            case Answer.Shown shown -> Optional.of(decision.showing().of(shown.transaction(), group, decision.path()));
            case Answer.Refused refused -> Optional.of(answers.refused(refused, group, decision.path()));
            case Answer.Plain plain -> answers.plain(plain, decision.id(), group, decision.path());
            case Answer.KeyTaken taken -> throw new IllegalStateException("A decision has no key");
            case Answer.Barrier barrier -> throw new IllegalStateException("A decision is no barrier");
        };
    }

    private static Duration leftUntil(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }
}
