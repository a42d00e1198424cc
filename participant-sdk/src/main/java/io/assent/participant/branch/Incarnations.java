package io.assent.participant.branch;

import io.assent.participant.CoordinatorClient;
import io.assent.participant.Deadline;
import io.assent.participant.Ledger;
import io.assent.protocol.TransactionId;
import io.assent.protocol.api.ClusterView;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which incarnations of groups belong to the participant's own coordinators: only for those it prepares before PREPARE,
 * so that a stranger's headers cannot hold locks for ever.
 */
public final class Incarnations {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration REST = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Incarnations.class);

    private final Ledger ledger;
    private final CoordinatorClient coordinators;
    private final AtomicLong asked = new AtomicLong(System.nanoTime() - REST.toNanos());

    /** What the ledger knows, and what these coordinators tell. */
    public Incarnations(Ledger ledger, CoordinatorClient coordinators) {
        this.ledger = ledger;
        this.coordinators = coordinators;
    }

    /** Whether the transaction was begun by our coordinators; asks them, now and then, when that is not known. */
    boolean isOurs(TransactionId transaction) {
        if (!ledger.knows(transaction)) {
            askNowAndThen();
        }
        return ledger.knows(transaction);
    }

    private void askNowAndThen() {
        long last = asked.get();
        long now = System.nanoTime();
        if (now - last >= REST.toNanos() && asked.compareAndSet(last, now)) {
            ask();
        }
    }

    /** Asks the coordinators which groups they host. */
    void ask() {
        try {
            ClusterView cluster = coordinators.cluster(Deadline.in(PATIENCE));
            for (ClusterView.Group group : cluster.groups()) {
                if (group.incarnation() != null) {
                    ledger.learn(group.incarnation());
                }
            }
        } catch (RuntimeException e) {
            LOG.info("No coordinator told its groups: {}", e.getMessage());
        }
    }
}
