package io.assent.protocol.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.coordinator.IntentLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The invariants under faults, in many seeded runs.
 *
 * <p>{@code -Dassent.sim.seed=17} runs one seed alone and writes all that happened in it to a file, with
 * {@code -Dassent.sim.mutant=M5} of the system without that rule, with {@code -Dassent.sim.plain=true} without
 * {@link Faults}. A long run:
 * {@code -Dassent.sim.seconds=600 -Dassent.sim.first=1000000}, or {@code -Dassent.sim.seeds=100000}.
 * {@code assent.sim.events} is how many events a run may have before it is healed.
 */
class SimulationTest {

    private static final String ONE_SEED = "assent.sim.seed";
    private static final long FIRST = Long.getLong("assent.sim.first", 1);
    private static final long SEEDS = Long.getLong("assent.sim.seeds", 10_000);
    private static final long SECONDS = Long.getLong("assent.sim.seconds", 0);
    private static final int AT_ONCE = 500;
    private static final int MANY = 10_000;
    private static final int ELSEWHERE = 100;
    private static final Path TRACES = Path.of("target", "simulation");

    /** What many runs must come across, each at least ten times, or they show little. */
    private static final List<String> SOMETIMES = List.of(
            "ABORTED answered on the minority side",
            "DECIDE of a lost leader survived",
            "EXPIRED answered",
            "U1 answered by a leader",
            "a branch's deadline passes by a clock that drifts",
            "a database kept what its dying process was writing",
            "a leader does not wait for the deadline of a clock that was ahead",
            "a leader finds a mark of its future",
            "a leader waited in vain for a member to pre-commit",
            "a node whose acceptor was wiped is refused",
            "a seal is in the way of a ballot",
            "a torn entry of the log is read as not written",
            "a torn record of a database is read as not written",
            "a wall clock jumped backwards",
            "a wall clock jumped forwards",
            "abort asked after commit",
            "all coordinators killed",
            "an acceptor had promised a higher ballot",
            "an acceptor has forgotten",
            "an acceptor's directory was wiped",
            "an acceptor's record survived that was not flushed",
            "an acceptor's torn record is cut off",
            "answer of a call lost",
            "begin repeated by key",
            "commit of a branch that is missing",
            "database went on after its process had died",
            "deposed leader answered ABORTED",
            "ended by records of an earlier leader",
            "entries of the log survived that were not flushed",
            "horizon moved",
            "initiator saw two tokens or endpoints",
            "initiator vanished",
            "inquiry answered COMMITTED",
            "inquiry answered PRE_COMMITTED",
            "late PREPARE met a tombstone",
            "late work met a horizon that another instance was told",
            "leader learned from a record that it is deposed",
            "look-up answered ABORTED",
            "look-up answered COMMITTED",
            "look-up of a branch outside the decision answered ABORTED",
            "nobody knows whether a batch was appended",
            "notice LATE_PREPARE",
            "notice STALE_TERM",
            "participant restarted between two calls",
            "peer termination decided: ABORTED",
            "peer termination decided: COMMITTED",
            "peer termination decided: PRE_COMMITTED",
            "pre-committed branch finished alone",
            "prepare of unknown result happens later",
            "record fenced by its term",
            "recovery of what acceptors hold",
            "sealed",
            "sealed, and what was reported is learned",
            "snapshot installed",
            "suffix of a deposed leader lost",
            "take-over of COMMITTED",
            "take-over of ENROLLED",
            "take-over of ONE_PHASE",
            "tombstone found its key held",
            "unit cancelled by a message");

    @Test
    @DisabledIfSystemProperty(named = ONE_SEED, matches = ".+")
    void invariantsHoldAndEveryRunComesToItsEnd() {
        Survey survey = new Survey();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        do {
            long count = SECONDS > 0 ? AT_ONCE : Math.min(AT_ONCE, SEEDS - survey.seeds());
            survey.add(Runs.all(FIRST + survey.seeds(), count, Seams::new));
        } while (SECONDS > 0 ? System.nanoTime() < end : survey.seeds() < SEEDS);
        System.out.println("Simulated from seed " + FIRST + ": " + survey);
        assertThat(survey.failures().stream().map(SimulationTest::describe).toList())
                .isEmpty();
        if (survey.seeds() >= MANY) {
            assertThat(SOMETIMES)
                    .allSatisfy(moment ->
                            assertThat(survey.times(moment)).as(moment).isGreaterThanOrEqualTo(10));
        }
    }

    private static String describe(Runs.Outcome outcome) {
        return "seed " + outcome.seed() + ": " + outcome.failure()
                + "; again: mvn -q -pl protocol test -Dtest=SimulationTest -Dassent.sim.seed=" + outcome.seed()
                + " -Dassent.sim.events=" + Runs.EVENTS;
    }

    /**
     * Seeds in which an error was found that is mended. What happens in a seed changes with the simulator's mix; the
     * errors themselves are told by {@code KeyedBeginTest}, {@code EndedElsewhereTest}, the mutants M32, M69 and M70, and, in
     * the coordinator, {@code LeaderPaxosCommitTest}.
     */
    @ParameterizedTest
    @ValueSource(
            longs = {
                151, 181, 187, 385, 499, 12_183, 1_050_428, 1_071_673, 1_094_058, 2_036_473, 2_054_035, 2_055_458,
                2_059_541, 2_191_103, 2_199_092, 2_265_844, 5_016_026, 5_024_482, 5_090_474, 5_093_015, 5_125_858,
                5_137_679, 5_139_223, 5_158_916, 5_168_341, 5_175_415, 5_182_289, 5_223_859, 5_226_788, 5_239_526,
                5_271_137, 5_277_985, 5_293_097, 5_293_423, 5_318_614, 5_332_220, 5_339_453, 5_358_392, 5_363_558,
                5_383_486, 5_383_853, 5_417_020, 5_437_971, 5_441_752, 5_444_429, 5_464_285, 5_470_303, 5_470_360,
                5_483_074, 5_486_254, 5_488_637, 6_712_333
            })
    @DisabledIfSystemProperty(named = ONE_SEED, matches = ".+")
    void whatOnceFailedHolds(long seed) {
        assertThat(Runs.run(seed, new Seams()).failure()).isNull();
        // These failed before clocks jumped, writes tore and directories got lost: the run without any of it.
        Simulation asItWas = Runs.of(seed, Faults.NONE, new Seams(), false);
        assertThat(Runs.run(seed, asItWas).failure()).isNull();
    }

    @Test
    @EnabledIfSystemProperty(named = ONE_SEED, matches = "[0-9]+")
    void invariantsHoldInOneSeed() throws IOException {
        long seed = Long.getLong(ONE_SEED, FIRST);
        String mutant = System.getProperty("assent.sim.mutant", "");
        Seams seams = mutant.isEmpty() ? new Seams() : Mutant.valueOf(mutant).seams();
        Simulation simulation = Boolean.getBoolean("assent.sim.plain")
                ? Runs.of(seed, Faults.NONE, seams, true)
                : Runs.of(seed, seams, true);
        Runs.Outcome outcome = Runs.run(seed, simulation);
        Files.createDirectories(TRACES);
        Path file = TRACES.resolve("seed-" + seed + mutant + ".txt");
        Files.write(file, simulation.trace().lines());
        System.out.println("Simulated seed " + seed + ": " + simulation.swarm());
        System.out.println("All that happened in it: " + file.toAbsolutePath());
        assertThat(outcome.failure()).isNull();
    }

    @Test
    @DisabledIfSystemProperty(named = ONE_SEED, matches = ".+")
    void sameSeedIsTheSameRun() {
        List<Long> once = fingerprints();
        assertThat(fingerprints()).isEqualTo(once).doesNotHaveDuplicates();
    }

    private static List<Long> fingerprints() {
        return Runs.all(FIRST, 100, Seams::new).stream()
                .map(Runs.Outcome::fingerprint)
                .toList();
    }

    /** Hash seeds and identities differ there: what depends on them is another run. */
    @Test
    @DisabledIfSystemProperty(named = ONE_SEED, matches = ".+")
    void sameSeedIsTheSameRunInAnotherProcess() throws IOException, InterruptedException {
        List<String> command = List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                PrintedFingerprints.class.getName(),
                Long.toString(FIRST),
                Integer.toString(ELSEWHERE));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed.lines().toList()).isEqualTo(PrintedFingerprints.of(FIRST, ELSEWHERE));
    }

    /** I4: guards against a protocol that is safe because it aborts. Who did its calls and asks for commit gets it. */
    @ParameterizedTest
    @EnumSource
    @DisabledIfSystemProperty(named = ONE_SEED, matches = ".+")
    void withoutFaultsWhoAsksForCommitGetsIt_I4(IntentLog intent) {
        commitsAreGiven(intent, Swarm.Mix.TWO_PHASE);
        commitsAreGiven(intent, new Swarm.Mix(1, 0, true, 0));
        commitsAreGiven(intent, new Swarm.Mix(0, 1, false, 0));
    }

    private static void commitsAreGiven(IntentLog intent, Swarm.Mix mix) {
        for (long seed = 1; seed <= 20; seed++) {
            Scheduler scheduler = new Scheduler(seed);
            Simulation simulation = new Simulation(scheduler, Swarm.calm(intent, mix), new Seams(), false);
            Map<String, Integer> moments = simulation.run(100_000).moments();
            int asked = moments.getOrDefault("about to commit", 0);
            assertThat(moments.getOrDefault("initiator told COMMITTED", 0))
                    .as("seed %s", seed)
                    .isEqualTo(asked);
            // The others met a row that another transaction had locked.
            assertThat(asked)
                    .as("seed %s", seed)
                    .isGreaterThan(simulation.swarm().transactions() / 2);
        }
    }
}
