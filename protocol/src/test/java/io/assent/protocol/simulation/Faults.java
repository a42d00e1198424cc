package io.assent.protocol.simulation;

/**
 * Faults that a seed may have besides those of its {@link Swarm}. They are drawn from a stream of their own: a seed
 * that draws none of them is the run that it would be if there were none.
 *
 * @param jumps how often the wall clock of a coordinator jumps
 * @param farthest how far at once, at most; forwards or backwards
 * @param drifting whether each process's monotonic clock runs at a rate of its own, half to twice as fast
 * @param torn whether what was written and not flushed survives the death of its writer in part, or wholly
 * @param wipe how often an acceptor loses its directory; at most one in a run
 */
record Faults(double jumps, long farthest, boolean drifting, boolean torn, double wipe) {

    /** Clocks run alike, of what is not flushed whole records survive, or none, and nobody loses a directory. */
    static final Faults NONE = new Faults(0, 0, false, false, 0);

    private static final long STREAM = 0x46_61_75_6c_74_73L;
    private static final long HOUR = 3_600_000;

    static Faults of(long seed, Swarm.Mix mix) {
        Scheduler chance = new Scheduler(seed ^ STREAM);
        boolean jumps = chance.chance(0.3);
        double often = chance.between(10, 100) / 100.0;
        long farthest = chance.chance(0.5) ? HOUR : chance.between(500, 10_000);
        boolean drifting = chance.chance(0.2);
        boolean torn = chance.chance(0.3);
        boolean wipes = chance.chance(0.4) && mix.paxos() > 0;
        double soon = chance.between(20, 100) / 100.0;
        return new Faults(jumps ? often : 0, farthest, drifting, torn, wipes ? soon : 0);
    }
}
