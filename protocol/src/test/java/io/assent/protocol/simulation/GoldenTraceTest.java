package io.assent.protocol.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.coordinator.IntentLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stories that a person can read, kept under {@code src/test/resources/golden}. A change of one is right only if you can
 * explain it; {@code -Dassent.golden=write} then writes them anew.
 */
class GoldenTraceTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final long SEED = 7;
    private static final Swarm.Mix THREE_PHASE = new Swarm.Mix(1, 0, true, 0);
    private static final long CALLS_BEGIN = 500;
    private static final long LONGEST = 20_000;

    /** After this long a killed leader is started again. */
    static final long RESTART = 5_000;

    /**
     * A story.
     *
     * @param swarm how the system is set up
     * @param seams how it behaves
     * @param trouble what is done to it
     * @param end the moment that it tells at least, empty: until all is at rest
     */
    record Story(String name, Swarm swarm, Seams seams, Consumer<Simulation> trouble, String end) {
        Story(String name, IntentLog intent, Swarm.Mix mix, Consumer<Simulation> trouble) {
            this(name, Swarm.story(intent, mix), new Seams(), trouble, "");
        }

        Story(String name, IntentLog intent, Consumer<Simulation> trouble) {
            this(name, intent, Swarm.Mix.TWO_PHASE, trouble);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Story> stories() {
        return Stream.concat(ofTheLog(), PaxosStories.all());
    }

    private static Stream<Story> ofTheLog() {
        return Stream.of(
                new Story("commit", IntentLog.PREPARE, world -> {}),
                new Story(
                        "abort-by-no",
                        IntentLog.PREPARE,
                        world -> world.trace().at("about to commit", () -> restartAtOnce(world, 1))),
                new Story(
                        "participant-lost-before-its-vote",
                        IntentLog.PREPARE,
                        world -> world.trace().at("prepared, vote not sent yet", () -> restartAtOnce(world, 0))),
                new Story(
                        "participant-lost-after-its-vote",
                        IntentLog.PREPARE,
                        world -> world.trace().at("DECIDE dispatched", () -> restartAtOnce(world, 0))),
                new Story(
                        "leader-lost-before-the-decision",
                        IntentLog.OFF,
                        world -> world.trace().at("DECIDE dispatched", () -> killLeader(world))),
                new Story(
                        "leader-lost-after-the-decision",
                        IntentLog.OFF,
                        world -> world.trace().at("DECIDE applied", () -> killLeader(world))),
                new Story(
                        "adoption",
                        IntentLog.PREPARE,
                        world -> world.trace().at("ENROLL applied", () -> killLeader(world))),
                new Story("three-phase-commit", IntentLog.PREPARE, THREE_PHASE, world -> {}),
                new Story(
                        "three-phase-all-coordinators-lost-after-a-pre-commit",
                        IntentLog.PREPARE,
                        THREE_PHASE,
                        world ->
                                world.trace().at("pre-committed, not acknowledged yet", () -> killCoordinators(world))),
                new Story(
                        "three-phase-all-coordinators-lost-before-one-voted",
                        IntentLog.PREPARE,
                        THREE_PHASE,
                        world -> world.trace().at("about to commit", () -> loseCoordinatorsAtTheFirstVote(world))));
    }

    static void restartAtOnce(Simulation world, int participant) {
        ParticipantProcess process = world.processes().get(participant);
        world.scheduler().after(0, "kill", () -> {
            process.crash();
            process.restart();
        });
    }

    private static void killCoordinators(Simulation world) {
        for (CoordinatorNode node : world.nodes()) {
            node.crash(0);
            world.scheduler().after(3_000, "restart node", () -> world.restart(node));
        }
    }

    /** The other participant cannot be reached from any coordinator, and so has not voted when they are lost. */
    private static void loseCoordinatorsAtTheFirstVote(Simulation world) {
        for (CoordinatorNode node : world.nodes()) {
            world.network().cut(node.id(), world.processes().get(1).place(), true);
        }
        world.trace()
                .at("about to send Voted", () -> world.scheduler().after(0, "kill", () -> killCoordinators(world)));
    }

    static void killLeader(Simulation world) {
        killLeader(world, RESTART);
    }

    static void killLeader(Simulation world, long restart) {
        for (CoordinatorNode node : world.nodes()) {
            if (node.leads()) {
                node.crash(0);
                world.scheduler().after(restart, "restart node", () -> world.restart(node));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("stories")
    void storyIsAsItWas(Story story) throws IOException {
        List<String> lines = play(story);
        Path file = GOLDEN.resolve(story.name() + ".txt");
        if ("write".equals(System.getProperty("assent.golden"))) {
            Files.createDirectories(GOLDEN);
            Files.write(file, lines);
        }
        assertThat(lines).isEqualTo(Files.readAllLines(file));
    }

    private static List<String> play(Story story) {
        Scheduler scheduler = new Scheduler(SEED);
        Simulation world = new Simulation(scheduler, story.swarm(), story.seams(), true);
        world.start();
        Initiator initiator = world.addInitiator();
        initiator.plan(world.processes().get(0), new Database.Effect(1, 0, -30), false);
        initiator.plan(world.processes().get(1), new Database.Effect(2, 0, 30), false);
        scheduler.after(CALLS_BEGIN, "begin", initiator::start);
        story.trouble().accept(world);
        while (!story.end().isEmpty()
                && !world.trace().moments().containsKey(story.end())
                && scheduler.now() < LONGEST) {
            scheduler.step();
        }
        world.finish();
        return world.trace().lines();
    }
}
