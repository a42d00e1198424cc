package io.assent.participant.branch;

import io.assent.participant.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Ends a participant without leaving others in doubt about it: new branches are refused, and before the web server stops,
 * the branches at hand get some time to be decided. Work that nobody asked to prepare by then is given up; prepared
 * branches stay prepared in the resource, and the next start finds them.
 */
public final class BranchDrain implements SmartLifecycle {

    /** Before the web server begins to refuse connections (Boot: {@code DEFAULT_PHASE - 1024}). */
    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 512;

    private static final Duration POLL = Duration.ofMillis(50);

    private static final Logger LOG = LoggerFactory.getLogger(BranchDrain.class);

    private final Workshop workshop;
    private final Branches branches;
    private final Duration patience;
    private volatile boolean running;

    /**
     * Drains this workshop.
     *
     * @param patience how long branches may take to be decided
     */
    public BranchDrain(Workshop workshop, Branches branches, Duration patience) {
        this.workshop = workshop;
        this.branches = branches;
        this.patience = patience;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        workshop.close();
        Deadline until = Deadline.in(patience);
        while (!until.isOver() && branches.working() + branches.prepared() > 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL.toMillis()));
        }
        branches.abandonWork();
        long prepared = branches.prepared();
        if (prepared > 0) {
            LOG.warn(
                    "{} branches are prepared and not decided; they are looked up when this participant starts again",
                    prepared);
        }
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
