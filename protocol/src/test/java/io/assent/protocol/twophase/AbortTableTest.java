package io.assent.protocol.twophase;

import static io.assent.protocol.twophase.CoordinatorScript.A;
import static io.assent.protocol.twophase.CoordinatorScript.B;
import static io.assent.protocol.twophase.CoordinatorScript.BIRTH_TERM;
import static io.assent.protocol.twophase.CoordinatorScript.T;
import static io.assent.protocol.twophase.CoordinatorScript.begun;
import static io.assent.protocol.twophase.CoordinatorScript.preparing;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Timer;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.message.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Table 1.2, row by row: a transaction that aborts. */
class AbortTableTest {

    @Test
    void table12_abortingNotDispatchedIsOverWhenAllAcknowledged() {
        preparing()
                .abort()
                .acknowledges("a")
                .does()
                .mayLeave(false)
                .acknowledges("b")
                .does()
                .is(Phase.ABORTED)
                .mayLeave(true);
    }

    @Test
    void table12_abortingIsBestEffortAndEndsWhenItsTimeIsOver() {
        CoordinatorScript script = preparing().abort().acknowledges("a");
        assertThat(script.role().timer()).isEqualTo(Timer.ABORT_NOTICE);
        script.timer()
                .does()
                .is(Phase.ABORTED)
                .mayLeave(true)
                .tells(Outcome.ABORTED)
                .owes();
    }

    @Test
    void table12_abortingAbsentParticipantsAreToldAgainUntilThen() {
        preparing().abort().acknowledges("a").owes("ABORT b");
    }

    @Test
    void table12_anExpiredReplyToAbortIsTheEndOfTheMatter() {
        preparing()
                .abort()
                .hears(new Reply.Expired(T, "a"))
                .owes("ABORT b")
                .hears(new Reply.Expired(T, "b"))
                .is(Phase.ABORTED);
    }

    @Test
    void table12_abortingDispatchedWritesFirstAndSaysNothing_M26() {
        begun(IntentLog.PREPARE)
                .enlist(A)
                .enlist(B)
                .commit()
                .votes("a", Vote.NO)
                .does("log ABORTED")
                .is(Phase.ABORT_DISPATCHED)
                .tells(null)
                .owes()
                .mayLeave(false);
    }

    private static CoordinatorScript abortDispatched() {
        return begun(IntentLog.PREPARE)
                .enlist(A)
                .enlist(B)
                .commit()
                .does("log ENROLL with members", "send PREPARE a", "send PREPARE b")
                .logApplies()
                .does()
                .abort()
                .does("log ABORTED");
    }

    @Test
    void table12_abortingAppliedTellsAbort() {
        abortDispatched()
                .logApplies()
                .does("send ABORT a", "send ABORT b")
                .is(Phase.ABORTING)
                .tells(Outcome.ABORTED);
    }

    @Test
    void table12_abortingDispatchedEndsWhenItsTimeIsOverToo() {
        abortDispatched()
                .logApplies()
                .timer()
                .does()
                .is(Phase.ABORTED)
                .mayLeave(true)
                .owes();
    }

    @Test
    void table12_abortingFindsCommittedAndObeys() {
        List<Member> decided = List.of(A.withVote(Vote.YES), B.withVote(Vote.YES));
        abortDispatched()
                .elsewhere(new LogRecord.Decided(T, decided, 1), BIRTH_TERM)
                .logApplies()
                .does("send COMMIT a", "send COMMIT b")
                .is(Phase.COMMITTING)
                .tells(Outcome.COMMITTED);
    }

    @Test
    void table12_abortingFindsOnePhaseAndAsksTheMember() {
        abortDispatched()
                .elsewhere(new LogRecord.OnePhase(T, A, 1, 2), BIRTH_TERM)
                .logApplies()
                .does("send INQUIRE with fence a")
                .is(Phase.DELEGATED)
                .tells(null);
    }

    @Test
    void table12_abortingFindsItDeadAndTellsAbort() {
        begun(IntentLog.PREPARE)
                .enlist(A)
                .enlist(B)
                .commit()
                .abort()
                .logAppliesInTerm(BIRTH_TERM + 1)
                .does("send ABORT a", "send ABORT b")
                .logAppliesInTerm(BIRTH_TERM + 1)
                .does()
                .is(Phase.ABORTING);
    }

    @Test
    void table12_abortingFindsItExpiredAndSendsNothing() {
        abortDispatched()
                .logAnswers(Known.EXPIRED)
                .does()
                .is(Phase.EXPIRED)
                .tells(null)
                .owes();
    }

    @Test
    void table12_abortingFindsItOwnedByAnotherAndSaysNothing_G5() {
        abortDispatched()
                .elsewhere(new LogRecord.Adopted(T), BIRTH_TERM + 1)
                .logApplies()
                .does()
                .is(Phase.DEPOSED)
                .tells(null)
                .owes();
    }

    @Test
    void table12_abortDispatchedIgnoresVotesTimersAndRequests() {
        abortDispatched()
                .votes("a", Vote.YES)
                .votes("b", Vote.YES)
                .does()
                .timer()
                .does()
                .abort()
                .accepts()
                .does()
                .commit()
                .accepts()
                .does()
                .is(Phase.ABORT_DISPATCHED);
    }
}
