package io.assent.bank.account;

import java.net.URI;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/** An account cannot do what was asked; the answer is a problem that says why. */
public final class AccountException extends ErrorResponseException {

    private AccountException(HttpStatus status, String type, String title, String detail) {
        super(status, problem(status, type, title, detail), null);
    }

    private static ProblemDetail problem(HttpStatus status, String type, String title, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(URI.create("urn:assent:bank:" + type));
        problem.setTitle(title);
        return problem;
    }

    static AccountException unknown(String id) {
        return new AccountException(
                HttpStatus.NOT_FOUND,
                "unknown-account",
                "No such account",
                "This bank has no account " + id + ": open it with PUT /accounts/" + id);
    }

    static AccountException tooLittle(String id) {
        return new AccountException(
                HttpStatus.UNPROCESSABLE_CONTENT,
                "insufficient-funds",
                "Insufficient funds",
                "The account " + id + " would fall below zero: move less, or put money onto it first");
    }

    static AccountException exists(String id) {
        return new AccountException(
                HttpStatus.CONFLICT,
                "account-exists",
                "The account exists",
                "The account " + id + " was opened with another balance: move money with POST /transfers");
    }
}
