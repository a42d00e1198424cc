package io.assent.bank.demo;

import io.assent.protocol.Protocol;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * All coordinators die at once while two banks move money under three-phase commit. Who knows the decision finishes
 * without them, and tells the other bank; who has not voted lets the other abort. Only what both banks have prepared, and
 * neither knows the decision of, waits for a coordinator.
 */
class CoordinatorsLostIT {

    private static final int TIMES = 2;

    /** The leader has heard that a bank knows the decision, and told nobody yet to commit. */
    private static final String PRE_COMMITTED = "replied-pre-commit";

    /** Long enough for several rounds of questions on a busy machine. */
    private static final Duration ENOUGH = Duration.ofMinutes(2);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private Town town;
    private BusyTown busy;

    @AfterEach
    void stopTheTown() {
        if (town != null) {
            town.stop();
        }
    }

    @Test
    void onlyWhatIsUncertainEverywhereWaitsForACoordinator_V() throws Exception {
        CrashingTown crashing = CrashingTown.of(directory, QuickJar.bank().program(), CrashingTown.SLOW_ELECTIONS);
        town = crashing.town();
        town.all().forEach(Server::start);
        busy = new BusyTown(town, List.of(Protocol.THREE_PHASE));
        town.all().forEach(busy::awaitReady);
        busy.open();

        busy.whileBusy(() -> {
            for (int i = 0; i < TIMES; i++) {
                busy.awaitTransfer();
                loseAllCoordinators(crashing);
                town.coordinators().forEach(Server::start);
                town.coordinators().forEach(busy::awaitReady);
            }
        });

        busy.checkWhatIsLeft();
    }

    /**
     * The leader dies when a bank has told it that it knows the decision, the others before one of them can lead. The
     * banks end by themselves what that bank knows, and what stays in doubt is in doubt at both.
     */
    private void loseAllCoordinators(CrashingTown crashing) throws IOException {
        crashing.arm(List.of(PRE_COMMITTED));
        Patience.until("a bank has pre-committed", BusyTown.HIT, () -> !crashing.isArmed(PRE_COMMITTED));
        town.coordinators().forEach(Server::kill);
        Set<String> before = inDoubt();
        Patience.until("the banks have ended what one of them knows, and wait for the rest", ENOUGH, () -> {
            Set<String> left = inDoubt();
            left.retainAll(before);
            return left.size() < before.size()
                    && town.banks().stream()
                            .allMatch(bank -> busy.prepared(bank).containsAll(left));
        });
    }

    private Set<String> inDoubt() {
        Set<String> ids = new TreeSet<>();
        town.banks().forEach(bank -> ids.addAll(busy.prepared(bank)));
        return ids;
    }
}
