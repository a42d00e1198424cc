package io.assent.benchmarks.delay;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What some transactions showed, one after the other.
 *
 * @param refusal why not even one could begin, or null
 * @param failures how many ended otherwise than committed, by their endings
 * @param answerNanos how long after its request to commit the initiator was told, of each that committed
 * @param commitNanos how long after that request COMMIT had come to all participants, of each that committed
 */
public record Trial(
        @Nullable String refusal, Map<String, Integer> failures, List<Long> answerNanos, List<Long> commitNanos) {

    public Trial {
        failures = Map.copyOf(failures);
        answerNanos = List.copyOf(answerNanos);
        commitNanos = List.copyOf(commitNanos);
    }

    /** This one and another one together, as if they were one. */
    public Trial and(Trial other) {
        Map<String, Integer> all = new TreeMap<>(failures);
        other.failures().forEach((ending, count) -> all.merge(ending, count, Integer::sum));
        return new Trial(refusal, all, both(answerNanos, other.answerNanos()), both(commitNanos, other.commitNanos()));
    }

    private static List<Long> both(List<Long> some, List<Long> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    static Trial refused(String why) {
        return new Trial(why, Map.of(), List.of(), List.of());
    }
}
