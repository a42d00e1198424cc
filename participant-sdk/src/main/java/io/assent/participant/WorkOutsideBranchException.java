package io.assent.participant;

import org.springframework.transaction.TransactionUsageException;

/**
 * Work inside a distributed transaction would have committed outside of any branch of it, whatever the outcome. Nothing
 * of that work was done.
 */
public class WorkOutsideBranchException extends TransactionUsageException {

    /**
     * Such work was refused.
     *
     * @param message what was refused, and what to do about it
     */
    public WorkOutsideBranchException(String message) {
        super(message);
    }
}
