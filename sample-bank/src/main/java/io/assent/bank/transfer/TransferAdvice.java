package io.assent.bank.transfer;

import io.assent.participant.CoordinatorUnavailableException;
import io.assent.participant.OutcomeUnknownException;
import io.assent.participant.TransactionAbortedException;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.client.RestClientResponseException;

/**
 * Answers transfers that were not made with a problem that says whether to try again. It names the outcome where that is
 * known: a status alone proves nothing, as anybody between here and the client may answer 503 after the commit.
 */
@RestControllerAdvice
class TransferAdvice {

    private static final String OUTCOME = "outcome";

    @ExceptionHandler
    ProblemDetail failed(TransferFailedException failure) {
        ProblemDetail bank = failure.answer()
                .filter(TransferAdvice::saysWhatToDo)
                .map(answer -> answer.getResponseBodyAs(ProblemDetail.class))
                .orElse(null);
        HttpStatusCode status = bank == null
                ? HttpStatus.BAD_GATEWAY
                : failure.answer().orElseThrow().getStatusCode();
        ProblemDetail problem = problem(
                status,
                "transfer-refused",
                bank == null ? failure.getMessage() + "; nothing was moved" : bank.getDetail(),
                failure.transaction().orElse(null));
        // The work failed, so commit was never asked for.
        problem.setProperty(OUTCOME, Outcome.ABORTED);
        if (bank != null && bank.getType() != null) {
            problem.setType(bank.getType());
            problem.setTitle(bank.getTitle());
        }
        return problem;
    }

    /** A bank's own words are passed on, unless they are about a failure inside of it. */
    private static boolean saysWhatToDo(RestClientResponseException answer) {
        boolean words = MediaType.APPLICATION_PROBLEM_JSON.isCompatibleWith(
                answer.getResponseHeaders() == null
                        ? null
                        : answer.getResponseHeaders().getContentType());
        return words
                && (answer.getStatusCode().is4xxClientError()
                        || answer.getStatusCode().isSameCodeAs(HttpStatus.SERVICE_UNAVAILABLE));
    }

    @ExceptionHandler
    ProblemDetail aborted(TransactionAbortedException aborted) {
        ProblemDetail problem = problem(
                HttpStatus.CONFLICT,
                "transfer-aborted",
                aborted.getMessage() + "; nothing was moved, try again if it makes sense",
                aborted.transaction());
        problem.setProperty(OUTCOME, Outcome.ABORTED);
        problem.setProperty("reason", aborted.reason());
        return problem;
    }

    @ExceptionHandler
    ProblemDetail unknown(OutcomeUnknownException unknown) {
        return problem(HttpStatus.GATEWAY_TIMEOUT, "outcome-unknown", unknown.getMessage(), unknown.transaction());
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unavailable(CoordinatorUnavailableException unavailable) {
        ProblemDetail problem = problem(
                HttpStatus.SERVICE_UNAVAILABLE,
                "coordinator-unavailable",
                unavailable.getMessage() + "; nothing was moved, try again",
                null);
        // Nothing was begun.
        problem.setProperty(OUTCOME, Outcome.ABORTED);
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                .header(HttpHeaders.RETRY_AFTER, "1")
                .body(problem);
    }

    private static ProblemDetail problem(
            HttpStatusCode status, String type, @Nullable String detail, @Nullable TransactionId transaction) {
        ProblemDetail problem = ProblemDetail.forStatus(status);
        problem.setType(URI.create("urn:assent:bank:" + type));
        problem.setDetail(detail);
        if (transaction != null) {
            problem.setProperty("transaction", transaction.toString());
        }
        return problem;
    }
}
