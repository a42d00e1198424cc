package io.assent.coordinator.transaction;

/** Ends a request with a problem; carries no stack trace, because it is an answer and not a fault. */
final class ProblemException extends RuntimeException {

    private final transient Problem problem;

    ProblemException(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }
}
