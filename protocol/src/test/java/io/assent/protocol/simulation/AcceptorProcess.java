package io.assent.protocol.simulation;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.paxoscommit.Acceptor;
import io.assent.protocol.paxoscommit.AcceptorRecord;
import io.assent.protocol.paxoscommit.AcceptorRecordCodec;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** The acceptor on one coordinator node, and its disk: what is not flushed when the node dies is lost, or some of it. */
final class AcceptorProcess {

    private static final int GROUP = 0;

    private final Simulation world;
    private final Scheduler scheduler;
    private final AcceptorId id;
    private final List<AcceptorRecord> disk = new ArrayList<>();
    private final List<AcceptorRecord> unflushed = new ArrayList<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private Acceptor acceptor;
    private boolean up = true;
    private boolean flushing;
    private int life;

    AcceptorProcess(Simulation world, int node) {
        this.world = world;
        this.scheduler = world.scheduler();
        id = new AcceptorId("node-" + (node + 1), 7_000 + node);
        acceptor = new Acceptor(id, GROUP);
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
        for (AcceptorRecord record : unflushed.subList(0, count)) {
            disk.add(record);
            scheduler.note(Arrays.hashCode(AcceptorRecordCodec.encode(List.of(record))));
            if (record instanceof AcceptorRecord.OfTransaction ofTransaction) {
                world.checker().accepted(world.acceptorList(), id, acceptor.state(ofTransaction.transaction()), record);
            }
        }
        unflushed.clear();
    }

    void crash() {
        if (!unflushed.isEmpty()) {
            flush(scheduler.below(unflushed.size() + 1));
        }
        if (world.seams().forgetsPromises()) {
            disk.clear();
        }
        life++;
        up = false;
        flushing = false;
        waiting.clear();
    }

    void restart() {
        up = true;
        acceptor = new Acceptor(id, GROUP);
        disk.forEach(acceptor::apply);
    }
}
