package io.assent.coordinator.transaction;

import io.assent.coordinator.cluster.IncomingRequest;
import io.assent.coordinator.cluster.LeaderRouting;
import io.assent.coordinator.runtime.Answer;
import io.assent.coordinator.runtime.Group;
import io.assent.coordinator.runtime.Transaction;
import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.BranchRequest;
import io.assent.protocol.api.BranchView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/transactions/{id}/branches}. */
@RestController
@Tag(name = "transactions")
final class BranchController {

    private final TransactionIds ids;
    private final LeaderRouting routing;
    private final BranchReader reader;
    private final LimitProperties limits;
    private final AnswerWriter answers;

    BranchController(
            TransactionIds ids,
            LeaderRouting routing,
            BranchReader reader,
            LimitProperties limits,
            AnswerWriter answers) {
        this.ids = ids;
        this.routing = routing;
        this.reader = reader;
        this.limits = limits;
        this.answers = answers;
    }

    @PostMapping("/v1/transactions/{id}/branches")
    @Operation(
            summary = "Enlist a branch",
            description = "201 with the new branch, or 200 when it is enlisted already in the same way; 409 when the"
                    + " transaction is no longer active.")
    @ApiResponse(
            responseCode = "201",
            description = "The new branch",
            content = @Content(schema = @Schema(implementation = BranchView.class)))
    @ApiResponse(
            responseCode = "200",
            description = "The branch, which is enlisted already",
            content = @Content(schema = @Schema(implementation = BranchView.class)))
    ResponseEntity<?> enlist(
            @PathVariable String id,
            @RequestBody(required = false) @Nullable BranchRequest body,
            HttpServletRequest request) {
        TransactionId transaction = ids.read(id);
        Member member = reader.read(body);
        return routing.atLeader(
                transaction.group(),
                IncomingRequest.of(request),
                Duration.ZERO,
                group -> enlist(transaction, member, group, request.getRequestURI()));
    }

    private Optional<ResponseEntity<?>> enlist(TransactionId id, Member member, Group group, String path) {
        return Waiting.on(group.enlist(id, member, limits.branches()), limits.waitDefault())
                .flatMap(answer -> switch (answer) {
                    case Answer.Shown shown -> Optional.of(enlisted(shown, member, group));
                    case Answer.Refused refused -> Optional.of(answers.refused(refused, group, path));
                    case Answer.Plain plain -> answers.plain(plain, id, group, path);
                    case Answer.KeyTaken taken -> throw new IllegalStateException("An enlistment has no key");
                    case Answer.Barrier barrier -> throw new IllegalStateException("An enlistment is no barrier");
                });
    }

    private ResponseEntity<?> enlisted(Answer.Shown shown, Member member, Group group) {
        Transaction.Branch branch = find(shown.transaction(), member)
                .orElseThrow(() -> new IllegalStateException("The branch that was enlisted is not shown"));
        return answers.ok(shown.created() ? HttpStatus.CREATED : HttpStatus.OK, Views.of(branch), group);
    }

    private static Optional<Transaction.Branch> find(Transaction transaction, Member member) {
        return transaction.branches().stream()
                .filter(branch -> branch.participant().equals(member.participant()))
                .findFirst();
    }
}
