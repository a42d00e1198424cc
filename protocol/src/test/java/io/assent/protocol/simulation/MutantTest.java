package io.assent.protocol.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every rule is needed: without it an invariant breaks. Stops soon after the first seed that shows it; with
 * {@code -Dassent.sim.mutants.seeds=2000} it counts in how many of the seeds from 1 on each is caught, and by what.
 */
class MutantTest {

    private static final int AT_ONCE = 50;
    private static final long COUNTED = Long.getLong("assent.sim.mutants.seeds", 0);
    private static final long MOST = Math.max(COUNTED, 5_000);

    @ParameterizedTest
    @EnumSource
    void isCaught(Mutant mutant) {
        Survey survey = new Survey();
        long from = COUNTED > 0 ? 1 : mutant.from();
        long next = from;
        if (from > 1) {
            survey.add(Runs.plain(from, AT_ONCE, mutant::seams));
        }
        while (survey.seeds() < MOST
                && (survey.seeds() < COUNTED || survey.failures().isEmpty())) {
            survey.add(Runs.all(next, AT_ONCE, mutant::seams));
            next += AT_ONCE;
        }
        assertThat(survey.failures())
                .as("%s: %s", mutant, mutant.drops())
                .anyMatch(outcome -> outcome.failure() instanceof Violation);
        System.out.println("| " + mutant + " | " + mutant.rule() + " | " + mutant.drops() + " | " + survey.caughtBy()
                + " | " + survey.failures().get(0).seed() + " | "
                + survey.failures().size() + " of " + survey.seeds()
                + " |");
    }
}
