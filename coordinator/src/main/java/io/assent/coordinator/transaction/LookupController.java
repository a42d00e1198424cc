package io.assent.coordinator.transaction;

import io.assent.coordinator.cluster.IncomingRequest;
import io.assent.protocol.api.LookupAnswer;
import io.assent.protocol.api.LookupRequest;
import io.assent.protocol.api.ProblemType;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/outcomes/lookup}. */
@RestController
@Tag(name = "outcomes")
final class LookupController {

    private final LimitProperties limits;
    private final OutcomeLookup lookup;

    LookupController(LimitProperties limits, OutcomeLookup lookup) {
        this.limits = limits;
        this.lookup = lookup;
    }

    @PostMapping("/v1/outcomes/lookup")
    @Operation(
            summary = "Look up the outcomes of branches",
            description = "One answer for each branch, in the order asked: COMMITTED, ABORTED, PENDING or EXPIRED.")
    LookupAnswer lookup(@RequestBody(required = false) @Nullable LookupRequest body, HttpServletRequest request) {
        return lookup.answer(questions(body), IncomingRequest.of(request));
    }

    private List<OutcomeLookup.Question> questions(@Nullable LookupRequest body) {
        FieldErrors errors = new FieldErrors();
        List<LookupRequest.@Nullable Item> items = body == null ? null : body.branches();
        if (items == null) {
            errors.add("branches", "is missing");
            errors.throwIfAny();
            return List.of();
        }
        if (items.size() > limits.lookups()) {
            throw new ProblemException(Problem.of(
                    ProblemType.TOO_LARGE,
                    "The request asks about " + items.size() + " branches, and may ask about " + limits.lookups()
                            + ". Ask in several requests."));
        }
        List<OutcomeLookup.Question> questions = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            LookupRequest.Item item = items.get(i);
            String transaction = item == null ? null : item.transaction();
            String branch = item == null ? null : item.branch();
            if (transaction == null || branch == null) {
                String field = transaction == null ? "transaction" : "branch";
                errors.add("branches[" + i + "]." + field, "is missing");
            } else {
                questions.add(new OutcomeLookup.Question(transaction, branch));
            }
        }
        errors.throwIfAny();
        return questions;
    }
}
