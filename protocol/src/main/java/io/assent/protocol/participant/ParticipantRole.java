package io.assent.protocol.participant;

import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.Vote;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.participant.BranchCondition.Aborted;
import io.assent.protocol.participant.BranchCondition.Committed;
import io.assent.protocol.participant.BranchCondition.PreCommitted;
import io.assent.protocol.participant.BranchCondition.Prepared;
import io.assent.protocol.participant.BranchCondition.Unknown;
import io.assent.protocol.participant.BranchCondition.Working;
import io.assent.protocol.participant.BranchEvent.LookupOutcome;
import io.assent.protocol.participant.Errand.Stage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events of one branch that are neither messages nor work: time, outcomes learned, and the reports
 * of actions. What a message does is in {@link MessageTable}.
 */
final class ParticipantRole {

    /** How often one errand tries the same commit or rollback; a message then gets no reply and will come again. */
    static final int TRIES = 3;

    private final ParticipantBranch branch;

    ParticipantRole(ParticipantBranch branch) {
        this.branch = branch;
    }

    Step on(BranchEvent event) {
        return switch (event) {
            case BranchEvent.MessageReceived e -> new MessageTable(branch).receive(e.message());
            case BranchEvent.WorkRequested e -> new WorkEvents(branch).workRequested(e);
            case BranchEvent.WorkBegan e -> new WorkEvents(branch).workBegan(e, errandAt(Stage.OPENING));
            case BranchEvent.WorkNotBegun e -> new WorkEvents(branch).workNotBegun(e.obstacle());
            case BranchEvent.UnitEnded e -> new WorkEvents(branch).unitEnded(e);
            case BranchEvent.VoteRequested e -> new WorkEvents(branch).voteRequested();
            case BranchEvent.WorkAbandoned e -> new WorkEvents(branch).workAbandoned();
            case BranchEvent.PrepareEnded e -> prepareEnded(e, errandAt(Stage.PREPARING));
            case BranchEvent.CommitEnded e -> commitEnded(e.certain());
            case BranchEvent.RollbackEnded e -> rollbackEnded(errandAt(Stage.ROLLING_BACK));
            case BranchEvent.TombstoneEnded e -> tombstoneEnded(e.result(), errandAt(Stage.WRITING_TOMBSTONE));
            case BranchEvent.FactsRead e -> factsRead(e, errandAt(Stage.READING_FACTS));
            case BranchEvent.FoundPrepared e -> foundPrepared(e);
            case BranchEvent.OutcomeLearned e -> outcomeLearned(e.outcome());
            case BranchEvent.NoFactLearned e -> noFactLearned(e.anybodyAnswered());
            case BranchEvent.PeerAnswered e -> peerAnswered(e.term(), e.state());
            case BranchEvent.PatienceEnded e -> patienceEnded();
            case BranchEvent.KnownWritten e -> knownWritten(e.durable(), errandAt(Stage.WRITING_KNOWN));
            case BranchEvent.DeadlinePassed e -> deadlinePassed();
            case BranchEvent.HorizonPassed e -> horizonPassed();
        };
    }

    // Time, horizons and outcomes.

    private Step deadlinePassed() {
        ParticipantRole late = new ParticipantRole(branch.outOfTime());
        Errand errand = Errand.of(new Errand.Alone());
        Errand busy = branch.errand();
        if (busy != null) {
            return busy.stage() == Stage.AWAITING_WORK ? late.abandon(busy, Why.TIME_IS_UP) : late.aside();
        }
        return switch (branch.condition()) {
            case Working c -> c.work().running() ? late.aside() : late.abandon(errand, Why.TIME_IS_UP);
            case Unknown c -> c.work() == null ? late.aside() : late.readFacts(errand, false);
            case PreCommitted c -> late.aside();
            case Prepared c -> late.aside(); // It never decides alone, however late it is.
            case Committed c -> late.aside();
            case Aborted c -> late.aside();
        };
    }

    private Step horizonPassed() {
        ParticipantRole forgotten = new ParticipantRole(branch.forgottenElsewhere());
        if (branch.errand() != null) {
            return forgotten.aside();
        }
        return switch (branch.condition()) {
            case Prepared c -> forgotten.readFacts(Errand.of(new Errand.Expired()), false);
            case PreCommitted c -> forgotten.readFacts(Errand.of(new Errand.Expired()), false);
            case Working c ->
                c.work().running()
                        ? forgotten.aside()
                        : forgotten.abandon(Errand.of(new Errand.Alone()), Why.BELOW_HORIZON);
            case Unknown c -> forgotten.aside();
            case Committed c -> forgotten.aside();
            case Aborted c -> forgotten.aside();
        };
    }

    private Step foundPrepared(BranchEvent.FoundPrepared found) {
        return branch.errand() == null && branch.condition() instanceof Unknown doubt
                ? become(prepared(found.token(), found.calls(), doubt.work(), branch.isThreePhase()))
                : aside();
    }

    private Step outcomeLearned(LookupOutcome outcome) {
        if (branch.errand() != null || !branch.isInDoubt()) {
            return aside();
        }
        return switch (outcome) {
            case COMMITTED -> new MessageTable(branch).obey(Errand.of(new Errand.Learned(true)), true);
            case ABORTED -> new MessageTable(branch).obey(Errand.of(new Errand.Learned(false)), false);
            case PENDING -> aside();
            case EXPIRED -> readFacts(Errand.of(new Errand.Expired()), false);
        };
    }

    /** Another instance may have learned what this one does not know, so the facts are read before anything is done. */
    private Step noFactLearned(boolean anybodyAnswered) {
        return branch.errand() == null && branch.isInDoubt() && branch.isThreePhase()
                ? readFacts(Errand.of(new Errand.LeftAlone(anybodyAnswered)), false)
                : aside();
    }

    /**
     * What a peer knows counts only for a branch that is in the decision (rule T4); what it does not know, not at all. An
     * answer to a question about other members than those of the present leader counts for nothing.
     */
    private Step peerAnswered(long term, Reply.StateReported peer) {
        boolean counts = branch.errand() == null
                && branch.isThreePhase()
                && branch.condition() instanceof Prepared c
                && c.votedTerm() == term
                && branch.seenTerm() == term;
        if (!counts) {
            return aside();
        }
        return switch (peer.state()) {
            case COMMITTED, PRE_COMMITTED ->
                peer.participants().contains(branch.participant())
                        ? writeKnown(Errand.of(new Errand.Learned(true)))
                        : aside();
            case ABORTED -> abandon(Errand.of(new Errand.Learned(false)), Why.PEER_ABORTED);
            case NOT_VOTED, PREPARED, UNKNOWN -> aside();
        };
    }

    private Step patienceEnded() {
        return branch.condition() instanceof PreCommitted c
                ? new Step(
                        branch.with(new PreCommitted(c.work(), c.members(), c.doubted(), true), branch.errand()),
                        List.of())
                : aside();
    }

    // What errands are made of.

    /** A call that runs may still be good: its end is waited for, and nothing is promised before (rule L8). */
    Step prepare(Errand errand) {
        return isRunning() ? awaitWork(errand) : begin(errand.at(Stage.PREPARING), new BranchAction.EndAndPrepare());
    }

    Step commitPrepared(Errand errand) {
        return errand.tries() >= TRIES
                ? giveUp(errand)
                : begin(errand.triedAgain().at(Stage.COMMITTING), new BranchAction.CommitPrepared());
    }

    /** A coordinator's word that the decision is commit: under THREE_PHASE it is first written down, for the peers. */
    Step obeyCommit(Errand errand) {
        return branch.isThreePhase() ? writeKnown(errand) : commitPrepared(errand);
    }

    Step writeKnown(Errand errand) {
        return errand.tries() >= TRIES
                ? giveUp(errand)
                : begin(
                        errand.triedAgain().at(Stage.WRITING_KNOWN),
                        new BranchAction.WriteKnown(membersOfDecision(errand)));
    }

    /**
     * A look-up does not tell for whom the decision is. Members that were heard of before a restart, or from an earlier
     * leader, may be others; who names them to a peer lets that one commit outside the decision (rule T4).
     */
    private List<Member> membersOfDecision(Errand errand) {
        if (errand.cause() instanceof Errand.Asked asked) {
            return switch (asked.message()) {
                case Message.PreCommit m -> m.members();
                case Message.Commit m -> m.members();
                case Message.Prepare m -> List.of();
                case Message.CommitOnePhase m -> List.of();
                case Message.Abort m -> List.of();
                case Message.Inquire m -> List.of();
            };
        }
        return branch.condition() instanceof Prepared c && c.votedTerm() == branch.seenTerm()
                ? branch.members()
                : List.of();
    }

    Step commitOnePhase(Errand errand) {
        return isRunning()
                ? awaitWork(errand)
                : begin(errand.at(Stage.COMMITTING_ONE_PHASE), new BranchAction.CommitOnePhase());
    }

    Step readFacts(Errand errand, boolean again) {
        return begin(errand.at(Stage.READING_FACTS), new BranchAction.ReadFacts(again));
    }

    /**
     * Rolls back and writes the tombstone, then answers (rule P2). While a unit runs, only its end is asked for: the
     * connection is the unit's until then.
     *
     * @param why for people, what stands against the branch
     */
    Step abandon(Errand errand, String why) {
        return new ParticipantRole(branch.because(why)).abandonNow(errand);
    }

    Step abandonNow(Errand errand) {
        if (isRunning()) {
            return awaitUnitEnd(errand);
        }
        boolean prepared = branch.isInDoubt();
        if (prepared || errand.obeysAbort()) {
            return begin(errand.at(Stage.ROLLING_BACK), new BranchAction.RollBack());
        }
        return branch.holdsLiveWork() ? rollBackLive(errand) : bury(errand);
    }

    Step rollBackLive(Errand errand) {
        return begin(errand.at(Stage.ROLLING_BACK), new BranchAction.RollBackLive());
    }

    /** Writes the tombstone alone: it fails on its key while the branch is prepared, and after it has committed. */
    Step bury(Errand errand) {
        return begin(errand.at(Stage.WRITING_TOMBSTONE), new BranchAction.WriteTombstone());
    }

    private boolean isRunning() {
        Work work = branch.work();
        return work != null && work.running();
    }

    /** A message that comes while another one waits takes its place: it is of a newer leader, or asks for more. */
    private Step awaitWork(Errand errand) {
        Errand waiting = branch.errand();
        return waiting == null || waiting.stage() == Stage.AWAITING_WORK
                ? new Step(branch.withErrand(errand.at(Stage.AWAITING_WORK)), List.of())
                : aside(new BranchAction.Note(Notice.UNANSWERED));
    }

    private Step awaitUnitEnd(Errand errand) {
        Errand waiting = branch.errand();
        if (waiting == null || waiting.stage() == Stage.AWAITING_WORK) {
            return begin(errand.at(Stage.AWAITING_UNIT_END), new BranchAction.CancelUnit());
        }
        return errand.obeysAbort()
                ? new Step(branch.withErrand(errand.at(Stage.AWAITING_UNIT_END)), List.of())
                : aside(new BranchAction.Note(Notice.UNANSWERED));
    }

    // Reports.

    private Step prepareEnded(BranchEvent.PrepareEnded report, Errand errand) {
        Work work = liveWork();
        String why = report.why() == null ? Why.NOT_PREPARED : Why.NOT_PREPARED + ": " + report.why();
        return switch (report.result()) {
            case PREPARED -> voted(errand, new Prepared(work, false, branch.seenTerm()), Vote.YES);
            case READ_ONLY ->
                branch.transaction().protocol() == Protocol.TWO_PHASE
                        ? voted(errand, new Unknown(null), Vote.READ_ONLY)
                        : abandon(errand, why);
            case FAILED -> abandon(errand, why);
            case UNKNOWN ->
                new ParticipantRole(branch.because(why).with(new Unknown(work), errand)).readFacts(errand, false);
        };
    }

    private Step voted(Errand errand, BranchCondition condition, Vote vote) {
        ParticipantBranch next = branch.with(condition, null);
        return errand.cause() instanceof Errand.Asked asked
                ? new MessageTable(next).vote(asked.message(), vote, null)
                : new Step(next, List.of(new BranchAction.ReportVote(vote)));
    }

    /** No error is read as success or failure: the facts tell (rule P4). */
    private Step commitEnded(boolean certain) {
        Errand errand = branch.errand();
        if (errand == null || errand.stage() != Stage.COMMITTING_ONE_PHASE) {
            errand = errandAt(Stage.COMMITTING);
        }
        if (certain) {
            return settled(new Committed(knownMembers()), errand);
        }
        ParticipantBranch explained =
                errand.stage() == Stage.COMMITTING_ONE_PHASE ? branch.because(Why.NOT_COMMITTED) : branch;
        ParticipantBranch doubtful = explained.with(doubted(branch.work()), errand);
        return new ParticipantRole(doubtful).readFacts(errand, false);
    }

    private BranchCondition doubted(@Nullable Work unprepared) {
        return switch (branch.condition()) {
            case Prepared c -> new Prepared(c.work(), true, c.votedTerm());
            case PreCommitted c -> new PreCommitted(c.work(), c.members(), true, c.patienceEnded());
            case Unknown c -> new Unknown(unprepared);
            case Working c -> new Unknown(unprepared);
            case Committed c -> new Unknown(unprepared);
            case Aborted c -> new Unknown(unprepared);
        };
    }

    private List<Member> knownMembers() {
        return branch.condition() instanceof PreCommitted c ? c.members() : List.of();
    }

    /** What is written down stands, or the facts tell whether it does. */
    private Step knownWritten(boolean durable, Errand errand) {
        if (!durable) {
            return new ParticipantRole(branch.with(doubted(null), errand)).readFacts(errand, false);
        }
        return settled(preCommitted(membersOfDecision(errand), branch.work()), errand);
    }

    private PreCommitted preCommitted(List<Member> members, @Nullable Work work) {
        boolean waited = branch.condition() instanceof PreCommitted c && c.patienceEnded();
        return new PreCommitted(work, members, false, waited);
    }

    /** Whether the branch is gone is for the facts to tell from now on; YES is not repeated from memory. */
    private Step rollbackEnded(Errand errand) {
        ParticipantBranch next = branch.with(doubted(null), errand);
        if (branch.belowHorizon()) {
            return new MessageTable(next).expired(errand.cause());
        }
        // What is told to commit buries nothing: another branch than the one that was rolled back is meant.
        return errand.obeysCommit()
                ? new ParticipantRole(next).readFacts(errand, false)
                : new ParticipantRole(next).bury(errand);
    }

    private Step tombstoneEnded(BranchEvent.TombstoneResult result, Errand errand) {
        return switch (result) {
            case STANDS -> settled(new Aborted(), errand);
            // What was written down before the commit is read, if anything was.
            case COMMITTED -> branch.isThreePhase() ? readFacts(errand, false) : settled(new Committed(), errand);
            case KEY_HELD ->
                errand.obeysAbort() && errand.tries() < TRIES ? abandonNow(errand.triedAgain()) : giveUp(errand);
            case UNKNOWN -> giveUp(errand);
        };
    }

    private Step factsRead(BranchEvent.FactsRead report, Errand errand) {
        return switch (report.facts()) {
            case NONE -> new MessageTable(branch.withErrand(null)).notVoted(errand.scannedEmpty());
            case FORGOTTEN -> new MessageTable(branch.withErrand(null).forgottenElsewhere()).notVoted(errand);
            case PREPARED -> settled(prepared(report.token(), report.calls(), branch.work(), false), errand);
            case PRE_COMMITTED -> settled(preCommitted(report.members(), branch.work()), errand);
            case COMMITTED -> settled(new Committed(report.members()), errand);
            case ABORTED -> settled(new Aborted(), errand);
            case UNREADABLE -> giveUp(errand);
        };
    }

    private Prepared prepared(
            @Nullable String token, @Nullable Integer calls, @Nullable Work remembered, boolean doubted) {
        long votedTerm = branch.condition() instanceof Prepared known ? known.votedTerm() : Prepared.NOBODY;
        return new Prepared(
                remembered == null && calls != null ? new Work(token, calls, true, false) : remembered,
                doubted,
                votedTerm);
    }

    /** The condition is certain now: whatever the errand was, its cause is answered from there. */
    private Step settled(BranchCondition condition, Errand errand) {
        ParticipantBranch certain = condition instanceof Aborted ? branch : branch.afresh();
        return new MessageTable(certain.with(condition, null)).resume(errand);
    }

    private Step giveUp(Errand errand) {
        return new MessageTable(branch.withErrand(null)).unanswered(errand.cause());
    }

    private Work liveWork() {
        Work work = branch.work();
        if (work == null) {
            throw new IllegalStateException("No work is live in " + branch);
        }
        return work;
    }

    Errand errandAt(Stage stage) {
        Errand errand = branch.errand();
        if (errand == null || errand.stage() != stage) {
            throw new IllegalStateException("Nothing is " + stage + " in " + branch);
        }
        return errand;
    }

    Step begin(Errand errand, BranchAction action) {
        return new Step(branch.withErrand(errand), List.of(action));
    }

    Step become(BranchCondition condition, BranchAction... actions) {
        return new Step(branch.with(condition, null), List.of(actions));
    }

    Step aside(BranchAction... actions) {
        return new Step(branch, List.of(actions));
    }
}
