package io.assent.coordinator.log;

import java.util.concurrent.TimeUnit;

/** How a replica keeps up with what is committed; looked at by one thread. */
final class Progress {

    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private long lastApplied = -1;
    private long movedAt = System.nanoTime();
    private boolean stuck;
    private boolean level;
    private boolean caughtUp;

    /**
     * Notes how things stand.
     *
     * @param follows whether a leader is known, and an entry of its term is applied
     * @return whether everything committed has been applied here at least once since the start
     */
    boolean look(long applied, long committed, boolean follows) {
        long now = System.nanoTime();
        if (applied != lastApplied || applied >= committed) {
            lastApplied = applied;
            movedAt = now;
        }
        stuck = now - movedAt > STUCK_NANOS;
        if (stuck) {
            movedAt = now;
        }
        // Twice in a row: the leader is known a moment before what it has committed.
        boolean levelBefore = level;
        level = follows && applied >= committed;
        caughtUp |= level && levelBefore;
        return caughtUp;
    }

    /** Whether, at the last look, nothing had been applied for long although there is something to apply. */
    boolean isStuck() {
        return stuck;
    }
}
