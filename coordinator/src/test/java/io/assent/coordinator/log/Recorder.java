package io.assent.coordinator.log;

import io.assent.coordinator.runtime.Log;
import io.assent.coordinator.runtime.Log.BatchId;
import io.assent.protocol.group.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what a log tells. */
final class Recorder implements Log.Listener {

    sealed interface Told {}

    record Applied(BatchId id, long index, long term, List<Fact> facts) implements Told {}

    record Refused(BatchId id) implements Told {}

    record Unknown(BatchId id) implements Told {}

    record Gained(long term) implements Told {}

    record Lost() implements Told {}

    private final List<Told> all = new CopyOnWriteArrayList<>();
    private final Map<BatchId, List<Told>> byBatch = new ConcurrentHashMap<>();
    private final Map<BatchId, CompletableFuture<Told>> first = new ConcurrentHashMap<>();

    @Override
    public void applied(BatchId id, long index, long term, List<Fact> facts) {
        note(id, new Applied(id, index, term, facts));
    }

    @Override
    public void refused(BatchId id) {
        note(id, new Refused(id));
    }

    @Override
    public void unknown(BatchId id) {
        note(id, new Unknown(id));
    }

    @Override
    public void gained(long term) {
        all.add(new Gained(term));
    }

    @Override
    public void lost() {
        all.add(new Lost());
    }

    private void note(BatchId id, Told told) {
        all.add(told);
        byBatch.computeIfAbsent(id, key -> new CopyOnWriteArrayList<>()).add(told);
        first(id).complete(told);
    }

    /** The first thing that is told of a batch. */
    CompletableFuture<Told> first(BatchId id) {
        return first.computeIfAbsent(id, key -> new CompletableFuture<>());
    }

    /** Everything that was told, in order. */
    List<Told> all() {
        return new ArrayList<>(all);
    }

    /** What was told of a batch: one thing, when all is well. */
    List<Told> of(BatchId id) {
        return byBatch.getOrDefault(id, List.of());
    }
}
