package io.assent.protocol.simulation;

import io.assent.protocol.coordinator.IntentLog;

/**
 * What one run is like. Each kind of trouble is left out of some runs, so that rare combinations of the others get room
 * (swarm testing). Probabilities are per occasion, times in milliseconds.
 */
record Swarm(
        int nodes,
        int participants,
        int instances,
        int transactions,
        IntentLog intent,
        Wire wire,
        Trouble trouble,
        Habits habits,
        Mix mix,
        Faults faults,
        long timeout,
        long retention) {

    /**
     * Which protocols run.
     *
     * @param threePhase how many of the transactions run three-phase commit
     * @param paxos how many of the others run Paxos Commit
     * @param peers whether its participants ask each other when no coordinator helps
     * @param outage how often all coordinators are killed at once
     */
    record Mix(double threePhase, double paxos, boolean peers, double outage) {

        /** Two-phase commit alone. */
        static final Mix TWO_PHASE = new Mix(0, 0, false, 0);

        /** In one seed of three other protocols run as well; the seed alone tells, so that the others stay as they are. */
        static Mix of(long seed) {
            if (seed % 6 == 1) {
                return new Mix(0, seed % 12 == 1 ? 1 : 0.6, false, 0);
            }
            if (seed % 3 != 0) {
                return TWO_PHASE;
            }
            return new Mix(seed % 2 == 0 ? 1 : 0.6, 0, seed % 5 != 0, seed % 7 < 4 ? 1 : 0);
        }
    }

    /** The network. */
    record Wire(double loss, double duplicate, double late, long fastest, long slowest) {}

    /** What the nemesis and the engines do. */
    record Trouble(
            double nodeCrash,
            double participantCrash,
            double partition,
            double election,
            double compaction,
            double unknownAppend,
            double databaseError,
            long lingering,
            boolean serverDatabase,
            boolean boundConnections) {}

    /** What initiators do. */
    record Habits(
            double keyed,
            double enlistFirst,
            double secondCall,
            double readOnly,
            double prepareNow,
            double alone,
            double carelessCommit,
            double abort,
            double vanish,
            double lostAnswer,
            double restartBetween,
            double impatient,
            double leaveEarly) {}

    /** What a run is mostly about; its kinds of trouble are more frequent then. */
    private enum Theme {
        ANYTHING,
        CARELESS_INITIATORS,
        TROUBLED_LOG,
        TROUBLED_PARTICIPANTS
    }

    static Swarm of(Scheduler chance, Mix mix, Faults faults) {
        Theme theme = Theme.values()[chance.below(Theme.values().length)];
        boolean log = theme == Theme.TROUBLED_LOG;
        boolean participants = theme == Theme.TROUBLED_PARTICIPANTS;
        boolean careless = theme == Theme.CARELESS_INITIATORS;
        Wire wire = new Wire(
                some(chance, 0.12),
                some(chance, 0.15),
                some(chance, 0.04),
                1,
                chance.chance(0.6) ? chance.between(3, 25) : 120);
        Trouble trouble = new Trouble(
                some(chance, 1.0, log),
                some(chance, 1.0, participants),
                some(chance, 1.0, log),
                some(chance, 1.0, log),
                some(chance, 1.0),
                some(chance, 0.25, log),
                some(chance, 0.12, participants),
                log || chance.chance(0.6) ? chance.between(50, 4_000) : 0,
                chance.chance(0.5),
                chance.chance(0.4));
        Habits habits = new Habits(
                some(chance, 0.5),
                some(chance, 0.5),
                some(chance, 0.9, careless),
                some(chance, 0.5),
                some(chance, 0.7),
                some(chance, 0.5),
                some(chance, 1.0, careless),
                some(chance, 0.12),
                some(chance, 0.15),
                some(chance, 0.12, careless),
                some(chance, 0.4, careless),
                some(chance, 0.5),
                some(chance, 0.3, careless));
        IntentLog[] intents = IntentLog.values();
        return new Swarm(
                chance.chance(0.75) ? 3 : 5,
                (int) chance.between(2, 4),
                chance.chance(0.6) ? 1 : 2,
                (int) chance.between(8, 30),
                intents[chance.below(intents.length)],
                wire,
                trouble,
                habits,
                mix,
                faults,
                chance.between(900, 7_000),
                // Some forget so soon that what was forgotten is still on its way.
                chance.chance(0.15) ? chance.between(50, 800) : chance.between(1_500, 8_000));
    }

    /** A run in which nothing goes wrong. */
    static Swarm calm(IntentLog intent, Mix mix) {
        return new Swarm(
                3,
                3,
                1,
                20,
                intent,
                new Wire(0, 0, 0, 1, 5),
                new Trouble(0, 0, 0, 0, 0, 0, 0, 0, false, false),
                new Habits(0.3, 0.3, 0.4, 0.3, 0.4, 0.2, 0, 0, 0, 0, 0, 0, 0),
                mix,
                Faults.NONE,
                30_000,
                60_000);
    }

    /** One transaction of two participants, to be read by people. */
    static Swarm story(IntentLog intent, Mix mix) {
        return story(intent, mix, 60_000);
    }

    /** Such a story, in which finished transactions are kept so long. */
    static Swarm story(IntentLog intent, Mix mix, long retention) {
        return new Swarm(
                3,
                2,
                1,
                1,
                intent,
                new Wire(0, 0, 0, 1, 3),
                new Trouble(0, 0, 0, 0, 0, 0, 0, 0, false, false),
                new Habits(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                mix,
                Faults.NONE,
                8_000,
                retention);
    }

    private static double some(Scheduler chance, double most, boolean much) {
        return much ? most * chance.between(60, 100) / 100 : some(chance, most);
    }

    /** Nothing in a third of the runs, else up to {@code most}. */
    private static double some(Scheduler chance, double most) {
        return chance.chance(0.33) ? 0 : most * chance.between(5, 100) / 100;
    }
}
