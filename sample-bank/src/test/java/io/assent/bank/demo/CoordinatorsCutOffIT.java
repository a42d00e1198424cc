package io.assent.bank.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The network between coordinators and banks is cut while the banks move money: around the leader, between the leader and
 * one bank, and around a follower together with one bank. The side of the majority goes on; the other one says what it can
 * prove, and nothing else. The clients reach both sides all the time.
 */
class CoordinatorsCutOffIT {

    /** Of a branch in doubt, and of whom it asked in vain. */
    private static final int SEVERAL = 2;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    private final Questions questions = Questions.patient(Duration.ofSeconds(10));
    private Network network;
    private Town town;
    private BusyTown busy;
    private Testimony testimony;

    @AfterEach
    void stopTheTown() {
        try {
            if (town != null) {
                town.stop();
            }
        } finally {
            if (network != null) {
                network.close();
            }
        }
    }

    @Test
    void theSideWithoutTheMajorityNeverTellsAnOutcomeThatTheOtherOneContradicts_U5() throws Exception {
        Optional<String> hindrance = Network.hindrance();
        assumeTrue(hindrance.isEmpty(), () -> "No network to cut: " + hindrance.orElse(""));
        network = Network.of(List.of("n1", "n2", "n3", "bank-a", "bank-b"));
        town = new Town(
                QuickJar.coordinator()
                        .program(
                                // The network ends on this machine, so nobody else can use what is open.
                                "-Dassent.security.open=true",
                                "-Dassent.raft.open=true",
                                "-Dassent.delivery.allowed-hosts=" + network.range()),
                QuickJar.bank()
                        .program(
                                "-Dassent.security.open=true",
                                // Whoever is cut off asks every few seconds, not ever less often.
                                "-Dassent.participant.lookup.longest=3s",
                                "-Dbank.transfer.allowed-hosts="
                                        + network.place("bank-a").address() + ","
                                        + network.place("bank-b").address()),
                directory,
                network::place);
        town.all().forEach(Server::start);
        busy = new BusyTown(town, BusyTown.PROTOCOLS);
        testimony = new Testimony(busy, town.banks());
        town.all().forEach(busy::awaitReady);
        busy.open();

        busy.whileBusy(() -> {
            busy.awaitTransfer();
            cutOffTheLeader();
            cutTheLeaderFromABank();
            cutOffAFollowerWithABank();
        });

        busy.checkWhatIsLeft();
        testimony.check();
    }

    /** The others elect a leader and go on. What they decide is nothing that the old one could know. */
    private void cutOffTheLeader() {
        Server old = busy.awaitLeader(town.coordinators());
        List<Server> rest = without(old);
        cut(List.of(old), without(old, town.all()));

        testimony.hear(old, busy.lastTransfers());
        busy.awaitLeader(rest);
        busy.awaitTransfer();
        String elsewhere = transfer(rest);
        testimony.hearNothing(old, elsewhere);
        testimony.hear(old, busy.lastTransfers());
        assertThat(questions.transaction(old, elsewhere, "local"))
                .hasValueSatisfying(view -> assertThat(view.state()).isEqualTo("PENDING"));
        assertThat(questions.outcome(List.of(old), elsewhere, "linearizable")).isEmpty();

        network.heal();
        busy.awaitFollower(old);
        busy.awaitTransfer();
    }

    /** What the leader decides and cannot tell this bank, the bank learns of the others while the cut is there. */
    private void cutTheLeaderFromABank() {
        Server leader = busy.awaitLeader(town.coordinators());
        Server bank = town.bankB();
        cut(List.of(leader), List.of(bank));

        String untold = transfer(town.coordinators());
        Patience.until(
                bank.name() + " ends " + untold,
                BusyTown.HIT,
                () -> !busy.prepared(bank).contains(untold));

        network.heal();
        busy.awaitTransfer();
    }

    /** What is decided on the other side stays in doubt at this bank, for all that the only coordinator here can say. */
    private void cutOffAFollowerWithABank() {
        Server leader = busy.awaitLeader(town.coordinators());
        Server follower = without(leader).getFirst();
        Server bank = town.bankB();
        cut(List.of(follower, bank), without(bank, without(follower, town.all())));

        String elsewhere = transfer(without(follower));
        testimony.hearNothing(follower, elsewhere);
        testimony.hear(follower, busy.lastTransfers());
        int before = questions.lookUpsAnswered(follower);
        Patience.until(
                bank.name() + " asks " + follower.name(),
                BusyTown.HIT,
                () -> questions.lookUpsAnswered(follower) >= before + SEVERAL);
        assertThat(busy.prepared(bank)).contains(elsewhere);

        network.heal();
        Patience.until(
                bank.name() + " ends " + elsewhere,
                BusyTown.HIT,
                () -> !busy.prepared(bank).contains(elsewhere));
        busy.awaitTransfer();
    }

    /** A transfer between both banks that commits: they have voted before anybody asks for the commit. */
    private String transfer(List<Server> coordinators) {
        OwnTransfer transfers = busy.transfersThrough(coordinators);
        return transfers.make(
                List.of(transfers.debit(town.bankA(), "1.00", true), transfers.credit(town.bankB(), "1.00", true)));
    }

    private void cut(List<Server> these, List<Server> those) {
        network.cut(
                these.stream().map(Server::name).toList(),
                those.stream().map(Server::name).toList());
    }

    private List<Server> without(Server coordinator) {
        return without(coordinator, town.coordinators());
    }

    private static List<Server> without(Server one, List<Server> servers) {
        List<Server> others = new ArrayList<>(servers);
        others.remove(one);
        return others;
    }
}
