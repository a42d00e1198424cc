package io.assent.participant.branch;

import io.assent.participant.Deadline;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** When a prepared branch asks for its outcome: first after a while, then ever less often. Safe for several threads. */
final class LookupPace {

    private final Duration first;
    private final Duration longest;
    private long inDoubtSince;
    private Duration pause;
    private @Nullable Deadline next;

    LookupPace(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
        this.pause = first;
    }

    /** The branch is prepared now. */
    synchronized void start() {
        inDoubtSince = System.nanoTime();
        next = Deadline.in(first);
    }

    /** The branch was found prepared by a process that knows nothing of it: it asks at once. */
    synchronized void hurry() {
        next = Deadline.in(Duration.ZERO);
    }

    /** How long the branch has been prepared, as far as this process knows. */
    synchronized Duration age() {
        return next == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - inDoubtSince);
    }

    /** Whether it is time to ask; if so, the next time is set. */
    synchronized boolean isDue() {
        if (next == null || !next.isOver()) {
            return false;
        }
        next = Deadline.in(pause.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis() / 4 + 1)));
        pause = pause.multipliedBy(2).compareTo(longest) < 0 ? pause.multipliedBy(2) : longest;
        return true;
    }
}
