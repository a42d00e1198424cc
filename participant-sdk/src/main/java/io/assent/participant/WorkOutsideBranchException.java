package io.assent.participant;

import org.springframework.core.NestedRuntimeException;

/**
 * Work inside a distributed transaction would have committed outside of any branch of it, whatever the outcome. Nothing
 * of that work was done.
 *
 * <p>Not a {@code TransactionException}: Spring takes one of those for a failure of the commit itself, and when it comes
 * from a callback before the commit, the callbacks before completion are left out; what they would have unbound from the
 * thread would meet the next request that the thread serves.
 */
public class WorkOutsideBranchException extends NestedRuntimeException {

    /**
     * Such work was refused.
     *
     * @param message what was refused, and what to do about it
     */
    public WorkOutsideBranchException(String message) {
        super(message);
    }
}
