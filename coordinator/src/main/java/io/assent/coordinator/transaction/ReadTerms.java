package io.assent.coordinator.transaction;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a read wants to be answered.
 *
 * @param level how new the answer must be
 * @param minIndex the log index that the answer must at least reflect, 0 for any
 */
record ReadTerms(Level level, long minIndex) {

    /** How new an answer must be; a fact that cannot change satisfies each of them. */
    enum Level {
        /** True at some instant between the call and its answer. */
        LINEARIZABLE,
        /** At most a configured time old. */
        BOUNDED,
        /** Of any age. */
        LOCAL;

        /** Its name in a request and on an answer. */
        String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Reads the parameters of a request.
     *
     * @throws ProblemException when one is wrong
     */
    static ReadTerms of(@Nullable String consistency, @Nullable String minIndex) {
        FieldErrors errors = new FieldErrors();
        Level level = Level.LINEARIZABLE;
        if (consistency != null) {
            level = Arrays.stream(Level.values())
                    .filter(candidate -> candidate.wireName().equals(consistency))
                    .findFirst()
                    .orElse(null);
        }
        if (level == null) {
            String names = Arrays.stream(Level.values()).map(Level::wireName).collect(Collectors.joining(", "));
            errors.add("consistency", "must be one of " + names);
        }
        long index = 0;
        if (minIndex != null) {
            boolean number = minIndex.matches("[0-9]{1,18}");
            errors.require(number, "minIndex", "must be a log index, a whole number from 0 on");
            index = number ? Long.parseLong(minIndex) : 0;
        }
        errors.throwIfAny();
        return new ReadTerms(level == null ? Level.LINEARIZABLE : level, index);
    }
}
