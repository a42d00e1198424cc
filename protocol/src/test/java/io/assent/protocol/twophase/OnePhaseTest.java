package io.assent.protocol.twophase;

import static io.assent.protocol.twophase.CoordinatorScript.B;
import static io.assent.protocol.twophase.CoordinatorScript.BIRTH_TERM;
import static io.assent.protocol.twophase.CoordinatorScript.DEADLINE;
import static io.assent.protocol.twophase.CoordinatorScript.NOW;
import static io.assent.protocol.twophase.CoordinatorScript.T;
import static io.assent.protocol.twophase.CoordinatorScript.begun;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AbortReason.Code;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.coordinator.Timer;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OutcomeReader;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import org.junit.jupiter.api.Test;

/** The one-phase commit of section 1.5. */
class OnePhaseTest {

    private static final Member SOLE =
            new Member("a", "http://a", null, Member.DEFAULT_PROTOCOLS, true, "token", 2, null);

    private static CoordinatorScript delegating() {
        return begun(IntentLog.PREPARE)
                .enlist(SOLE)
                .commit()
                .does("log ONE_PHASE")
                .is(Phase.DELEGATING);
    }

    private static CoordinatorScript delegated() {
        return delegating().logApplies().does("send COMMIT_ONE_PHASE a").is(Phase.DELEGATED);
    }

    // When

    @Test
    void aSoleMemberThatCanProveItIsToldToCommit() {
        CoordinatorScript script = delegating();
        assertThat(script.record()).isEqualTo(new LogRecord.OnePhase(T, SOLE, 1_000, DEADLINE));
        script.logApplies();
        assertThat(script.messageTo("a")).isEqualTo(new Message.CommitOnePhase(T, "a", BIRTH_TERM, "token", 2));
    }

    @Test
    void aSoleMemberThatCannotProveItIsAskedForItsVote_M29() {
        begun().enlist(B).commit().does("send PREPARE b");
    }

    @Test
    void twoMembersAreAskedForTheirVotes() {
        begun().enlist(SOLE).enlist(B).commit().does("send PREPARE a", "send PREPARE b");
    }

    @Test
    void aSoleMemberThatVotedIsDecidedInTheLog() {
        begun().enlist(SOLE.withVote(Vote.YES)).commit().does("log DECIDE");
        begun().enlist(SOLE.withVote(Vote.READ_ONLY)).commit().does("log DECIDE");
    }

    // Only the member knows

    @Test
    void nothingIsSentBeforeTheRecordIsApplied_L6() {
        delegating().owes().tells(null).mayLeave(false);
    }

    @Test
    void onceDispatchedOnlyTheLogCanAnswer_L4() {
        for (CoordinatorScript script : new CoordinatorScript[] {delegating(), delegated()}) {
            Phase phase = script.role().phase();
            assertThat(script.role().timer()).isEqualTo(Timer.NONE);
            script.timer().does().is(phase).abort().accepts().does().is(phase).tells(null);
            assertThat(script.role().reason()).isNull();
        }
    }

    @Test
    void aLostReplyIsAskedForAgainAndNeverPresumedAborted_M14() {
        delegated().timer().owes("COMMIT_ONE_PHASE a").tells(null).mayLeave(false);
    }

    @Test
    void committedIsToldAtOnceAndRecorded() {
        CoordinatorScript script = delegated()
                .reportsOutcome("a", Outcome.COMMITTED)
                .does("log ONE_PHASE_RESULT COMMITTED")
                .tells(Outcome.COMMITTED)
                .owes()
                .mayLeave(false);
        assertThat(script.record()).isEqualTo(new LogRecord.OnePhaseResult(T, Outcome.COMMITTED, NOW));
        script.logApplies().is(Phase.COMMITTED).tells(Outcome.COMMITTED).mayLeave(true);
        assertThat(OutcomeReader.read(script.log(), null, T).forBranch("a")).isEqualTo(OutcomeReader.Status.COMMITTED);
    }

    @Test
    void theMemberThatCommittedIsSentNothingMore() {
        delegated()
                .reportsOutcome("a", Outcome.COMMITTED)
                .does("log ONE_PHASE_RESULT COMMITTED")
                .logApplies()
                .does()
                .owes();
    }

    @Test
    void theMemberThatAnsweredHasAcknowledged() {
        for (Outcome outcome : Outcome.values()) {
            assertThat(delegated()
                            .reportsOutcome("a", outcome)
                            .role()
                            .progress()
                            .acknowledged())
                    .containsExactly("a");
        }
    }

    @Test
    void abortedIsToldAtOnceAndRecorded() {
        delegated()
                .reportsOutcome("a", Outcome.ABORTED)
                .does("log ONE_PHASE_RESULT ABORTED")
                .tells(Outcome.ABORTED)
                .because(Code.VOTE_NO)
                .owes()
                .mayLeave(false)
                .logApplies()
                .does()
                .is(Phase.ABORTED)
                .tells(Outcome.ABORTED)
                .mayLeave(true);
    }

    @Test
    void theFirstAnswerCounts() {
        delegated()
                .reportsOutcome("a", Outcome.COMMITTED)
                .reportsOutcome("a", Outcome.ABORTED)
                .does()
                .tells(Outcome.COMMITTED);
    }

    @Test
    void anAnswerToALeaderOfAnotherTermIsIgnored() {
        Message older = new Message.CommitOnePhase(T, "a", BIRTH_TERM - 1, "token", 2);
        delegated()
                .hears(older, new Reply.OutcomeReported(T, "a", Outcome.COMMITTED))
                .does()
                .tells(null);
    }

    @Test
    void abortIsAskedTooLateOnceItIsCommitted() {
        delegated().reportsOutcome("a", Outcome.COMMITTED).abort().refuses(RequestRefusal.ALREADY_COMMITTED);
        delegated().reportsOutcome("a", Outcome.ABORTED).abort().accepts().does();
    }

    // Other facts

    @Test
    void aRecordThatCameTooLateMeansAborted() {
        delegating().logAppliesInTerm(BIRTH_TERM + 1).does("send ABORT a").tells(Outcome.ABORTED);
    }

    @Test
    void aRecordOfAnotherOwnerSaysNothing_G5() {
        delegating()
                .logAnswers(new Fact.OwnedBy(BIRTH_TERM + 1))
                .does()
                .is(Phase.DEPOSED)
                .tells(null);
    }

    @Test
    void theRecordAppliedTwiceIsObeyedOnce_G3() {
        CoordinatorScript script = delegated();
        LogRecord.OnePhase record = new LogRecord.OnePhase(T, SOLE, 1_000, DEADLINE);
        CoordinatorEvent again = new CoordinatorEvent.Applied(
                record, Known.ONE_PHASE, script.log().open(T));
        Step step = script.role().on(again, NOW);
        assertThat(CoordinatorScript.describe(step)).isEmpty();
        assertThat(step.next()).isEqualTo(script.role());
    }
}
