package io.assent.participant.branch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationUtils;

/**
 * The callbacks after commit and after completion that the units of one branch registered: they run, in that order, when
 * the outcome of the branch is known, on a thread of their own. They are lost when the process dies first.
 */
final class Callbacks {

    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

    private final Executor executor;
    private final List<TransactionSynchronization> kept = new ArrayList<>();

    Callbacks(Executor executor) {
        this.executor = executor;
    }

    void keep(List<TransactionSynchronization> callbacks) {
        kept.addAll(callbacks);
    }

    /** Runs and forgets them: {@code status} is one of the constants of {@link TransactionSynchronization}. */
    void run(int status) {
        if (kept.isEmpty()) {
            return;
        }
        List<TransactionSynchronization> callbacks = List.copyOf(kept);
        kept.clear();
        executor.execute(() -> run(callbacks, status));
    }

    /** Runs these callbacks on this thread. */
    static void run(List<TransactionSynchronization> callbacks, int status) {
        try {
            if (status == TransactionSynchronization.STATUS_COMMITTED) {
                TransactionSynchronizationUtils.invokeAfterCommit(callbacks);
            }
        } catch (RuntimeException e) {
            LOG.error("A callback after commit failed; the transaction is committed all the same", e);
        } finally {
            TransactionSynchronizationUtils.invokeAfterCompletion(callbacks, status);
        }
    }
}
