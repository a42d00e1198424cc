package io.assent.coordinator.transaction;

import io.assent.protocol.api.ProblemView;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Writes problems as answers; those that pass with time say when to come back. */
@Component
final class ProblemResponses {

    private final RetryAfter retryAfter;

    ProblemResponses(RetryAfter retryAfter) {
        this.retryAfter = retryAfter;
    }

    /**
     * The answer.
     *
     * @param headers further headers; changed
     * @param instance path of the request
     */
    ResponseEntity<ProblemView> answer(Problem problem, HttpHeaders headers, String instance) {
        int status = problem.type().status();
        if (status == HttpStatus.TOO_MANY_REQUESTS.value() || status == HttpStatus.SERVICE_UNAVAILABLE.value()) {
            headers.set(HttpHeaders.RETRY_AFTER, retryAfter.seconds());
        }
        headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        return ResponseEntity.status(status).headers(headers).body(problem.toView(instance));
    }

    /**
     * The answer when there is no type of ours, and the status alone tells (RFC 9457 section 4.2.1).
     *
     * @param headers further headers, copied
     * @param instance path of the request
     */
    ResponseEntity<ProblemView> blank(int status, HttpHeaders headers, String instance) {
        HttpHeaders all = new HttpHeaders();
        all.putAll(headers);
        all.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        return ResponseEntity.status(status).headers(all).body(HttpRefusals.view(status, instance));
    }
}
