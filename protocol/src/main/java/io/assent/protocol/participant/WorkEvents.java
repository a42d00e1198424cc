package io.assent.protocol.participant;

import io.assent.protocol.Protocol;
import io.assent.protocol.Vote;
import io.assent.protocol.participant.BranchCondition.Aborted;
import io.assent.protocol.participant.BranchCondition.Committed;
import io.assent.protocol.participant.BranchCondition.PreCommitted;
import io.assent.protocol.participant.BranchCondition.Prepared;
import io.assent.protocol.participant.BranchCondition.Unknown;
import io.assent.protocol.participant.BranchCondition.Working;
import io.assent.protocol.participant.BranchEvent.Obstacle;
import io.assent.protocol.participant.Errand.Stage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What units of work do to a branch: their beginning, their end, and the vote that the last of them asks for. */
final class WorkEvents {

    private final ParticipantBranch branch;
    private final ParticipantRole role;

    WorkEvents(ParticipantBranch branch) {
        this.branch = branch;
        this.role = new ParticipantRole(branch);
    }

    Step workRequested(BranchEvent.WorkRequested request) {
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
            case PreCommitted c -> refuse(Refusal.BRANCH_PREPARED);
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
                : role.become(new Working(work.begun(request.newCall(), work.writing())), new BranchAction.GrantWork());
    }

    private Step beginWork(boolean open, BranchEvent.WorkRequested request) {
        boolean writing = isWriting(request);
        Errand errand = Errand.of(new Errand.WorkAsked(request.newCall(), writing));
        return role.begin(errand.at(Stage.OPENING), new BranchAction.BeginWork(open, writing));
    }

    /** Work that is declared read-only is believed in TWO_PHASE alone (rule P3). */
    private boolean isWriting(BranchEvent.WorkRequested request) {
        return request.writing() || branch.transaction().protocol() != Protocol.TWO_PHASE;
    }

    Step workBegan(BranchEvent.WorkBegan report, Errand errand) {
        Work open = branch.work();
        Work work = open != null ? open : new Work(report.token(), report.calls(), false, false);
        Errand.WorkAsked asked = (Errand.WorkAsked) errand.cause();
        ParticipantRole opened = open != null ? role : new ParticipantRole(branch.afresh());
        return opened.become(new Working(work.begun(asked.newCall(), asked.writing())), new BranchAction.GrantWork());
    }

    /** A branch that was open and cannot go on as asked is rolled back: its call will not do what it should. */
    Step workNotBegun(Obstacle obstacle) {
        role.errandAt(Stage.OPENING);
        BranchAction refusal = new BranchAction.RefuseWork(
                switch (obstacle) {
                    case TOMBSTONE, COMMITTED, FORGOTTEN -> Refusal.TRANSACTION_OVER;
                    case KEY_HELD -> Refusal.BRANCH_ELSEWHERE;
                    case FAILED -> Refusal.UNAVAILABLE;
                });
        if (branch.holdsLiveWork()) {
            Step step = role.abandon(Errand.of(new Errand.Alone()), Why.COULD_NOT_GO_ON);
            List<BranchAction> actions = new ArrayList<>(List.of(refusal));
            actions.addAll(step.actions());
            return new Step(step.next(), actions);
        }
        ParticipantBranch left = obstacle == Obstacle.FORGOTTEN ? branch.forgottenElsewhere() : branch;
        return new ParticipantRole(left)
                .become(
                        switch (obstacle) {
                            case TOMBSTONE -> new Aborted();
                            case COMMITTED -> branch.isThreePhase() ? new Unknown(null) : new Committed();
                            case KEY_HELD, FORGOTTEN, FAILED -> new Unknown(null);
                        },
                        refusal);
    }

    /** What waits for the unit goes on when the work is whole; otherwise the branch is rolled back, and then it is answered. */
    Step unitEnded(BranchEvent.UnitEnded report) {
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

    Step voteRequested() {
        Errand errand = Errand.of(new Errand.VoteAsked());
        if (branch.errand() != null) {
            return role.aside(new BranchAction.ReportVote(Vote.NO));
        }
        return switch (branch.condition()) {
            case Working c -> c.work().running() ? role.abandon(errand, Why.CALL_RAN) : role.prepare(errand);
            case Prepared c -> role.aside(new BranchAction.ReportVote(c.doubted() ? Vote.NO : Vote.YES));
            case PreCommitted c -> role.aside(new BranchAction.ReportVote(Vote.YES));
            case Unknown c -> role.aside(new BranchAction.ReportVote(Vote.NO));
            case Committed c -> role.aside(new BranchAction.ReportVote(Vote.NO));
            case Aborted c -> role.aside(new BranchAction.ReportVote(Vote.NO));
        };
    }

    Step workAbandoned() {
        Errand busy = branch.errand();
        if (!(branch.condition() instanceof Working)) {
            return role.aside();
        }
        if (busy == null) {
            return role.abandon(Errand.of(new Errand.Alone()), Why.GIVEN_UP);
        }
        return busy.stage() == Stage.AWAITING_WORK ? role.abandon(busy, Why.GIVEN_UP) : role.aside();
    }

    private Step refuse(Refusal reason) {
        return role.aside(new BranchAction.RefuseWork(reason));
    }
}
