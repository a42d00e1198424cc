package io.assent.protocol.twophase;

import static io.assent.protocol.twophase.CoordinatorScript.A;
import static io.assent.protocol.twophase.CoordinatorScript.B;
import static io.assent.protocol.twophase.CoordinatorScript.BIRTH_TERM;
import static io.assent.protocol.twophase.CoordinatorScript.T;
import static io.assent.protocol.twophase.CoordinatorScript.begun;
import static io.assent.protocol.twophase.CoordinatorScript.committing;
import static io.assent.protocol.twophase.CoordinatorScript.preparing;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Outcome;
import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.group.HeuristicOutcome;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.group.OutcomeReader;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Outcomes that participants report of their own (sections 1.9 and 0). */
class HeuristicTest {

    @Test
    void aHeuristicAnswerToCommitIsLoggedAndKeepsTheOutcome() {
        CoordinatorScript script = committing()
                .reportsHeuristic("a", HeuristicKind.ROLLBACK)
                .does("log HEURISTIC a ROLLBACK")
                .tells(Outcome.COMMITTED)
                .owes("COMMIT b");
        assertThat(script.role().progress().heuristics())
                .containsExactly(new HeuristicOutcome("a", HeuristicKind.ROLLBACK, false));
    }

    @Test
    void aTransactionIsCompleteOnlyWhenItsHeuristicsStandInTheLog() {
        committing()
                .reportsHeuristic("a", HeuristicKind.ROLLBACK)
                .acknowledges("b")
                .does()
                .is(Phase.COMMITTING)
                .mayLeave(false)
                .logApplies()
                .does("log ACKED a,b")
                .is(Phase.COMMITTED)
                .mayLeave(false)
                .logApplies()
                .mayLeave(true)
                .tells(Outcome.COMMITTED);
    }

    @Test
    void theLogKeepsATransactionWithAnUnresolvedHeuristicOpen() {
        CoordinatorScript script = committing()
                .reportsHeuristic("a", HeuristicKind.HAZARD)
                .logApplies()
                .does()
                .acknowledges("b")
                .does("log ACKED a,b")
                .logApplies()
                .mayLeave(true);
        assertThat(script.log().open(T).owing()).isEmpty();
        assertThat(script.log().open(T).heuristics())
                .containsExactly(new HeuristicOutcome("a", HeuristicKind.HAZARD, false));
    }

    @Test
    void theSameReportTwiceIsLoggedOnce() {
        committing()
                .reportsHeuristic("a", HeuristicKind.ROLLBACK)
                .reportsHeuristic("a", HeuristicKind.ROLLBACK)
                .does()
                .acknowledges("a")
                .does()
                .owes("COMMIT b");
    }

    @Test
    void aHeuristicAnswerToAbortOfAnUndispatchedTransactionMakesTheLogSayAborted_G1() {
        CoordinatorScript script = preparing()
                .abort()
                .reportsHeuristic("a", HeuristicKind.COMMIT)
                .does("log HEURISTIC a COMMIT")
                .tells(Outcome.ABORTED)
                .acknowledges("b")
                .does()
                .mayLeave(false)
                .logApplies()
                .is(Phase.ABORTED)
                .mayLeave(true);
        assertThat(OutcomeReader.read(script.log(), null, T).status()).isEqualTo(OutcomeReader.Status.ABORTED);
        assertThat(script.log().open(T)).extracting(OpenTransaction::phase).isEqualTo(OpenTransaction.Phase.ABORTED);
    }

    @Test
    void aHeuristicAnswerToAbortOfADispatchedTransactionIsLogged() {
        begun(IntentLog.PREPARE)
                .enlist(A)
                .enlist(B)
                .commit()
                .logApplies()
                .abort()
                .logApplies()
                .does("send ABORT a", "send ABORT b")
                .reportsHeuristic("b", HeuristicKind.MIXED)
                .does("log HEURISTIC b MIXED")
                .logApplies()
                .does()
                .acknowledges("a")
                .is(Phase.ABORTED)
                .mayLeave(true);
    }

    @Test
    void aHeuristicAnswerToALeaderOfAnotherTermIsIgnored() {
        Message older = new Message.Commit(T, "a", BIRTH_TERM - 1, List.of());
        committing()
                .hears(older, new Reply.Heuristic(T, "a", HeuristicKind.ROLLBACK))
                .does()
                .owes("COMMIT a", "COMMIT b");
    }

    @Test
    void aHeuristicAnswerToAnotherMessageIsIgnored() {
        Message prepare = new Message.Abort(T, "a", BIRTH_TERM);
        committing()
                .hears(prepare, new Reply.Heuristic(T, "a", HeuristicKind.COMMIT))
                .does()
                .owes("COMMIT a", "COMMIT b");
    }
}
