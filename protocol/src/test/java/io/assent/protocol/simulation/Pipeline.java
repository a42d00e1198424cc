package io.assent.protocol.simulation;

import io.assent.protocol.group.Fact;
import io.assent.protocol.group.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/**
 * What one leader hands to the log: records collect for a moment, batches may overtake each other, and of some nobody
 * knows for a while, or ever, whether they were appended.
 */
final class Pipeline {

    private final CoordinatorNode node;
    private final long term;
    private final Simulation world;
    private final Scheduler scheduler;
    private final BooleanSupplier alive;
    private final BiConsumer<LogRecord, Fact> applied;
    private final List<LogRecord> pending = new ArrayList<>();
    private boolean flushing;

    /** A pipeline that tells what became of records while its leader is alive. */
    Pipeline(
            CoordinatorNode node,
            long term,
            Simulation world,
            BooleanSupplier alive,
            BiConsumer<LogRecord, Fact> applied) {
        this.term = term;
        this.node = node;
        this.world = world;
        this.scheduler = world.scheduler();
        this.alive = alive;
        this.applied = applied;
    }

    boolean isEmpty() {
        return pending.isEmpty();
    }

    void add(LogRecord record) {
        pending.add(record);
        if (!flushing) {
            flushing = true;
            scheduler.after(scheduler.between(0, 4), "leader writes", this::flush);
        }
    }

    private void flush() {
        flushing = false;
        if (!alive.getAsBoolean() || pending.isEmpty()) {
            return;
        }
        List<LogRecord> batch = new ArrayList<>(pending);
        pending.clear();
        // The hand-over takes a while: two batches may reach the log in the other order.
        scheduler.after(scheduler.between(0, 6), "hand over", () -> handOver(batch));
    }

    private void handOver(List<LogRecord> records) {
        if (!alive.getAsBoolean()) {
            return;
        }
        Batch batch = new Batch(records);
        byte[] payload = new Payload(term, records).toByteArray();
        if (scheduler.chance(world.unknownAppend() / 2)) {
            // The engine says nothing for a while; it may append the batch much later, in whatever term it leads then.
            scheduler.after(scheduler.between(0, 1_500), "append given up", batch::lost);
            if (scheduler.chance(0.7)) {
                scheduler.after(scheduler.between(5, 2_500), "late append", () -> node.submit(payload, batch));
            }
        } else if (!node.submit(payload, batch)) {
            long pause = node.leads() ? 10 : scheduler.between(30, 300);
            scheduler.after(pause, "refused", () -> records.forEach(this::add));
        } else {
            if (scheduler.chance(world.unknownAppend())) {
                batch.lost();
            }
            scheduler.after(1_000, "append times out", batch::lost);
        }
    }

    /** A batch under way; its end is told once. */
    private final class Batch implements Replica.Submission {
        private final List<LogRecord> records;
        private boolean over;

        Batch(List<LogRecord> records) {
            this.records = records;
        }

        @Override
        public void applied(long entryTerm, List<Fact> facts) {
            if (!over && alive.getAsBoolean()) {
                over = true;
                for (int i = 0; i < records.size(); i++) {
                    applied.accept(records.get(i), facts.get(i));
                }
            }
        }

        @Override
        public void lost() {
            if (over || !alive.getAsBoolean()) {
                return;
            }
            over = true;
            world.trace().moment("nobody knows whether a batch was appended");
            for (LogRecord record : records) {
                Fact presumed = world.seams().factOfUnknown(record);
                if (presumed == null) {
                    add(record);
                } else {
                    applied.accept(record, presumed);
                }
            }
        }
    }
}
