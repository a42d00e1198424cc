package io.assent.participant.branch;

import io.assent.protocol.TransactionId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why branches could not commit, for the people who want to know: kept in memory for the last {@value #KEPT} of them,
 * because the branch itself is let go of as soon as it is rolled back. Safe for use by several threads.
 */
final class Reasons {

    private static final int KEPT = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(Reasons.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<TransactionId, Remembered> remembered = new LinkedHashMap<>();

    private static final class Remembered {
        private final Set<String> logged = new HashSet<>();
        private @Nullable String why;
    }

    /** Why the branch of this transaction was rolled back, if that is remembered. */
    Optional<String> of(TransactionId transaction) {
        lock.lock();
        try {
            return Optional.ofNullable(remembered.get(transaction)).map(known -> known.why);
        } finally {
            lock.unlock();
        }
    }

    /** Remembers why the branch of this transaction can only roll back. */
    void note(TransactionId transaction, String why) {
        lock.lock();
        try {
            remember(transaction).why = why;
        } finally {
            lock.unlock();
        }
    }

    /** Somebody who asked for a vote, or for a commit in one phase, is refused: logs it, each reason once. */
    void refused(TransactionId transaction, String participant, String reason) {
        boolean first;
        lock.lock();
        try {
            first = remember(transaction).logged.add(reason);
        } finally {
            lock.unlock();
        }
        if (first) {
            LOG.info(
                    "A branch does not commit: transaction={} participant={} reason={}",
                    transaction,
                    participant,
                    reason);
        }
    }

    private Remembered remember(TransactionId transaction) {
        Remembered known = remembered.computeIfAbsent(transaction, t -> new Remembered());
        if (remembered.size() > KEPT) {
            remembered.remove(remembered.keySet().iterator().next());
        }
        return known;
    }
}
