package io.assent.protocol.simulation;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Runs seeds, side by side; each run has one thread and shares nothing with the others. */
final class Runs {

    /** How many events a run may have before it is healed. */
    static final int EVENTS = Integer.getInteger("assent.sim.events", 3_000);

    private Runs() {}

    /** What came of a seed: its result, or what failed. */
    record Outcome(
            long seed,
            Simulation.@Nullable Result result,
            @Nullable RuntimeException failure) {

        /** The invariant that did not hold, or what else went wrong; empty when nothing did. */
        String caughtBy() {
            if (failure == null) {
                return "";
            }
            return failure instanceof Violation violation
                    ? violation.invariant()
                    : failure.getClass().getSimpleName();
        }

        long events() {
            return result == null ? 0 : result.events();
        }

        long fingerprint() {
            return result == null ? 0 : result.fingerprint();
        }

        Map<String, Integer> moments() {
            return result == null ? Map.of() : result.moments();
        }
    }

    /** The simulation of a seed, ready to run. */
    static Simulation of(long seed, Seams seams, boolean traced) {
        return of(seed, Faults.of(seed, Swarm.Mix.of(seed)), seams, traced);
    }

    static Simulation of(long seed, Faults faults, Seams seams, boolean traced) {
        Scheduler scheduler = new Scheduler(seed);
        return new Simulation(scheduler, Swarm.of(scheduler, Swarm.Mix.of(seed), faults), seams, traced);
    }

    static Outcome run(long seed, Seams seams) {
        return run(seed, of(seed, seams, false));
    }

    static Outcome run(long seed, Simulation simulation) {
        try {
            return new Outcome(seed, simulation.run(EVENTS), null);
        } catch (RuntimeException e) {
            // A mutant may also drive production code into a state that it refuses.
            return new Outcome(seed, null, e);
        }
    }

    /** Runs seeds as they are without {@link Faults}. */
    static List<Outcome> plain(long first, long count, Supplier<Seams> seams) {
        return LongStream.range(first, first + count)
                .parallel()
                .mapToObj(seed -> run(seed, of(seed, Faults.NONE, seams.get(), false)))
                .toList();
    }

    /** Runs {@code count} seeds from {@code first} on; the answers are in the order of the seeds. */
    static List<Outcome> all(long first, long count, Supplier<Seams> seams) {
        return LongStream.range(first, first + count)
                .parallel()
                .mapToObj(seed -> run(seed, seams.get()))
                .toList();
    }
}
