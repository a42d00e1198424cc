package io.assent.protocol.states;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Everything that can happen, tried: from every world that is reached, every event that it allows.
 *
 * @param <W> a world; equal ones are one
 */
abstract class Exploration<W> {

    private final Set<W> known = new LinkedHashSet<>();
    private final Deque<W> left = new ArrayDeque<>();
    private final SortedSet<Arrow> arrows = new TreeSet<>();

    /** Begins with {@link #reach}. */
    protected abstract void start();

    /** Tells by {@link #reach} and {@link #took} what leads on from a world. */
    protected abstract void leave(W world);

    final void reach(W world) {
        if (known.add(world)) {
            left.add(world);
        }
    }

    final void took(Arrow arrow) {
        arrows.add(arrow);
    }

    /** All transitions that exist. */
    final SortedSet<Arrow> arrows() {
        start();
        while (!left.isEmpty()) {
            leave(left.remove());
        }
        return arrows;
    }
}
