package io.assent.coordinator.transaction;

import io.assent.coordinator.cluster.IncomingRequest;
import io.assent.coordinator.cluster.LeaderRouting;
import io.assent.coordinator.runtime.Answer;
import io.assent.coordinator.runtime.Group;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.AbortReason;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.AbortRequest;
import io.assent.protocol.api.CommitRequest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
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
    private final AnswerWriter answers;

    DecisionController(
            TransactionIds ids,
            LeaderRouting routing,
            CommitReader reader,
            LimitProperties limits,
            AnswerWriter answers) {
        this.ids = ids;
        this.routing = routing;
        this.reader = reader;
        this.limits = limits;
        this.answers = answers;
    }

    @PostMapping("/v1/transactions/{id}/commit")
    @Operation(
            summary = "Ask for commit",
            description = "200: it committed. 409 transaction-aborted: it aborted. 202: not known yet, ask again.")
    ResponseEntity<?> commit(
            @PathVariable String id,
            @RequestBody(required = false) @Nullable CommitRequest body,
            HttpServletRequest request) {
        TransactionId transaction = ids.read(id);
        CommitTerms terms = reader.read(body);
        long end = System.nanoTime() + terms.waitFor().toNanos();
        String path = request.getRequestURI();
        return routing.atLeader(
                transaction.group(),
                IncomingRequest.of(request),
                terms.waitFor(),
                group -> Waiting.on(group.commit(transaction, terms.members(), terms.await()), leftUntil(end))
                        .or(() -> unfinished(transaction, group))
                        .flatMap(answer ->
                                answer(answer, transaction, group, path, shown -> committed(shown, group, path))));
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
    ResponseEntity<?> abort(
            @PathVariable String id,
            @RequestBody(required = false) @Nullable AbortRequest body,
            HttpServletRequest request) {
        TransactionId transaction = ids.read(id);
        AbortReason reason = reason(body);
        long end = System.nanoTime() + limits.waitDefault().toNanos();
        String path = request.getRequestURI();
        return routing.atLeader(
                transaction.group(),
                IncomingRequest.of(request),
                limits.waitDefault(),
                group -> Waiting.on(group.abort(transaction, reason), leftUntil(end))
                        .or(() -> unfinished(transaction, group))
                        .flatMap(answer ->
                                answer(answer, transaction, group, path, shown -> aborted(shown, group, path))));
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

    private Optional<ResponseEntity<?>> answer(
            Answer answer, TransactionId id, Group group, String path, Function<Transaction, ResponseEntity<?>> shown) {
        return switch (answer) {
            case Answer.Shown standing -> Optional.of(shown.apply(standing.transaction()));
            case Answer.Refused refused -> Optional.of(answers.refused(refused, group, path));
            case Answer.Plain plain -> answers.plain(plain, id, group, path);
            case Answer.KeyTaken taken -> throw new IllegalStateException("A decision has no key");
            case Answer.Barrier barrier -> throw new IllegalStateException("A decision is no barrier");
        };
    }

    /** The time to wait is over: how it stands now, or nothing when this node cannot show it any more. */
    private static Optional<Answer> unfinished(TransactionId id, Group group) {
        return Optional.ofNullable(group.show(id)).map(shown -> new Answer.Shown(shown, false));
    }

    private static Duration leftUntil(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }
}
