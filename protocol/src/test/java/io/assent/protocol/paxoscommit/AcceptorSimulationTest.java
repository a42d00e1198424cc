package io.assent.protocol.paxoscommit;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Outcome;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * I2, I5, I13 and I17 under random faults, and that each rule is needed for them. More seeds:
 * {@code -Dassent.acceptor.seeds=1000000}; how often each mutant is caught: {@code -Dassent.acceptor.mutants=2000}.
 */
class AcceptorSimulationTest {

    private static final int EVENTS = 300;
    private static final long SEEDS = Long.getLong("assent.acceptor.seeds", 10_000);
    private static final long COUNTED = Long.getLong("assent.acceptor.mutants", 0);
    private static final long MOST = 20_000;

    @Test
    void acceptorsAgreeWhateverHappens() {
        Map<String, Integer> outcomes = new TreeMap<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                Outcome outcome = new AcceptorSimulation(seed, new Rules(), true).run(EVENTS);
                outcomes.merge(String.valueOf(outcome), 1, Integer::sum);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        System.out.println("acceptors, " + SEEDS + " seeds: " + outcomes);
        assertThat(outcomes).containsKeys("COMMITTED", "ABORTED");
    }

    @Test
    void aSeedRepeatsItsRun() {
        for (long seed = 1; seed <= 100; seed++) {
            assertThat(new AcceptorSimulation(seed, new Rules(), true).run(EVENTS))
                    .isEqualTo(new AcceptorSimulation(seed, new Rules(), true).run(EVENTS));
        }
    }

    /** I4: nobody says NO and nothing fails, so it commits. */
    @Test
    void withoutFaultsItCommits() {
        for (long seed = 1; seed <= 200; seed++) {
            assertThat(new AcceptorSimulation(seed, new Rules(), false).run(2_000))
                    .as("seed %s", seed)
                    .isEqualTo(Outcome.COMMITTED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void isCaught(Mutant mutant) {
        Map<String, Integer> caught = new TreeMap<>();
        long first = 0;
        long seed = 0;
        while (seed < Math.max(COUNTED, first == 0 ? MOST : 0)) {
            seed++;
            try {
                new AcceptorSimulation(seed, mutant.rules(), true).run(EVENTS);
            } catch (Truth.Broken e) {
                caught.merge(e.invariant(), 1, Integer::sum);
                first = first == 0 ? seed : first;
            } catch (IllegalStateException e) {
                // Production code noticed that agreement is lost, and stopped.
                caught.merge("fail-stop", 1, Integer::sum);
                first = first == 0 ? seed : first;
            }
        }
        assertThat(caught).as("%s: %s", mutant, mutant.drops()).isNotEmpty();
        System.out.println("| " + mutant + " | " + mutant.rule() + " | " + mutant.drops() + " | " + caught + " | "
                + first + " | of " + seed + " |");
    }
}
