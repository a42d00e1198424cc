package io.assent.protocol.paxoscommit;

import static io.assent.protocol.paxoscommit.CoordinatorScript.BANK_A;
import static io.assent.protocol.paxoscommit.CoordinatorScript.BANK_B;
import static io.assent.protocol.paxoscommit.CoordinatorScript.TERM;
import static io.assent.protocol.paxoscommit.CoordinatorScript.aborting;
import static io.assent.protocol.paxoscommit.CoordinatorScript.begun;
import static io.assent.protocol.paxoscommit.CoordinatorScript.committing;
import static io.assent.protocol.paxoscommit.CoordinatorScript.preparing;
import static io.assent.protocol.paxoscommit.CoordinatorScript.promising;
import static io.assent.protocol.paxoscommit.CoordinatorScript.proposing;
import static io.assent.protocol.paxoscommit.CoordinatorScript.recovering;
import static io.assent.protocol.paxoscommit.CoordinatorScript.takingARound;
import static io.assent.protocol.paxoscommit.CoordinatorScript.whileBallotsAreOpen;
import static io.assent.protocol.paxoscommit.PaxosScript.A;
import static io.assent.protocol.paxoscommit.PaxosScript.B;
import static io.assent.protocol.paxoscommit.PaxosScript.C;
import static io.assent.protocol.paxoscommit.PaxosScript.T;

import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.Mark;
import io.assent.protocol.group.Standing;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the log tells the leader's role under Paxos Commit: its own records, and those of others. */
class PaxosCommitLogTest {

    private static final LogRecord.Learned COMMITTED = new LogRecord.Learned(
            T, List.of(BANK_A.withVote(Vote.YES), BANK_B.withVote(Vote.YES)), Outcome.COMMITTED, 1_000);
    private static final LogRecord.Learned ABORTED = new LogRecord.Learned(T, List.of(), Outcome.ABORTED, 1_000);
    private static final LogRecord.OfTransaction ENROLLED =
            new LogRecord.Enrolled(T, null, 1_000, 30_000, "key", "digest");
    private static final LogRecord FORGET = new LogRecord.Forgotten(Horizon.of(T), new Mark(1, Horizon.of(T)));
    private static final Member[] NOBODY = {};

    @Test
    void heuristicsAreLoggedAfterTheOutcome() {
        committing()
                .reportsHeuristic(BANK_A, HeuristicKind.ROLLBACK)
                .does()
                .acknowledges(BANK_B)
                .does()
                .logApplies()
                .does("log HEURISTIC bank-a ROLLBACK")
                .is(Phase.COMMITTING)
                .logApplies()
                .does("log ACKED bank-a,bank-b");
        aborting()
                .logApplies()
                .reportsHeuristic(BANK_B, HeuristicKind.COMMIT)
                .does("log HEURISTIC bank-b COMMIT")
                .is(Phase.ABORTED);
    }

    @Test
    void whatAnotherLeaderHasLearnedIsTheOutcome_Q3() {
        for (LogRecord.Learned learned : List.of(COMMITTED, ABORTED)) {
            boolean committed = learned.outcome() == Outcome.COMMITTED;
            for (CoordinatorScript script : whileBallotsAreOpen()) {
                if (committed) {
                    script.elsewhere(learned, TERM + 1).looks().is(Phase.COMMITTING);
                } else {
                    script.looks(new Standing.Finished(Outcome.ABORTED, List.of()))
                            .is(Phase.ABORTED)
                            .mayLeave(true);
                }
                script.tells(learned.outcome()).asks();
            }
        }
    }

    @Test
    void whatRecordsOfAnotherLeaderEndedIsToldNoMore_L7() {
        Standing.Finished committed = new Standing.Finished(Outcome.COMMITTED, List.of());
        Standing.Finished aborted = new Standing.Finished(Outcome.ABORTED, List.of());
        for (CoordinatorScript script : whileBallotsAreOpen()) {
            script.looks(committed).is(Phase.COMMITTED).mayLeave(true);
        }
        committing().looks(committed).is(Phase.COMMITTED).mayLeave(true);
        committing().logApplies().looks(committed).is(Phase.COMMITTED).mayLeave(true);
        committing()
                .logApplies()
                .looks(new Standing.Expired())
                .is(Phase.COMMITTED)
                .mayLeave(true);
        committing().looks(new Standing.Expired()).is(Phase.COMMITTED).mayLeave(true);
        committing().elsewhere(COMMITTED, TERM + 1).looks().is(Phase.COMMITTING).mayLeave(false);
        begun().commit(NOBODY).looks(committed).is(Phase.COMMITTED).mayLeave(true);
        committing()
                .acknowledges(BANK_A)
                .acknowledges(BANK_B)
                .elsewhere(COMMITTED, TERM + 1)
                .looks()
                .does("log ACKED bank-a,bank-b")
                .is(Phase.COMMITTED)
                .looks(committed)
                .mayLeave(true);
        aborting().looks(aborted).is(Phase.ABORTED).mayLeave(true);
        aborting().logApplies().looks(aborted).is(Phase.ABORTED).mayLeave(true);
        begun().enlists(BANK_A).looks(aborted).is(Phase.ABORTED);
        for (CoordinatorScript script : List.of(takingARound(), promising(), proposing())) {
            script.looks(new Standing.Expired()).is(Phase.EXPIRED).mayLeave(true);
        }
    }

    @Test
    void whatLandsInALaterTermDeposes_G5() {
        committing().logAppliesIn(TERM + 1).is(Phase.DEPOSED);
        aborting().logAppliesIn(TERM + 1).is(Phase.DEPOSED);
        begun("key").logAppliesIn(TERM + 1).is(Phase.DEPOSED);
        begun("key").enlists(BANK_A).timer().logAppliesIn(TERM + 1).is(Phase.DEPOSED);
        committing()
                .acknowledges(BANK_A)
                .acknowledges(BANK_B)
                .logApplies()
                .logAppliesIn(TERM + 1)
                .is(Phase.DEPOSED);
        committing()
                .logApplies()
                .reportsHeuristic(BANK_A, HeuristicKind.HAZARD)
                .logAppliesIn(TERM + 1)
                .is(Phase.DEPOSED);
    }

    @Test
    void aBeginThatLandsInALaterTermDeposes_G5() {
        List<CoordinatorScript> all = new ArrayList<>(whileBallotsAreOpen());
        all.add(aborting().logApplies());
        for (CoordinatorScript script : all) {
            script.logAnswers(ENROLLED, new Fact.OwnedBy(TERM + 1))
                    .does()
                    .is(Phase.DEPOSED)
                    .asks();
        }
    }

    @Test
    void whatTheLogHasForgottenIsNotTold() {
        begun("key").elsewhere(FORGET, TERM).logApplies().is(Phase.EXPIRED).tells(null);
        begun("key")
                .enlists(BANK_A)
                .timer()
                .elsewhere(FORGET, TERM)
                .logApplies()
                .is(Phase.EXPIRED);
        begun().commit(NOBODY)
                .elsewhere(FORGET, TERM)
                .logApplies()
                .is(Phase.EXPIRED)
                .tells(null);
        begun().commit(NOBODY).looks(new Standing.Expired()).is(Phase.EXPIRED).tells(null);
    }

    /** A leader that has told ABORTED long enough leaves the rest to the log, and may be asked again meanwhile. */
    @Test
    void whatItHasLearnedBeforeEndsARecovery_Q4() {
        for (int answers = 0; answers < 3; answers++) {
            CoordinatorScript script = recovering();
            // It takes a round, asks for promises, proposes.
            if (answers > 0) {
                script.consults(A);
            }
            if (answers > 1) {
                script.consults(B).consults(C);
            }
            script.logAnswers(ABORTED, Fact.Known.ABORTED)
                    .does()
                    .is(Phase.ABORTED)
                    .tells(Outcome.ABORTED)
                    .mayLeave(true);
        }
    }

    @Test
    void aKeyOfAnotherDropsIt() {
        begun("key")
                .logAnswers(ENROLLED, Fact.Known.SLOT_ELSEWHERE)
                .is(Phase.DROPPED)
                .mayLeave(true);
        LogRecord other = new LogRecord.Enrolled(PaxosScript.born(TERM, 1), null, 0, 0, "key", "digest");
        begun("key").elsewhere(other, TERM).logApplies().is(Phase.DROPPED).mayLeave(true);
        begun("key").logApplies().does().is(Phase.ACTIVE);
    }

    @Test
    void repliesOfStrangersAndToOtherLeadersSayNothing() {
        preparing()
                .on(new CoordinatorEvent.Replied(
                        new Message.Abort(T, "bank-a", TERM - 1), new Reply.Acknowledged(T, "bank-a")))
                .does()
                .is(Phase.PREPARING);
    }
}
