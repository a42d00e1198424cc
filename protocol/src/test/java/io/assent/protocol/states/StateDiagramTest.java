package io.assent.protocol.states;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import io.assent.protocol.simulation.Observed;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * The pages of {@code docs/states} are what the roles do, and every transition is visited by a test. What a role does is
 * found by trying everything that can happen to it; what tests visit, by running the tests of the roles and a fixed
 * number of seeds of the simulator, here, so that it does not matter which tests run besides.
 * {@code -Dassent.states=write} writes the pages anew.
 */
class StateDiagramTest {

    private static final long SEEDS = 2_000;
    private static final List<String> ROLES = List.of("twophase", "threephase", "participant");

    /** The other tests there are of proposers, and searches. */
    private static final List<String> OF_PAXOS_COMMIT = Stream.of(
                    "PaxosCommitCoordinatorTest", "PaxosCommitLogTest", "AcceptorStateTest", "AcceptorTest")
            .map("io.assent.protocol.paxoscommit."::concat)
            .toList();

    private static final Map<Role, SortedSet<Arrow>> EXISTING = new EnumMap<>(Role.class);
    private static Visits byTests;
    private static Visits bySimulator;

    @BeforeAll
    static void exploreAndRunTests() {
        for (Role role : Role.values()) {
            EXISTING.put(role, Collections.unmodifiableSortedSet(role.explore()));
        }
        byTests = Visits.during(StateDiagramTest::testsOfRoles);
        bySimulator = Visits.during(() -> assertThat(Observed.run(1, SEEDS)).isEmpty());
    }

    private static void testsOfRoles() {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        ROLES.forEach(role -> request.selectors(selectPackage("io.assent.protocol." + role)));
        OF_PAXOS_COMMIT.forEach(name -> request.selectors(selectClass(name)));
        request.filters(includeClassNamePatterns(".*Test"));
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherConfig alone = LauncherConfig.builder()
                .enableLauncherSessionListenerAutoRegistration(false)
                .enableTestExecutionListenerAutoRegistration(false)
                .build();
        LauncherFactory.create(alone).execute(request.build(), summary);
        assertThat(summary.getSummary().getTestsSucceededCount()).isGreaterThan(100);
        assertThat(summary.getSummary().getFailures()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void pageIsWhatTheRoleDoes(Role role) throws IOException {
        SortedSet<Arrow> onlyByTests = changes(byTests.of(role));
        onlyByTests.removeAll(changes(existing(role)));
        String page = new StatePage(role, existing(role), onlyByTests).text();
        if ("write".equals(System.getProperty("assent.states"))) {
            Files.createDirectories(role.page().getParent());
            Files.writeString(role.page(), page);
        }
        assertThat(page).isEqualTo(Files.readString(role.page()));
    }

    @ParameterizedTest
    @EnumSource
    void everyChangeOfStateIsVisitedByATest(Role role) {
        SortedSet<Arrow> left = changes(existing(role));
        left.removeAll(visited(role));
        left.removeAll(visited(role.decidedBySameCode()));
        assertThat(left)
                .as("changes of state of %s that no test visits", role.title())
                .isEmpty();
    }

    private static SortedSet<Arrow> existing(Role role) {
        return Objects.requireNonNull(EXISTING.get(role));
    }

    private static SortedSet<Arrow> visited(Role role) {
        SortedSet<Arrow> all = changes(byTests.of(role));
        all.addAll(changes(bySimulator.of(role)));
        return all;
    }

    /** What the diagram shows: the details of an event make no other transition. */
    private static SortedSet<Arrow> changes(SortedSet<Arrow> arrows) {
        return arrows.stream()
                .filter(Arrow::changes)
                .map(arrow -> new Arrow(arrow.from(), arrow.event(), "", arrow.to()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Else the exploration does not try everything that can happen. */
    @ParameterizedTest
    @EnumSource
    void whatTheSimulatorVisitsIsOnThePage(Role role) {
        SortedSet<Arrow> strange = new TreeSet<>(bySimulator.of(role));
        strange.removeAll(existing(role));
        assertThat(strange)
                .as("transitions of %s that happen in the simulator and were not found by trying", role.title())
                .isEmpty();
    }
}
