package io.assent.protocol.twophase;

import static io.assent.protocol.twophase.CoordinatorScript.A;
import static io.assent.protocol.twophase.CoordinatorScript.B;
import static io.assent.protocol.twophase.CoordinatorScript.BIRTH_TERM;
import static io.assent.protocol.twophase.CoordinatorScript.T;
import static io.assent.protocol.twophase.CoordinatorScript.begun;
import static io.assent.protocol.twophase.CoordinatorScript.begunUnder;
import static io.assent.protocol.twophase.CoordinatorScript.committing;
import static io.assent.protocol.twophase.CoordinatorScript.named;
import static io.assent.protocol.twophase.CoordinatorScript.preparing;

import io.assent.protocol.AbortReason.Code;
import io.assent.protocol.Births;
import io.assent.protocol.HeuristicKind;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.LogRecord;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The log answers ENROLL when the leader is already further: records have no order among each other (rule G4). */
class LateAnswersTest {

    private static final String KEY = "k";
    private static final Fact LATER_OWNER = new Fact.OwnedBy(BIRTH_TERM + 1);
    private static final Member SOLE = new Member("a", "http://a", null, Member.DEFAULT_PROTOCOLS, true, "t", 2, null);

    /** How far a leader may come before it learns that its key was taken. */
    private enum Progress {
        ACTIVE,
        PREPARING,
        DECIDING,
        DELEGATING,
        ABORT_DISPATCHED;

        CoordinatorScript script() {
            CoordinatorScript script = begunUnder(KEY);
            return switch (this) {
                case ACTIVE -> script.enlist(A);
                case PREPARING -> script.enlist(A).enlist(B).commit();
                case DECIDING -> script.enlist(A.withVote(Vote.YES)).commit();
                case DELEGATING -> script.enlist(SOLE).commit();
                case ABORT_DISPATCHED -> script.enlist(A).abort();
            };
        }
    }

    static Stream<Progress> undecided() {
        return Stream.of(Progress.values());
    }

    private static CoordinatorScript takenByAnother(CoordinatorScript script) {
        return script.elsewhere(new LogRecord.Enrolled(Births.born(5, 1), null, 1, 2, KEY, "digest"), BIRTH_TERM);
    }

    private static void isDropped(CoordinatorScript script) {
        script.does().is(Phase.DROPPED).tells(null).owes().mayLeave(true);
    }

    @ParameterizedTest
    @MethodSource("undecided")
    void whoseKeyWasTakenIsDroppedHoweverFarItIs(Progress progress) {
        isDropped(takenByAnother(progress.script()).logApplies());
    }

    @ParameterizedTest
    @MethodSource("undecided")
    void whoseSlotIsElsewhereIsDroppedHoweverFarItIs(Progress progress) {
        isDropped(progress.script().logAnswers(Known.SLOT_ELSEWHERE));
    }

    @ParameterizedTest
    @MethodSource("undecided")
    void whatIsBelowTheHorizonIsExpiredHoweverFarItIs(Progress progress) {
        progress.script()
                .logAnswers(Known.EXPIRED)
                .does()
                .is(Phase.EXPIRED)
                .tells(null)
                .owes()
                .mayLeave(true);
    }

    /** The first copy of the record was refused, and the key is free again when the second is applied (G3). */
    @ParameterizedTest
    @MethodSource("undecided")
    void whatTheLogHasAbortedIsToldToTheMembersHoweverFarItIs(Progress progress) {
        CoordinatorScript script = progress.script().elsewhere(new LogRecord.Aborted(T), BIRTH_TERM);
        if (progress == Progress.PREPARING) {
            script.logApplies().does("send ABORT a", "send ABORT b");
        } else {
            script.logApplies().does("send ABORT a");
        }
        script.is(Phase.ABORTING).tells(Outcome.ABORTED);
    }

    @Test
    void aDecisionOfReadersThatTheLogHasAbortedIsOver() {
        begunUnder(KEY)
                .enlist(A.withVote(Vote.READ_ONLY))
                .commit()
                .does("log DECIDE")
                .elsewhere(new LogRecord.Aborted(T), BIRTH_TERM)
                .logApplies()
                .does()
                .is(Phase.ABORTED)
                .mayLeave(true);
    }

    private static CoordinatorScript abortedBeforeEnrolled() {
        return begunUnder(KEY)
                .enlist(A)
                .abort()
                .does("log ABORTED")
                .newestApplies()
                .does("send ABORT a")
                .is(Phase.ABORTING);
    }

    @Test
    void anAbortThatStandsIsToldNoMoreWhenTheKeyWasTaken() {
        isDropped(takenByAnother(abortedBeforeEnrolled()).logApplies());
        isDropped(abortedBeforeEnrolled().logAnswers(Known.SLOT_ELSEWHERE));
    }

    @Test
    void aLaterOwnerIsLeftToTellTheAbort_G5() {
        abortedBeforeEnrolled()
                .logAnswers(LATER_OWNER)
                .does()
                .is(Phase.DEPOSED)
                .owes()
                .mayLeave(true);
    }

    @Test
    void aLaterOwnerIsLeftToTellTheCommit_G5() {
        committing()
                .reportsHeuristic("a", HeuristicKind.ROLLBACK)
                .does("log HEURISTIC a ROLLBACK")
                .logAnswers(LATER_OWNER)
                .does()
                .is(Phase.DEPOSED)
                .owes()
                .mayLeave(true);
    }

    @Test
    void aLaterOwnerIsLeftToAskTheSoleMember_G5() {
        delegatedBeforeEnrolled()
                .logAnswers(LATER_OWNER)
                .does()
                .is(Phase.DEPOSED)
                .owes();
    }

    @Test
    void aHeuristicReportOfAForgottenAbortIsExpired() {
        preparing()
                .abort()
                .reportsHeuristic("a", HeuristicKind.COMMIT)
                .does("log HEURISTIC a COMMIT")
                .logAnswers(Known.EXPIRED)
                .does()
                .is(Phase.EXPIRED)
                .mayLeave(true);
    }

    @Test
    void anotherSetOfBranchesAbortsThroughTheLogOnceItKnowsTheTransaction() {
        begun(IntentLog.PREPARE)
                .enlist(A)
                .enlist(B)
                .commit()
                .commit(named("a"))
                .does("log ABORTED")
                .is(Phase.ABORT_DISPATCHED)
                .because(Code.BRANCH_MISMATCH)
                .tells(null);
    }

    // One phase

    private static CoordinatorScript delegatedBeforeEnrolled() {
        return begunUnder(KEY)
                .enlist(SOLE)
                .commit()
                .does("log ONE_PHASE")
                .newestApplies()
                .does("send COMMIT_ONE_PHASE a")
                .is(Phase.DELEGATED);
    }

    @Test
    void aRecordedCommitLeavesOnlyWhenItsOwnRecordIsApplied_L7() {
        delegatedBeforeEnrolled()
                .reportsOutcome("a", Outcome.COMMITTED)
                .does("log ONE_PHASE_RESULT COMMITTED")
                .elsewhere(new LogRecord.OnePhaseResult(T, Outcome.COMMITTED, 1), BIRTH_TERM)
                .logApplies()
                .does()
                .is(Phase.COMMITTED)
                .tells(Outcome.COMMITTED)
                .mayLeave(false)
                .logApplies()
                .does()
                .mayLeave(true);
    }

    @Test
    void aRecordedAbortIsDroppedWhenTheKeyWasTaken() {
        CoordinatorScript recorded = delegatedBeforeEnrolled()
                .reportsOutcome("a", Outcome.ABORTED)
                .does("log ONE_PHASE_RESULT ABORTED")
                .elsewhere(new LogRecord.OnePhaseResult(T, Outcome.ABORTED, 1), BIRTH_TERM);
        isDropped(takenByAnother(recorded).logApplies());
        isDropped(delegatedBeforeEnrolled().reportsOutcome("a", Outcome.ABORTED).logAnswers(Known.SLOT_ELSEWHERE));
    }
}
