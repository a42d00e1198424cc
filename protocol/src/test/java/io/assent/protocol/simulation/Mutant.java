package io.assent.protocol.simulation;

import java.util.function.Supplier;

/** The rules, each dropped by one decorator. The simulator must notice every one. */
enum Mutant {
    M1("G1", "a record applies in whatever term its entry has", CoordinatorMutants.NoFence::new),
    M2("U1", "absent means aborted, whatever term was applied last", CoordinatorMutants.AbsentMeansAborted::new),
    M3("L4", "a decision whose append timed out is taken for refused", CoordinatorMutants.TimeoutMeansAborted::new),
    M4("L6", "COMMIT is sent when the decision is dispatched", CoordinatorMutants.CommitBeforeApply::new),
    M5("1.7", "a prepared branch rolls back at its deadline", ParticipantMutants.PreparedGivesUp::new),
    M6("2", "an uncertain branch aborts when no coordinator answers", ThreePhaseMutants.UncertainAborts::new),
    M7("T2", "an uncertain branch aborts because a peer is uncertain", ThreePhaseMutants.UncertainPeersAbort::new),
    M8("P2", "an abort leaves no tombstone", ParticipantMutants.NoTombstone::new),
    M9("P4", "a commit of a branch that is not there counts as done", ParticipantMutants.MissingMeansCommitted::new),
    M10("1.4", "a transaction is forgotten before all acknowledged", CoordinatorMutants.SendingMeansAcknowledged::new),
    M11("3.3", "recovery proposes ABORTED, whatever is accepted", PaxosMutants.RecoveryAborts::new),
    M12("3.3", "that nobody voted is answered without acceptance", PaxosMutants.NoVotesMeansAborted::new),
    M13("Q1", "an acceptor that lost its disk comes back under its name", PaxosMutants.AcceptorForgets::new),
    M14(
            "1.3",
            "a one-phase commit without result is presumed aborted",
            CoordinatorMutants.OnePhasePresumedAborted::new),
    M15(
            "L2",
            "a look-up tells a later branch of a READ_ONLY member to commit",
            CoordinatorMutants.ReadOnlyMembersCommit::new),
    M17("U2", "a deposed leader answers from a table that it has emptied", CoordinatorMutants.EmptiedTable::new),
    M18("L2", "a look-up tells a branch outside the decision to commit", CoordinatorMutants.OutsidersCommit::new),
    M19("G1", "an abort of an absent transaction leaves no record", CoordinatorMutants.AbortOfAbsentIgnored::new),
    M20("G5", "a record refused for its owner is read as dead", CoordinatorMutants.OwnedMeansDead::new),
    M21("Q5", "a NO is relayed at ballot 0", PaxosMutants.NoIsRelayed::new),
    M22("Q6", "what only acceptors know is forgotten", PaxosMutants.ForgetsWithoutSealing::new),
    M24("L8", "the token is not compared", ParticipantMutants.TokenIgnored::new),
    M25("L8", "the calls are not compared", ParticipantMutants.CallsIgnored::new),
    M26("1.2", "ABORTED is told before it is applied", CoordinatorMutants.AbortBeforeApply::new),
    M27("Q8", "the leader aborts from memory after PREPARE", PaxosMutants.AbortFromMemory::new),
    M29("1.5", "one-phase commit for a resource that cannot prove it", ParticipantMutants.OnePhaseWithoutProof::new),
    M30(
            "L8",
            "a rebuilt prepared branch repeats YES to work it cannot compare",
            ParticipantMutants.RebuiltSaysYes::new),
    M31("G2", "a replica leaves out what it has proposed itself", CoordinatorMutants.OriginSkips::new),
    M32(
            "G3",
            "a refused begin leaves nothing, and its copy begins",
            CoordinatorMutants.RefusedBeginLeavesNothing::new,
            352),
    M33("L1", "a deposed leader issues ids of the term that it sees", CoordinatorMutants.TermOfTheNode::new),
    M34("L3", "at the deadline a missing vote counts as YES", CoordinatorMutants.SilenceMeansYes::new),
    M35(
            "L7",
            "a transaction leaves the table when its decision is dispatched",
            CoordinatorMutants.DispatchedMeansOver::new),
    M36("U3", "an outcome that stands is not looked for", CoordinatorMutants.OutcomeOverlooked::new),
    M37("U4", "what is forgotten is answered ABORTED", CoordinatorMutants.ForgottenMeansAborted::new),
    M38("P1", "YES is said before prepare has ended", ParticipantMutants.YesBeforePrepare::new),
    M39("P3", "the row of a branch comes with its commit", ParticipantMutants.RowComesLate::new),
    M40("P5", "an ABORT rolls back whatever branch is prepared", ParticipantMutants.AbortOfAnyBranch::new),
    M41(
            "P6",
            "a PREPARE of an older term is answered NO, and rolls back what is prepared",
            ParticipantMutants.StalePrepareRollsBack::new,
            499),
    M42("P7", "rows of branches go by age", ParticipantMutants.RowsGoByAge::new),
    M43("P8", "a prepared branch gives its connection back", ParticipantMutants.ConnectionGivenBack::new),
    M44("P10", "an error that the application swallowed is not noticed", ParticipantMutants.ErrorSwallowed::new),
    M45("1.6", "a keyed begin is told before it is applied", CoordinatorMutants.BeginToldEarly::new),
    M46("1.6", "a new leader leaves alone what it finds enrolled", CoordinatorMutants.EnrolledLeftAlone::new),
    M47("1.9", "a prepared branch commits by itself at its deadline", ParticipantMutants.PreparedCommits::new),
    M58("F4", "PRE_COMMIT is acknowledged and not written down", ThreePhaseMutants.KnownIsNotWritten::new),
    M59("V", "a look-up that tells COMMITTED makes an uncertain branch show it", ThreePhaseMutants.LookUpShows::new),
    M60("V", "COMMIT follows before all have pre-committed", ThreePhaseMutants.NobodyIsWaitedFor::new),
    M61("T1", "peers are asked in two-phase commit", ThreePhaseMutants.PeersInTwoPhase::new, 2_000),
    M62(
            "section 4",
            "a peer that has not voted says ABORTED and leaves no tombstone",
            ThreePhaseMutants.PeerAbortsUnwritten::new,
            2_400),
    M63("Q4", "an absent transaction of acceptors is answered ABORTED", PaxosMutants.AbsentMeansAborted::new),
    M64("L7, Q8", "a transaction leaves the table before it is learned", PaxosMutants.LeavesBeforeItIsLearned::new),
    M65(
            "Q1",
            "an acceptor whose directory was wiped comes back under its old identity",
            PaxosMutants.WipedComesBack::new,
            950),
    M66(
            "3.1",
            "a torn end stays, and what is written behind it is not found again",
            PaxosMutants.TornEndStays::new,
            850),
    M67(
            "1.9",
            "a new leader waits for the deadline of a clock that was hours ahead",
            CoordinatorMutants.WaitsForAnyClock::new),
    M69(
            "U2",
            "a leader whose transaction is forgotten elsewhere drops it and leads on",
            PaxosMutants.ForgottenMeansExpired::new,
            5_277_980),
    M70(
            "P7",
            "late work is begun below a horizon that another instance was told",
            ParticipantMutants.WorksBelowHorizon::new,
            5_363_550);

    private final String rule;
    private final String drops;

    @SuppressWarnings("ImmutableEnumChecker") // A reference to a constructor.
    private final Supplier<Seams> seams;

    private final long from;

    Mutant(String rule, String drops, Supplier<Seams> seams) {
        this(rule, drops, seams, 1);
    }

    Mutant(String rule, String drops, Supplier<Seams> seams, long from) {
        this.rule = rule;
        this.drops = drops;
        this.seams = seams;
        this.from = from;
    }

    String rule() {
        return rule;
    }

    String drops() {
        return drops;
    }

    /**
     * The seed from which on it is looked for, without {@link Faults} and then with them: near one that shows a rule
     * whose loss shows in few.
     */
    long from() {
        return from;
    }

    /** The decorator that drops the rule, for one run. */
    Seams seams() {
        return seams.get();
    }
}
