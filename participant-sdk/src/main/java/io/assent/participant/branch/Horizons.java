package io.assent.participant.branch;

import io.assent.participant.BranchResource;
import io.assent.participant.Ledger;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the horizons that coordinators tell, and lets go of what is below them (rule P7): never by age. */
public final class Horizons implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Horizons.class);

    private final Branches branches;
    private final BranchResource resource;
    private final Ledger ledger;
    private final ExecutorService threads = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("assent-horizons").factory());

    /** The horizons of one participant. */
    public Horizons(Branches branches, BranchResource resource, Ledger ledger) {
        this.branches = branches;
        this.resource = resource;
        this.ledger = ledger;
    }

    /** Notes horizons as messages and look-ups carry them, perhaps none. */
    void note(@Nullable List<String> horizons) {
        for (String horizon : Optional.ofNullable(horizons).orElse(List.of())) {
            if (ledger.advance(horizon)) {
                branches.horizonAdvanced();
                threads.execute(() -> forget(horizon));
            }
        }
    }

    private void forget(String horizon) {
        try {
            resource.forget(horizon);
        } catch (RuntimeException e) {
            LOG.warn("What is forgotten elsewhere will be deleted with the next horizon: horizon={}", horizon, e);
        }
    }

    /** Waits for what is being deleted. */
    @Override
    public void close() {
        threads.close();
    }
}
