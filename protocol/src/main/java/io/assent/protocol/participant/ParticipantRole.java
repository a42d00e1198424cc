package io.assent.protocol.participant;

import io.assent.protocol.Protocol;
import io.assent.protocol.Vote;
import io.assent.protocol.participant.BranchCondition.Aborted;
import io.assent.protocol.participant.BranchCondition.Committed;
import io.assent.protocol.participant.BranchCondition.Prepared;
import io.assent.protocol.participant.BranchCondition.Unknown;
import io.assent.protocol.participant.BranchCondition.Working;
import io.assent.protocol.participant.BranchEvent.LookupOutcome;
import io.assent.protocol.participant.BranchEvent.Obstacle;
import io.assent.protocol.participant.Errand.Stage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events of one branch that are not messages: work, votes asked for by a call, time, outcomes learned, and the reports
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
            case BranchEvent.WorkRequested e -> workRequested(e);
            case BranchEvent.WorkBegan e -> workBegan(e, errandAt(Stage.OPENING));
            case BranchEvent.WorkNotBegun e -> workNotBegun(e.obstacle());
            case BranchEvent.UnitEnded e -> unitEnded(e);
            case BranchEvent.VoteRequested e -> voteRequested();
            case BranchEvent.WorkAbandoned e -> workAbandoned();
            case BranchEvent.PrepareEnded e -> prepareEnded(e, errandAt(Stage.PREPARING));
            case BranchEvent.CommitEnded e -> commitEnded(e.certain());
            case BranchEvent.RollbackEnded e -> rollbackEnded(errandAt(Stage.ROLLING_BACK));
            case BranchEvent.TombstoneEnded e -> tombstoneEnded(e.result(), errandAt(Stage.WRITING_TOMBSTONE));
            case BranchEvent.FactsRead e -> factsRead(e, errandAt(Stage.READING_FACTS));
            case BranchEvent.FoundPrepared e -> foundPrepared(e);
            case BranchEvent.OutcomeLearned e -> outcomeLearned(e.outcome());
            case BranchEvent.DeadlinePassed e -> deadlinePassed();
            case BranchEvent.HorizonPassed e -> horizonPassed();
        };
    }

    // Work.

    private Step workRequested(BranchEvent.WorkRequested request) {
        Errand busy = branch.errand();
        if (busy != null) {
            return refuse(busy.stage() == Stage.PREPARING ? Refusal.BRANCH_PREPARED : Refusal.TRANSACTION_OVER);
        }
        if (branch.overdue() || branch.belowHorizon()) {
            return refuse(Refusal.TRANSACTION_OVER);
        }
        return switch (branch.condition()) {
            case Unknown c -> openBranch(c, request);
            case Working c -> workOn(c.work(), request);
            case Prepared c -> refuse(Refusal.BRANCH_PREPARED);
            case Committed c -> refuse(Refusal.TRANSACTION_OVER);
            case Aborted c -> refuse(Refusal.TRANSACTION_OVER);
        };
    }

    private Step openBranch(Unknown doubt, BranchEvent.WorkRequested request) {
        if (doubt.work() != null) {
            return refuse(Refusal.TRANSACTION_OVER);
        }
        return request.token() != null ? refuse(Refusal.BRANCH_LOST) : beginWork(true, request);
    }

    private Step workOn(Work work, BranchEvent.WorkRequested request) {
        if (work.running()) {
            throw new IllegalStateException("A unit of work still runs in " + branch);
        }
        if (request.token() != null && !request.token().equals(work.token())) {
            return refuse(Refusal.BRANCH_LOST);
        }
        return isWriting(request) && !work.writing()
                ? beginWork(false, request)
                : become(new Working(work.begun(request.newCall(), work.writing())), new BranchAction.GrantWork());
    }

    private Step beginWork(boolean open, BranchEvent.WorkRequested request) {
        boolean writing = isWriting(request);
        Errand errand = Errand.of(new Errand.WorkAsked(request.newCall(), writing));
        return begin(errand.at(Stage.OPENING), new BranchAction.BeginWork(open, writing));
    }

    /** Work that is declared read-only is believed in TWO_PHASE alone (rule P3). */
    private boolean isWriting(BranchEvent.WorkRequested request) {
        return request.writing() || branch.transaction().protocol() != Protocol.TWO_PHASE;
    }

    private Step workBegan(BranchEvent.WorkBegan report, Errand errand) {
        Work open = branch.work();
        Work work = open != null ? open : new Work(report.token(), report.calls(), false, false);
        Errand.WorkAsked asked = (Errand.WorkAsked) errand.cause();
        ParticipantRole opened = open != null ? this : new ParticipantRole(branch.afresh());
        return opened.become(new Working(work.begun(asked.newCall(), asked.writing())), new BranchAction.GrantWork());
    }

    /** A branch that was open and cannot go on as asked is rolled back: its call will not do what it should. */
    private Step workNotBegun(Obstacle obstacle) {
        errandAt(Stage.OPENING);
        BranchAction refusal = new BranchAction.RefuseWork(
                switch (obstacle) {
                    case TOMBSTONE, COMMITTED -> Refusal.TRANSACTION_OVER;
                    case KEY_HELD -> Refusal.BRANCH_ELSEWHERE;
                    case FAILED -> Refusal.UNAVAILABLE;
                });
        if (branch.holdsLiveWork()) {
            Step step = abandon(Errand.of(new Errand.Alone()), Why.COULD_NOT_GO_ON);
            List<BranchAction> actions = new ArrayList<>(List.of(refusal));
            actions.addAll(step.actions());
            return new Step(step.next(), actions);
        }
        return become(
                switch (obstacle) {
                    case TOMBSTONE -> new Aborted();
                    case COMMITTED -> new Committed();
                    case KEY_HELD, FAILED -> new Unknown(null);
                },
                refusal);
    }

    /** What waits for the unit goes on when the work is whole; otherwise the branch is rolled back, and then it is answered. */
    private Step unitEnded(BranchEvent.UnitEnded report) {
        Work work = branch.work();
        if (work == null || !work.running()) {
            throw new IllegalStateException("No unit of work runs in " + branch);
        }
        ParticipantBranch idle = branch.with(new Working(work.ended()), null);
        Errand waiting = branch.errand();
        String obstacle = obstacleTo(report);
        if (obstacle != null) {
            Errand errand = waiting != null ? waiting : Errand.of(new Errand.Alone());
            return new ParticipantRole(idle).abandon(errand, obstacle);
        }
        return waiting != null ? new MessageTable(idle).resume(waiting) : new Step(idle, List.of());
    }

    /** What keeps the work from going on now that the unit has ended; null when nothing does. */
    private @Nullable String obstacleTo(BranchEvent.UnitEnded report) {
        if (branch.why() != null) {
            return branch.why();
        }
        if (!report.good()) {
            return report.why() == null ? Why.WORK_FAILED : Why.WORK_FAILED + ": " + report.why();
        }
        if (branch.overdue()) {
            return Why.TIME_IS_UP;
        }
        return branch.belowHorizon() ? Why.BELOW_HORIZON : null;
    }

    private Step voteRequested() {
        Errand errand = Errand.of(new Errand.VoteAsked());
        if (branch.errand() != null) {
            return aside(new BranchAction.ReportVote(Vote.NO));
        }
        return switch (branch.condition()) {
            case Working c -> c.work().running() ? abandon(errand, Why.CALL_RAN) : prepare(errand);
            case Prepared c -> aside(new BranchAction.ReportVote(c.doubted() ? Vote.NO : Vote.YES));
            case Unknown c -> aside(new BranchAction.ReportVote(Vote.NO));
            case Committed c -> aside(new BranchAction.ReportVote(Vote.NO));
            case Aborted c -> aside(new BranchAction.ReportVote(Vote.NO));
        };
    }

    private Step workAbandoned() {
        Errand busy = branch.errand();
        if (!(branch.condition() instanceof Working)) {
            return aside();
        }
        if (busy == null) {
            return abandon(Errand.of(new Errand.Alone()), Why.GIVEN_UP);
        }
        return busy.stage() == Stage.AWAITING_WORK ? abandon(busy, Why.GIVEN_UP) : aside();
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
                ? become(prepared(found.token(), found.calls(), doubt.work()))
                : aside();
    }

    private Step outcomeLearned(LookupOutcome outcome) {
        if (branch.errand() != null || !branch.isInDoubt()) {
            return aside();
        }
        return switch (outcome) {
            case COMMITTED -> commitPrepared(Errand.of(new Errand.Learned(true)));
            case ABORTED -> abandon(Errand.of(new Errand.Learned(false)), Why.ABORT_WAS_TOLD);
            case PENDING -> aside();
            case EXPIRED -> readFacts(Errand.of(new Errand.Expired()), false);
        };
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
        return new ParticipantRole(branch.because(why)).abandon(errand);
    }

    private Step abandon(Errand errand) {
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
            case PREPARED -> voted(errand, new Prepared(work, false), Vote.YES);
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
            return settled(new Committed(), errand);
        }
        ParticipantBranch explained =
                errand.stage() == Stage.COMMITTING_ONE_PHASE ? branch.because(Why.NOT_COMMITTED) : branch;
        ParticipantBranch doubtful = explained.with(doubted(branch.work()), errand);
        return new ParticipantRole(doubtful).readFacts(errand, false);
    }

    private BranchCondition doubted(@Nullable Work unprepared) {
        return branch.isInDoubt() ? new Prepared(branch.work(), true) : new Unknown(unprepared);
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
            case COMMITTED -> settled(new Committed(), errand);
            case KEY_HELD ->
                errand.obeysAbort() && errand.tries() < TRIES ? abandon(errand.triedAgain()) : giveUp(errand);
            case UNKNOWN -> giveUp(errand);
        };
    }

    private Step factsRead(BranchEvent.FactsRead report, Errand errand) {
        return switch (report.facts()) {
            case NONE -> new MessageTable(branch.withErrand(null)).notVoted(errand.scannedEmpty());
            case FORGOTTEN -> new MessageTable(branch.withErrand(null).forgottenElsewhere()).notVoted(errand);
            case PREPARED -> settled(prepared(report.token(), report.calls(), branch.work()), errand);
            case COMMITTED -> settled(new Committed(), errand);
            case ABORTED -> settled(new Aborted(), errand);
            case UNREADABLE -> giveUp(errand);
        };
    }

    private static Prepared prepared(@Nullable String token, @Nullable Integer calls, @Nullable Work remembered) {
        return new Prepared(
                remembered == null && calls != null ? new Work(token, calls, true, false) : remembered, false);
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

    private Errand errandAt(Stage stage) {
        Errand errand = branch.errand();
        if (errand == null || errand.stage() != stage) {
            throw new IllegalStateException("Nothing is " + stage + " in " + branch);
        }
        return errand;
    }

    private Step begin(Errand errand, BranchAction action) {
        return new Step(branch.withErrand(errand), List.of(action));
    }

    private Step become(BranchCondition condition, BranchAction... actions) {
        return new Step(branch.with(condition, null), List.of(actions));
    }

    private Step refuse(Refusal reason) {
        return aside(new BranchAction.RefuseWork(reason));
    }

    private Step aside(BranchAction... actions) {
        return new Step(branch, List.of(actions));
    }
}
