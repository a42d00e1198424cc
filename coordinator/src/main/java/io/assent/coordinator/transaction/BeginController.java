package io.assent.coordinator.transaction;

import io.assent.coordinator.cluster.GroupChoice;
import io.assent.coordinator.cluster.IncomingRequest;
import io.assent.coordinator.cluster.LeaderRouting;
import io.assent.coordinator.runtime.Answer;
import io.assent.coordinator.runtime.Group;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.api.BeginRequest;
import io.assent.protocol.api.Headers;
import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.TransactionView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/transactions}. */
@RestController
@Tag(name = "transactions")
final class BeginController {

    private final GroupChoice groups;
    private final LeaderRouting routing;
    private final BeginReader reader;
    private final LimitProperties limits;
    private final AnswerWriter answers;

    BeginController(
            GroupChoice groups,
            LeaderRouting routing,
            BeginReader reader,
            LimitProperties limits,
            AnswerWriter answers) {
        this.groups = groups;
        this.routing = routing;
        this.reader = reader;
        this.limits = limits;
        this.answers = answers;
    }

    @PostMapping("/v1/transactions")
    @Operation(
            summary = "Begin a transaction",
            description = "201 with the new transaction; with an Idempotency-Key that was used before, 200 with its"
                    + " transaction.")
    @ApiResponse(
            responseCode = "201",
            description = "The new transaction",
            content = @Content(schema = @Schema(implementation = TransactionView.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The transaction that this Idempotency-Key began before",
            content = @Content(schema = @Schema(implementation = TransactionView.class)))
    @Parameter(
            name = Headers.IDEMPOTENCY_KEY,
            in = ParameterIn.HEADER,
            description = "1 to 128 visible ASCII characters; the same key gives the same transaction")
    ResponseEntity<?> begin(@RequestBody(required = false) @Nullable BeginRequest body, HttpServletRequest request) {
        BeginTerms terms = reader.read(body, Collections.list(request.getHeaders(Headers.IDEMPOTENCY_KEY)));
        BeginTerms.Key key = terms.key();
        int home = key == null ? groups.withoutKey() : groups.forKey(key.value());
        return routing.atLeader(
                home,
                IncomingRequest.of(request),
                Duration.ZERO,
                group -> begin(terms, group, request.getRequestURI()));
    }

    private Optional<ResponseEntity<?>> begin(BeginTerms terms, Group group, String path) {
        BeginTerms.Key key = terms.key();
        Group.Begin begin = new Group.Begin(
                terms.protocol(),
                terms.timeout().toMillis(),
                new Transaction.Description(terms.name(), terms.initiator(), terms.labels()),
                key == null ? null : key.value(),
                key == null ? null : key.digest());
        return Waiting.on(group.begin(begin), limits.waitDefault()).flatMap(answer -> answer(answer, group, path));
    }

    private Optional<ResponseEntity<?>> answer(Answer answer, Group group, String path) {
        return switch (answer) {
            case Answer.Shown shown -> Optional.of(begun(shown, group, path));
            case Answer.KeyTaken taken ->
                Optional.of(answers.problem(
                        Problem.of(
                                ProblemType.IDEMPOTENCY_CONFLICT,
                                "The Idempotency-Key was used to begin another transaction, with another body. Use a"
                                        + " new key for a new transaction.",
                                taken.by()),
                        group,
                        path));
            case Answer.Plain plain -> answers.plain(plain, null, group, path);
            case Answer.Refused refused -> Optional.of(answers.refused(refused, group, path));
            case Answer.Barrier barrier -> throw new IllegalStateException("A begin was answered as a barrier");
        };
    }

    private ResponseEntity<?> begun(Answer.Shown shown, Group group, String path) {
        HttpHeaders headers = answers.headers(group);
        if (shown.created()) {
            headers.setLocation(URI.create(path + "/" + shown.transaction().id()));
        }
        return ResponseEntity.status(shown.created() ? HttpStatus.CREATED : HttpStatus.OK)
                .headers(headers)
                .body(Views.of(shown.transaction()));
    }
}
