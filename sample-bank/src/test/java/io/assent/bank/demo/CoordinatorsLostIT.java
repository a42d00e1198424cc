package io.assent.bank.demo;

import static org.assertj.core.api.Assertions.assertThat;

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

    private static final int TIMES = 3;

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
        CrashingTown crashing = CrashingTown.of(directory);
        town = crashing.town();
        town.all().forEach(Server::start);
        busy = new BusyTown(town, List.of(Protocol.THREE_PHASE));
        town.all().forEach(busy::awaitReady);
        busy.open();

        int[] finished = new int[1];
        busy.whileBusy(() -> {
            for (int i = 0; i < TIMES; i++) {
                busy.awaitTransfer();
                finished[0] += loseAllCoordinators(crashing);
                town.coordinators().forEach(Server::start);
                town.coordinators().forEach(busy::awaitReady);
            }
        });

        busy.checkWhatIsLeft();
        assertThat(finished[0])
                .as("transactions that were in doubt and ended without a coordinator")
                .isPositive();
    }

    /**
     * The leader dies when a bank has told it that it knows the decision, the others before one of them can lead. Returns
     * how many transactions that were in doubt at some bank the banks have ended by themselves.
     */
    private int loseAllCoordinators(CrashingTown crashing) throws IOException {
        crashing.arm(List.of(PRE_COMMITTED));
        Patience.until("a bank has pre-committed", BusyTown.HIT, () -> !crashing.isArmed(PRE_COMMITTED));
        town.coordinators().forEach(Server::kill);
        Set<String> before = inDoubt();
        Patience.until("what one bank waits for, the other waits for too", ENOUGH, () -> {
            Set<String> left = inDoubt();
            left.retainAll(before);
            return town.banks().stream().allMatch(bank -> busy.prepared(bank).containsAll(left));
        });
        before.removeAll(inDoubt());
        return before.size();
    }

    private Set<String> inDoubt() {
        Set<String> ids = new TreeSet<>();
        town.banks().forEach(bank -> ids.addAll(busy.prepared(bank)));
        return ids;
    }
}
