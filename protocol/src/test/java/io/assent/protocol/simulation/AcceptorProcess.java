package io.assent.protocol.simulation;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.TransactionId;
import io.assent.protocol.paxoscommit.Acceptor;
import io.assent.protocol.paxoscommit.AcceptorRecord;
import io.assent.protocol.paxoscommit.AcceptorRecordCodec;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The acceptor on one coordinator node, and its disk: what is not flushed when the node dies is lost, or some of it,
 * or torn.
 */
final class AcceptorProcess {

    private static final int GROUP = 0;

    private final Simulation world;
    private final Scheduler scheduler;
    private final AcceptorId id;
    private final Journal disk = new Journal();
    private final Set<TransactionId> recorded = new TreeSet<>();
    private Acceptor durable;
    private final List<AcceptorRecord> unflushed = new ArrayList<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private Acceptor acceptor;
    private boolean up = true;
    private boolean wiped;
    private boolean flushing;
    private int life;

    AcceptorProcess(Simulation world, int node) {
        this.world = world;
        this.scheduler = world.scheduler();
        id = new AcceptorId("node-" + (node + 1), 7_000 + node);
        acceptor = new Acceptor(id, GROUP);
        durable = new Acceptor(id, GROUP);
    }

    AcceptorId id() {
        return id;
    }

    /** Answers when everything that it has recorded until now is on the disk. */
    void receive(AcceptorId addressed, AcceptorRequest request, Consumer<AcceptorReply> answer) {
        if (!up) {
            return;
        }
        Acceptor.Step step = world.seams().accept(acceptor, addressed, request);
        AcceptorRecord record = step.record();
        if (record != null) {
            acceptor.apply(record);
            unflushed.add(record);
            world.writerMayDie(world.placeOf(id));
        }
        waiting.add(() -> {
            PaxosWords.trace(world, world.placeOf(id), request, step.reply());
            answer.accept(step.reply());
        });
        if (!flushing) {
            flushing = true;
            int since = life;
            scheduler.after(scheduler.between(0, 5), "acceptor flushes", () -> {
                if (since == life) {
                    flushing = false;
                    flush(unflushed.size());
                    List<Runnable> answers = new ArrayList<>(waiting);
                    waiting.clear();
                    answers.forEach(Runnable::run);
                }
            });
        }
    }

    private void flush(int count) {
        List<AcceptorRecord> batch = List.copyOf(unflushed.subList(0, count));
        unflushed.clear();
        if (!batch.isEmpty()) {
            disk.write(AcceptorRecordCodec.encode(batch));
            disk.flush();
            durable(batch);
        }
    }

    private void durable(List<AcceptorRecord> batch) {
        for (AcceptorRecord record : batch) {
            durable.apply(record);
            scheduler.note(Arrays.hashCode(AcceptorRecordCodec.encode(List.of(record))));
            if (record instanceof AcceptorRecord.OfTransaction ofTransaction) {
                recorded.add(ofTransaction.transaction());
                world.checker().accepted(world.acceptorList(), id, acceptor.state(ofTransaction.transaction()), record);
            }
        }
    }

    /** The node dies while what waits to be flushed is written, as one record: it counts as a whole or not at all. */
    private void tear() {
        disk.write(AcceptorRecordCodec.encode(unflushed));
        if (disk.tear(scheduler)) {
            world.trace().moment("an acceptor's record survived that was not flushed");
            durable(List.copyOf(unflushed));
        }
        unflushed.clear();
    }

    void crash() {
        if (!unflushed.isEmpty()) {
            if (world.swarm().faults().torn()) {
                tear();
            } else {
                flush(scheduler.below(unflushed.size() + 1));
            }
        }
        if (world.seams().forgetsPromises()) {
            lose();
        }
        life++;
        up = false;
        flushing = false;
        waiting.clear();
    }

    void restart() {
        up = true;
        acceptor = new Acceptor(id, GROUP);
        disk.read().forEach(batch -> AcceptorRecordCodec.decode(batch).forEach(acceptor::apply));
        if (disk.isTorn() && world.seams().cutsTornEnds()) {
            world.trace().moment("an acceptor's torn record is cut off");
            disk.cut();
        }
        for (TransactionId known : recorded) {
            if (!Objects.equals(acceptor.kept(known), durable.kept(known))) {
                throw new Violation("I17", id + " has flushed what it does not find again, of " + known);
            }
        }
    }

    private void lose() {
        disk.clear();
        recorded.clear();
        durable = new Acceptor(id, GROUP);
    }

    /** Somebody deletes the directory; the node is down. */
    void wipe() {
        lose();
        wiped = true;
    }

    boolean isWiped() {
        return wiped;
    }
}
