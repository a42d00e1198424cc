package io.assent.protocol.twophase;

import static io.assent.protocol.twophase.CoordinatorScript.A;
import static io.assent.protocol.twophase.CoordinatorScript.B;
import static io.assent.protocol.twophase.CoordinatorScript.BIRTH_TERM;
import static io.assent.protocol.twophase.CoordinatorScript.DEADLINE;
import static io.assent.protocol.twophase.CoordinatorScript.T;
import static io.assent.protocol.twophase.CoordinatorScript.begun;
import static io.assent.protocol.twophase.CoordinatorScript.begunUnder;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Births;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OutcomeReader;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The intent log of section 1.6, and keyed begins. */
class IntentModeTest {

    // OFF

    @Test
    void off_nothingButTheDecisionIsWritten() {
        begun(IntentLog.OFF)
                .does()
                .enlist(A)
                .enlist(B)
                .commit()
                .does("send PREPARE a", "send PREPARE b")
                .votes("a", Vote.YES)
                .votes("b", Vote.YES)
                .does("log DECIDE");
    }

    @Test
    void off_anAbortBeforeTheDecisionIsNotWritten() {
        begun(IntentLog.OFF).enlist(A).commit().abort().does("send ABORT a").tells(Outcome.ABORTED);
    }

    // PREPARE

    @Test
    void prepare_theMembersAreWrittenWhenTheyAreAskedAndNobodyWaitsForIt() {
        CoordinatorScript script =
                begun(IntentLog.PREPARE).does().enlist(A).does().enlist(B).commit();
        script.does("log ENROLL with members", "send PREPARE a", "send PREPARE b");
        assertThat(script.record()).isEqualTo(new LogRecord.Enrolled(T, List.of(A, B), 1_000, DEADLINE, null, null));
        script.votes("a", Vote.YES).votes("b", Vote.YES).does("log DECIDE");
    }

    @Test
    void prepare_theMembersAreWrittenWithTheVotesThatWereHandedOver() {
        Member left = B.withVote(Vote.READ_ONLY);
        CoordinatorScript script =
                begun(IntentLog.PREPARE).enlist(A).enlist(left).commit();
        assertThat(script.record()).isEqualTo(new LogRecord.Enrolled(T, List.of(A, left), 1_000, DEADLINE, null, null));
    }

    @Test
    void prepare_whatIsDecidedAtOnceIsNotEnrolled() {
        begun(IntentLog.PREPARE).enlist(A.withVote(Vote.YES)).commit().does("log DECIDE");
        begun(IntentLog.PREPARE).commitNothing().does("log DECIDE");
    }

    @Test
    void prepare_anAbortOfAnEnrolledTransactionIsWrittenFirst() {
        begun(IntentLog.PREPARE).enlist(A).commit().abort().does("log ABORTED").tells(null);
    }

    @Test
    void prepare_anAbortOfAnActiveTransactionIsNotWritten() {
        begun(IntentLog.PREPARE).enlist(A).abort().does("send ABORT a");
    }

    @Test
    void prepare_theEnrolledTransactionIsPendingAtEveryReplica() {
        CoordinatorScript script =
                begun(IntentLog.PREPARE).enlist(A).commit().logApplies().does();
        script.log().advance(BIRTH_TERM + 3);
        assertThat(OutcomeReader.read(script.log(), null, T).status()).isEqualTo(OutcomeReader.Status.PENDING);
    }

    // BEGIN

    @Test
    void begin_itIsWrittenWithoutMembersAtBeginAndWithThemWhenTheyAreAsked() {
        CoordinatorScript script = begun(IntentLog.BEGIN).does("log ENROLL").is(Phase.ACTIVE);
        assertThat(script.record()).isEqualTo(new LogRecord.Enrolled(T, null, 1_000, DEADLINE, null, null));
        script.logApplies()
                .does()
                .enlist(A)
                .commit()
                .does("log ENROLL with members", "send PREPARE a")
                .logApplies()
                .does();
        assertThat(script.log().open(T).members()).containsExactly(A);
    }

    @Test
    void begin_anAbortIsWrittenFirst() {
        begun(IntentLog.BEGIN)
                .enlist(A)
                .abort()
                .does("log ABORTED")
                .tells(null)
                .timer()
                .does()
                .tells(null);
    }

    @Test
    void begin_aDeadlineIsWrittenFirst() {
        begun(IntentLog.BEGIN).enlist(A).timer().does("log ABORTED").is(Phase.ABORT_DISPATCHED);
    }

    // Keyed

    @Test
    void keyed_itIsEnrolledInEveryModeWithKeyAndDigest() {
        for (IntentLog intent : IntentLog.values()) {
            Step step = TwoPhaseCoordinator.begin(CoordinatorScript.origin(BIRTH_TERM, intent, "key"));
            assertThat(step.append())
                    .containsExactly(new LogRecord.Enrolled(T, null, 1_000, DEADLINE, "key", "digest"));
        }
    }

    @Test
    void keyed_aFreeKeyLeavesItActive() {
        begunUnder("key")
                .does("log ENROLL")
                .logApplies()
                .does()
                .is(Phase.ACTIVE)
                .enlist(A)
                .accepts();
    }

    @Test
    void keyed_aTakenKeyDropsItWithoutAWord() {
        begunUnder("key")
                .logAnswers(new Fact.KeyOf(Births.born(4, 9), true))
                .does()
                .is(Phase.DROPPED)
                .tells(null)
                .owes()
                .mayLeave(true);
    }

    @Test
    void keyed_aSlotElsewhereDropsItWithoutAWord() {
        begunUnder("key")
                .logAnswers(Known.SLOT_ELSEWHERE)
                .does()
                .is(Phase.DROPPED)
                .mayLeave(true)
                .tells(null);
    }

    @Test
    void keyed_aRecordThatCameTooLateIsAborted() {
        begunUnder("key")
                .logAppliesInTerm(BIRTH_TERM + 1)
                .does()
                .is(Phase.ABORTED)
                .mayLeave(true);
    }

    @Test
    void keyed_theMembersAreWrittenUnderTheSameKey() {
        Origin origin = CoordinatorScript.origin(BIRTH_TERM, IntentLog.PREPARE, "key");
        Step enlisted = TwoPhaseCoordinator.begin(origin).next().on(new CoordinatorEvent.Enlisted(A), 0);
        Step asked = enlisted.next().on(new CoordinatorEvent.CommitRequested(null), 0);
        assertThat(asked.append())
                .containsExactly(new LogRecord.Enrolled(T, List.of(A), 1_000, DEADLINE, "key", "digest"));
    }

    @Test
    void keyed_afterATakenKeyNothingIsAcceptedAnyMore() {
        begunUnder("key")
                .logAnswers(new Fact.KeyOf(Births.born(4, 9), true))
                .enlist(A)
                .refuses(RequestRefusal.NOT_ACTIVE);
    }
}
