package io.assent.protocol.states;

import io.assent.protocol.participant.Facts;
import io.assent.protocol.states.BranchWorld.Verdict;
import java.util.stream.Stream;

/**
 * What the database of a participant holds of a branch, and whether this instance or another one has it open.
 *
 * @param live this instance has the branch open
 * @param key this instance holds the key of the branch's row
 * @param prepared the branch is prepared (F1)
 * @param known that the decision is commit is written down (F4)
 * @param row the branch is committed (F2)
 * @param tombstone the branch is aborted (F3)
 * @param forgotten everything of it was deleted, at or below the horizon
 */
record Resource(
        boolean live, boolean key, boolean prepared, boolean known, boolean row, boolean tombstone, boolean forgotten) {

    static final Resource EMPTY = new Resource(false, false, false, false, false, false, false);
    static final Resource PREPARED = new Resource(false, false, true, false, false, false, false);
    static final Resource COMMITTED = new Resource(false, false, false, false, true, false, false);
    static final Resource ABORTED = new Resource(false, false, false, false, false, true, false);
    static final Resource FORGOTTEN = new Resource(false, false, false, false, false, false, true);

    Facts facts() {
        if (prepared) {
            return known ? Facts.PRE_COMMITTED : Facts.PREPARED;
        }
        if (row || tombstone) {
            return row ? Facts.COMMITTED : Facts.ABORTED;
        }
        return forgotten ? Facts.FORGOTTEN : Facts.NONE;
    }

    Resource opened(boolean withKey) {
        return new Resource(true, key || withKey, prepared, known, row, tombstone, forgotten);
    }

    /** What this instance had open is gone. */
    Resource closed() {
        return new Resource(false, false, prepared, known, row, tombstone, forgotten);
    }

    Resource prepares() {
        return new Resource(false, false, true, known, row, tombstone, forgotten);
    }

    Resource commits() {
        return new Resource(false, false, false, known, true, false, false);
    }

    Resource rollsBack() {
        return new Resource(false, false, false, known, row, tombstone, forgotten);
    }

    Resource buries() {
        return new Resource(live, key, prepared, known, row, true, forgotten);
    }

    Resource learns() {
        return new Resource(live, key, prepared, true, row, tombstone, forgotten);
    }

    /** Nothing of the branch stands, and nothing was forgotten. */
    boolean isFree() {
        return !prepared && !row && !tombstone && !forgotten;
    }

    boolean isBlank() {
        return isFree() && !key;
    }

    /** What another instance of the participant, or the horizon, can make of it, given what is decided. */
    Stream<Resource> elsewhere(boolean threePhase, Verdict verdict) {
        if (prepared) {
            Resource committed = new Resource(live, key, false, known, true, false, false);
            Resource aborted = new Resource(live, key, false, false, false, true, false);
            return switch (verdict) {
                case OPEN -> Stream.of();
                case COMMIT -> Stream.of(committed, threePhase ? learns() : this);
                case ABORT -> Stream.of(aborted);
                case LEFT_TO_IT -> Stream.of(committed, aborted);
            };
        }
        Resource deleted = new Resource(live, key, false, false, false, false, true);
        if (isBlank()) {
            Resource prepares = new Resource(live, false, true, false, false, false, false);
            return verdict == Verdict.COMMIT ? Stream.of(deleted) : Stream.of(prepares, buries(), deleted);
        }
        return key || forgotten ? Stream.of() : Stream.of(deleted);
    }
}
