package io.assent.protocol.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every rule is needed: without it an invariant breaks. Stops at the first seed that shows it; with
 * {@code -Dassent.sim.mutants.seeds=2000} it counts in how many of so many seeds each is caught, and by what.
 */
class MutantTest {

    private static final int AT_ONCE = 100;
    private static final int EVENTS = 3_000;
    private static final long COUNTED = Long.getLong("assent.sim.mutants.seeds", 0);
    private static final long MOST = Math.max(COUNTED, 4_000);

    @ParameterizedTest
    @EnumSource
    void isCaught(Mutant mutant) {
        List<Runs.Outcome> caught = new ArrayList<>();
        long seeds = 0;
        while (seeds < MOST && (seeds < COUNTED || caught.isEmpty())) {
            Runs.all(mutant, 1 + seeds, AT_ONCE, EVENTS).stream()
                    .filter(outcome -> outcome.failure() != null)
                    .forEach(caught::add);
            seeds += AT_ONCE;
        }
        Map<String, Integer> by = new TreeMap<>();
        caught.forEach(outcome -> by.merge(outcome.caughtBy(), 1, Integer::sum));
        System.out.println("| " + mutant + " | " + mutant.rule() + " | " + mutant.drops() + " | " + by + " | "
                + caught.size() + " of " + seeds + " |");
        assertThat(caught).as("%s: %s", mutant, mutant.drops()).anyMatch(o -> o.failure() instanceof Violation);
    }
}
