package io.assent.bank.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A coordinator dies before and after every durable step, every message and every answer, one point after the other,
 * while both banks transfer money, and is started again. Every transaction ends everywhere the same, and no row stays
 * locked.
 *
 * <p>The points of a leg are armed at the same time, and stand in the order in which they are passed: each of them by
 * the leader that follows the one before.
 */
class CoordinatorCrashTourIT {

    /** The first two leaders die: one before the group is founded, one when nobody else knows that it is. */
    private static final List<String> FOUNDING = List.of("before-append-founded", "applied-founded");

    private static final List<List<String>> LEGS = List.of(
            durable("enrolled"),
            durable("decided"),
            durable("acknowledged"),
            durable("aborted"),
            durable("one-phase-result"),
            durable("forgotten"),
            // What is begun under a key stands in the log and is open: whoever leads next must take it over.
            List.of(
                    "before-append-begun",
                    "after-append-begun",
                    "applied-begun",
                    "before-append-adopted",
                    "after-append-adopted",
                    "applied-adopted"),
            // What the only member is to decide stands in the log: whoever leads next must ask it.
            List.of(
                    "before-append-one-phase",
                    "after-append-one-phase",
                    "applied-one-phase",
                    "before-send-inquire",
                    "after-send-inquire",
                    "replied-inquire"),
            // The acceptors hold what no log has learned: whoever leads next names its own, and must find it there, by
            // both phases.
            List.of(
                    "before-append-learned",
                    "before-append-acceptors",
                    "after-append-acceptors",
                    "applied-acceptors",
                    "answering-promises",
                    "answering-acceptances"),
            List.of("after-append-learned", "applied-learned", "answering-votes"),
            sent("prepare"),
            sent("pre-commit"),
            sent("commit"),
            sent("commit-one-phase"),
            sent("abort"),
            answered("begin"),
            answered("branches"),
            answered("commit"),
            answered("abort"),
            answered("lookup"));

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private CrashingTown crashing;
    private Town town;
    private int deaths;

    private static List<String> durable(String step) {
        return List.of("before-append-" + step, "after-append-" + step, "applied-" + step);
    }

    private static List<String> sent(String message) {
        return List.of("before-send-" + message, "after-send-" + message, "replied-" + message);
    }

    private static List<String> answered(String request) {
        return List.of("answering-" + request);
    }

    @AfterEach
    void stopTheTown() {
        if (town != null) {
            town.stop();
        }
    }

    @Test
    void everyTransactionEndsEverywhereTheSameWhereverACoordinatorDies() throws Exception {
        crashing = CrashingTown.of(directory, Server.program(QuickJar.SHIPPED_BANK));
        town = crashing.town();
        BusyTown busy = new BusyTown(town, BusyTown.PROTOCOLS);
        town.banks().forEach(Server::start);
        crashing.arm(FOUNDING);
        town.coordinators().forEach(Server::start);
        awaitDeathsAt(FOUNDING);
        town.all().forEach(busy::awaitReady);
        busy.open();

        busy.whileBusy(() -> {
            for (List<String> leg : LEGS) {
                busy.awaitTransfer();
                crashing.arm(leg);
                awaitDeathsAt(leg);
            }
        });

        town.coordinators().forEach(busy::awaitReady);
        busy.checkWhatIsLeft();
        assertThat(startTheDead()).as("coordinators that died without a reason").isZero();
    }

    /** Waits until a coordinator has died at each of these points, and starts each again as soon as it is dead. */
    private void awaitDeathsAt(List<String> leg) {
        int expected = deaths + leg.size();
        for (String point : leg) {
            Patience.until("a coordinator dies at " + point, BusyTown.HIT, () -> {
                deaths += startTheDead();
                return !crashing.isArmed(point);
            });
        }
        Patience.until("whoever passed a point is dead", BusyTown.HIT, () -> {
            deaths += startTheDead();
            return deaths >= expected;
        });
        assertThat(deaths).as("deaths, one at each point").isEqualTo(expected);
    }

    /** Starts the coordinators that are dead, and tells how many those were. */
    private int startTheDead() {
        List<Server> dead = new ArrayList<>(town.coordinators());
        dead.removeIf(Server::isAlive);
        dead.forEach(Server::start);
        return dead.size();
    }
}
