package io.assent.participant;

import io.assent.protocol.api.ProblemType;
import io.assent.protocol.api.ProblemView;
import java.util.Optional;
import org.springframework.transaction.TransactionSystemException;

/** A coordinator refused a request for a reason that repeating it does not change; nothing happened because of it. */
public final class CoordinatorRefusedException extends TransactionSystemException {

    private final int status;
    private final ProblemView problem;

    /**
     * A refusal.
     *
     * @param request what was asked, for people
     * @param status the HTTP status
     * @param problem what the coordinator says
     */
    public CoordinatorRefusedException(String request, int status, ProblemView problem) {
        super("The coordinator refused " + request + " with status " + status + " (" + problem.type() + "): "
                + problem.detail());
        this.status = status;
        this.problem = problem;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** What the coordinator says. */
    public ProblemView problem() {
        return problem;
    }

    /** Its type, or nothing when it is not one of Assent's. */
    public Optional<ProblemType> type() {
        return ProblemType.ofUrn(problem.type());
    }
}
