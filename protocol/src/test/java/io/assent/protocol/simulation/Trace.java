package io.assent.protocol.simulation;

import io.assent.protocol.TransactionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What happened, for people: kept only when somebody wants to read it. Also counts, and reacts to, named moments. */
final class Trace {

    private final Scheduler scheduler;
    private final boolean kept;
    private final List<String> lines = new ArrayList<>();
    private final Map<String, Integer> moments = new LinkedHashMap<>();
    private final Map<String, Runnable> reactions = new LinkedHashMap<>();
    private final Map<TransactionId, String> names = new LinkedHashMap<>();

    Trace(Scheduler scheduler, boolean kept) {
        this.scheduler = scheduler;
        this.kept = kept;
    }

    void line(String place, Supplier<String> text) {
        if (kept) {
            lines.add(String.format("%7d  %-10s %s", scheduler.now(), place, text.get()));
        }
    }

    List<String> lines() {
        return lines;
    }

    /** T1, T2, ... in the order in which they are first named. */
    String name(TransactionId id) {
        return names.computeIfAbsent(id, any -> "T" + (names.size() + 1));
    }

    /** Something worth reaching happened. */
    void moment(String name) {
        moments.merge(name, 1, Integer::sum);
        scheduler.note(name.hashCode());
        Runnable reaction = reactions.remove(name);
        if (reaction != null) {
            reaction.run();
        }
    }

    Map<String, Integer> moments() {
        return moments;
    }

    /** Runs the reaction the next time the moment comes. */
    void at(String moment, Runnable reaction) {
        reactions.put(moment, reaction);
    }
}
