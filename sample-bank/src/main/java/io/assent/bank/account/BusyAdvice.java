package io.assent.bank.account;

import java.net.URI;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Answers calls that did not get an account in time, because another transaction holds it. */
@RestControllerAdvice
class BusyAdvice {

    @ExceptionHandler
    ResponseEntity<ProblemDetail> busy(TransientDataAccessException busy) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE,
                "Another transaction holds the account: nothing was moved, try again in a new transaction");
        problem.setType(URI.create("urn:assent:bank:account-busy"));
        problem.setTitle("The account is busy");
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                .header(HttpHeaders.RETRY_AFTER, "1")
                .body(problem);
    }
}
