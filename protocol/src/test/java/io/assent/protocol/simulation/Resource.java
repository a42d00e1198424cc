package io.assent.protocol.simulation;

import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import io.assent.protocol.participant.BranchAction;
import io.assent.protocol.participant.BranchEvent;
import io.assent.protocol.participant.BranchEvent.Obstacle;
import io.assent.protocol.participant.BranchEvent.PrepareResult;
import io.assent.protocol.participant.BranchEvent.TombstoneResult;
import io.assent.protocol.participant.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the actions of branches on a database that takes its time, loses answers, and, where it is a server of
 * its own, goes on with what it was told after the process that told it has died.
 */
final class Resource {

    private final Simulation world;
    private final Scheduler scheduler;
    private final Database database;
    private final boolean server;
    private final boolean binds;
    private final boolean tears;
    private final List<Write> writing = new ArrayList<>();

    /** An action for a branch, by a process that may die meanwhile. */
    record Order(
            TransactionId transaction,
            Database.@Nullable Session session,
            BranchAction.Reporting action,
            BooleanSupplier alive,
            Runnable crash) {}

    /** What the database of a process is writing, and what it means once it is on the disk. */
    private record Write(Order order, Runnable effect) {}

    Resource(Simulation world, Database database, boolean server, boolean binds) {
        this.world = world;
        this.scheduler = world.scheduler();
        this.database = database;
        this.server = server;
        this.binds = binds;
        tears = !server && world.swarm().faults().torn();
    }

    Database database() {
        return database;
    }

    /** The process that held this connection died; a server of its own notices some time later. */
    void connectionLost(Database.Session session) {
        if (server) {
            scheduler.after(scheduler.between(0, 1_500), "connection lost", () -> database.close(session));
        } else {
            database.close(session);
        }
    }

    void execute(Order order, Consumer<Database.@Nullable Session> connection, Consumer<BranchEvent> report) {
        switch (order.action()) {
            case BranchAction.BeginWork a -> beginWork(order, a, connection, report);
            case BranchAction.EndAndPrepare a -> prepare(order, report);
            case BranchAction.CommitPrepared a -> commit(order, report);
            case BranchAction.CommitOnePhase a -> commitOnePhase(order, report);
            case BranchAction.RollBackLive a -> rollBack(order, false, connection, report);
            case BranchAction.RollBack a -> rollBack(order, true, connection, report);
            case BranchAction.WriteTombstone a -> bury(order, report);
            case BranchAction.WriteKnown a -> know(order, a.members(), report);
            case BranchAction.ReadFacts a -> readFacts(order, a.again(), report);
        }
    }

    private void writerMayDie(Order order) {
        if (!world.isHealed() && scheduler.chance(0.005)) {
            scheduler.after(scheduler.between(0, 4), "kill writer", () -> {
                if (order.alive().getAsBoolean()) {
                    order.crash().run();
                }
            });
        }
    }

    /** A process has died, and its database with it: what was just being written is on the disk, torn, or not there. */
    void processDied() {
        for (Write write : List.copyOf(writing)) {
            if (!write.order().alive().getAsBoolean()) {
                writing.remove(write);
                int left = scheduler.below(3);
                if (left == 1) {
                    world.trace().moment("a database kept what its dying process was writing");
                    write.effect().run();
                } else if (left == 2) {
                    world.trace().moment("a torn record of a database is read as not written");
                }
            }
        }
    }

    /** Lets the effect happen after a while, and what it returns be known a while later. */
    private void soon(Order order, String label, Runnable effect) {
        Write write = new Write(order, effect);
        if (tears) {
            writing.add(write);
            writerMayDie(order);
        }
        scheduler.after(scheduler.between(0, 8), label, () -> {
            writing.remove(write);
            if (order.alive().getAsBoolean()) {
                effect.run();
            } else if (server && scheduler.chance(0.5)) {
                world.trace().moment("database went on after its process had died");
                effect.run();
            }
        });
    }

    private void line(Order order, String text) {
        world.trace().line(database.participant(), () -> "database: " + text + " " + world.name(order.transaction()));
    }

    private void tell(Consumer<BranchEvent> report, BranchEvent event) {
        scheduler.after(scheduler.between(0, 8), "report", () -> report.accept(event));
    }

    private void beginWork(
            Order order,
            BranchAction.BeginWork action,
            Consumer<Database.@Nullable Session> connection,
            Consumer<BranchEvent> report) {
        scheduler.after(scheduler.between(0, 8), "begin work", () -> {
            if (!order.alive().getAsBoolean()) {
                return;
            }
            Database.Session session = action.open() ? database.open(order.transaction()) : order.session();
            if (session == null) {
                tell(report, new BranchEvent.WorkNotBegun(Obstacle.KEY_HELD));
                return;
            }
            Obstacle obstacle = scheduler.chance(world.databaseError()) ? Obstacle.FAILED : null;
            if (obstacle == null && action.insertRow()) {
                obstacle = switch (database.insertRow(session)) {
                    case FREE -> null;
                    case TOMBSTONE -> Obstacle.TOMBSTONE;
                    case COMMITTED -> Obstacle.COMMITTED;
                    case HELD -> Obstacle.KEY_HELD;
                    case FORGOTTEN -> Obstacle.FORGOTTEN;
                };
            }
            if (obstacle == Obstacle.FORGOTTEN) {
                world.trace().moment("late work met a horizon that another instance was told");
            }
            if (obstacle != null) {
                if (action.open()) {
                    database.close(session);
                }
                tell(report, new BranchEvent.WorkNotBegun(obstacle));
                return;
            }
            connection.accept(session);
            tell(report, new BranchEvent.WorkBegan("k" + (scheduler.bits() & 0xffff), 0));
        });
    }

    private void prepare(Order order, Consumer<BranchEvent> report) {
        Database.Session session = Objects.requireNonNull(order.session());
        if (scheduler.chance(world.databaseError())) {
            troubledPrepare(session, report);
            return;
        }
        soon(order, "prepare", () -> {
            PrepareResult result = database.prepare(session);
            line(order, "prepare = " + result);
            world.trace().moment("prepared, vote not sent yet");
            tell(report, new BranchEvent.PrepareEnded(result));
            if (scheduler.chance(world.crashAtPrepared())) {
                order.crash().run();
            }
        });
    }

    private void troubledPrepare(Database.Session session, Consumer<BranchEvent> report) {
        int kind = scheduler.below(4);
        if (kind == 0) {
            database.close(session);
            tell(report, new BranchEvent.PrepareEnded(PrepareResult.FAILED));
        } else if (kind == 1) {
            database.close(session);
            tell(report, new BranchEvent.PrepareEnded(PrepareResult.UNKNOWN));
        } else if (kind == 2 || !server) {
            database.prepare(session);
            tell(report, new BranchEvent.PrepareEnded(PrepareResult.UNKNOWN));
        } else {
            // The connection breaks, and the server goes on: the branch appears among the prepared ones later.
            world.trace().moment("prepare of unknown result happens later");
            session.inFlight = true;
            scheduler.after(scheduler.between(5, 1_200), "late prepare", () -> {
                session.inFlight = false;
                database.prepare(session);
                session.bound = false;
            });
            tell(report, new BranchEvent.PrepareEnded(PrepareResult.UNKNOWN));
        }
    }

    private void commit(Order order, Consumer<BranchEvent> report) {
        boolean error = scheduler.chance(world.databaseError());
        if (error && scheduler.chance(0.4)) {
            tell(report, new BranchEvent.CommitEnded(false));
            return;
        }
        soon(order, "commit", () -> {
            boolean done = database.commit(order.transaction(), order.session(), binds);
            line(order, done ? "commit" : "commit = no such branch");
            world.trace()
                    .moment(done ? "branch committed, not acknowledged yet" : "commit of a branch that is missing");
            boolean certain = done || world.seams().takesMissingForCommitted();
            tell(report, new BranchEvent.CommitEnded(certain && !error));
        });
    }

    private void commitOnePhase(Order order, Consumer<BranchEvent> report) {
        Database.Session session = Objects.requireNonNull(order.session());
        boolean error = scheduler.chance(world.databaseError());
        if (error && server && scheduler.chance(0.4)) {
            session.inFlight = true;
            scheduler.after(scheduler.between(5, 1_200), "late commit in one phase", () -> {
                session.inFlight = false;
                boolean done = database.commitOnePhase(session);
                world.trace()
                        .moment(done ? "one-phase commit of unknown result happened later" : "late commit too late");
            });
            tell(report, new BranchEvent.CommitEnded(false));
            return;
        }
        if (error && scheduler.chance(0.4)) {
            database.close(session);
            tell(report, new BranchEvent.CommitEnded(false));
            return;
        }
        soon(order, "commit in one phase", () -> {
            boolean done = database.commitOnePhase(session);
            line(order, "commit in one phase = " + done);
            world.trace().moment("committed in one phase, outcome not sent yet");
            tell(report, new BranchEvent.CommitEnded(done && !error));
        });
    }

    private void rollBack(
            Order order,
            boolean prepared,
            Consumer<Database.@Nullable Session> connection,
            Consumer<BranchEvent> report) {
        Database.Session own = order.session();
        soon(order, "roll back", () -> {
            if (prepared && !scheduler.chance(world.databaseError())) {
                database.rollBackPrepared(order.transaction(), own, binds);
            }
            if (own != null) {
                database.close(own);
            }
            line(order, "roll back");
            connection.accept(null);
            tell(report, new BranchEvent.RollbackEnded());
        });
    }

    private void bury(Order order, Consumer<BranchEvent> report) {
        boolean error = scheduler.chance(world.databaseError());
        if (error && scheduler.chance(0.5)) {
            tell(report, new BranchEvent.TombstoneEnded(TombstoneResult.UNKNOWN));
            return;
        }
        soon(order, "tombstone", () -> {
            TombstoneResult result =
                    world.seams().buries() ? database.bury(order.transaction()) : TombstoneResult.STANDS;
            line(order, "tombstone = " + result);
            if (result == TombstoneResult.KEY_HELD) {
                world.trace().moment("tombstone found its key held");
                scheduler.after(200, "lock timeout", () -> report.accept(new BranchEvent.TombstoneEnded(result)));
            } else {
                tell(report, new BranchEvent.TombstoneEnded(error ? TombstoneResult.UNKNOWN : result));
            }
        });
    }

    private void know(Order order, List<Member> members, Consumer<BranchEvent> report) {
        boolean error = scheduler.chance(world.databaseError());
        if (error && scheduler.chance(0.5)) {
            tell(report, new BranchEvent.KnownWritten(false));
            return;
        }
        soon(order, "write the decision down", () -> {
            if (world.seams().writesKnown()) {
                database.know(order.transaction(), members);
            }
            line(order, "decision written down");
            world.trace().moment("pre-committed, not acknowledged yet");
            world.coordinatorsMayFail();
            tell(report, new BranchEvent.KnownWritten(!error));
        });
    }

    /** First the prepared branches, then the row: what commits between the two is found in the second. */
    private void readFacts(Order order, boolean again, Consumer<BranchEvent> report) {
        long pause = again ? 60 : 0;
        scheduler.after(pause + scheduler.between(0, 6), "read prepared", () -> {
            boolean prepared = database.isPrepared(order.transaction());
            scheduler.after(scheduler.between(0, 6), "read row", () -> {
                Facts row = database.row(order.transaction());
                List<Member> known = database.known(order.transaction());
                Facts promised = known == null ? Facts.PREPARED : Facts.PRE_COMMITTED;
                Facts facts = prepared ? promised : row;
                if (facts == Facts.NONE && database.horizon().covers(order.transaction())) {
                    facts = Facts.FORGOTTEN;
                }
                boolean unreadable = scheduler.chance(world.databaseError());
                List<Member> members = known == null ? List.of() : known;
                tell(report, new BranchEvent.FactsRead(unreadable ? Facts.UNREADABLE : facts, null, null, members));
            });
        });
    }
}
