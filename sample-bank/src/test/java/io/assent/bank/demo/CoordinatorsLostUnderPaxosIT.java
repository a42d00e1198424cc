package io.assent.bank.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * All coordinators die at once while two banks move money, some of it under Paxos Commit and some under two-phase commit.
 * What is prepared stays prepared, whoever else dies; when the coordinators are back, every transaction ends everywhere
 * the same: the votes are at the acceptors, which the coordinators are themselves.
 */
class CoordinatorsLostUnderPaxosIT {

    private static final int TIMES = 2;

    /** A transaction is decided, and nobody is told yet. */
    private static final String DECIDED = "before-send-commit";

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
    void whatIsPreparedWaitsAndEndsEverywhereTheSame() throws Exception {
        CrashingTown crashing = CrashingTown.of(directory, QuickJar.bank().program(), CrashingTown.SLOW_ELECTIONS);
        town = crashing.town();
        town.all().forEach(Server::start);
        busy = new BusyTown(town, List.of(Protocol.TWO_PHASE, Protocol.PAXOS_COMMIT));
        town.all().forEach(busy::awaitReady);
        busy.open();

        Set<String> waited = new TreeSet<>();
        busy.whileBusy(() -> {
            for (int i = 1; i <= TIMES; i++) {
                busy.awaitTransfer();
                loseAllCoordinators(crashing);
                waited.addAll(inDoubtUnderPaxosCommit());
                if (i == TIMES) {
                    restartTheBanks();
                }
                town.coordinators().forEach(Server::start);
                town.coordinators().forEach(busy::awaitReady);
            }
        });

        busy.checkWhatIsLeft();
        assertThat(waited)
                .as("transactions under Paxos Commit that were in doubt without a coordinator")
                .isNotEmpty();
    }

    /** The leader dies when it would tell the first member to commit, the others before one of them can lead. */
    private void loseAllCoordinators(CrashingTown crashing) throws IOException {
        crashing.arm(List.of(DECIDED));
        Patience.until("a coordinator would tell a bank to commit", BusyTown.HIT, () -> !crashing.isArmed(DECIDED));
        town.coordinators().forEach(Server::kill);
    }

    /**
     * Each bank dies once, and has been asking in vain for as long as the other one takes to start. A bank that has just
     * started hears nothing that a dead coordinator has sent before: nothing that it holds may be decided.
     */
    private void restartTheBanks() {
        Map<String, Set<String>> prepared = new TreeMap<>();
        for (Server bank : town.banks()) {
            bank.kill();
            bank.start();
            busy.awaitReady(bank);
            prepared.put(bank.name(), busy.prepared(bank));
        }
        for (Server bank : town.banks().reversed()) {
            busy.awaitReady(bank);
            assertThat(busy.prepared(bank)).containsAll(prepared.get(bank.name()));
        }
    }

    private Set<String> inDoubtUnderPaxosCommit() {
        Set<String> ids = new TreeSet<>();
        town.banks().forEach(bank -> ids.addAll(busy.prepared(bank)));
        ids.removeIf(id -> TransactionId.parse(id).protocol() != Protocol.PAXOS_COMMIT);
        return ids;
    }
}
