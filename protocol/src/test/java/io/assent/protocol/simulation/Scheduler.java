package io.assent.protocol.simulation;

import java.util.PriorityQueue;
import java.util.SplittableRandom;

/** Virtual time and chance: what happens next, in an order that the seed alone decides. Times are milliseconds. */
final class Scheduler {

    private final PriorityQueue<Task> queue = new PriorityQueue<>();
    private final SplittableRandom random;
    private long now;
    private long order;
    private long executed;
    private long fingerprint = 17;

    private record Task(long at, long order, String label, Runnable action) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    Scheduler(long seed) {
        random = new SplittableRandom(seed);
    }

    long now() {
        return now;
    }

    /** How many events have happened. */
    long executed() {
        return executed;
    }

    /** A number that two runs have in common only if the same things happened in the same order. */
    long fingerprint() {
        return fingerprint;
    }

    void note(long value) {
        fingerprint = fingerprint * 0x9e3779b97f4a7c15L + value;
    }

    void after(long delay, String label, Runnable action) {
        queue.add(new Task(now + Math.max(0, delay), order++, label, action));
    }

    /** Lets the next event happen; false when there is none. */
    boolean step() {
        Task task = queue.poll();
        if (task == null) {
            return false;
        }
        now = task.at();
        executed++;
        note(task.at() * 31 + task.label().hashCode());
        task.action().run();
        return true;
    }

    boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    /** 0 to {@code bound} - 1. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    /** {@code low} to {@code high}, both included. */
    long between(long low, long high) {
        return low >= high ? low : low + random.nextLong(high - low + 1);
    }

    int bits() {
        return random.nextInt();
    }
}
