package io.assent.protocol.twophase;

import static io.assent.protocol.twophase.CoordinatorScript.A;
import static io.assent.protocol.twophase.CoordinatorScript.B;
import static io.assent.protocol.twophase.CoordinatorScript.BIRTH_TERM;
import static io.assent.protocol.twophase.CoordinatorScript.NOW;
import static io.assent.protocol.twophase.CoordinatorScript.T;
import static io.assent.protocol.twophase.CoordinatorScript.begun;
import static io.assent.protocol.twophase.CoordinatorScript.committing;
import static io.assent.protocol.twophase.CoordinatorScript.deciding;
import static io.assent.protocol.twophase.CoordinatorScript.preparing;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.Births;
import io.assent.protocol.Outcome;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.coordinator.Timer;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Table 1.2, row by row: a transaction whose decision is dispatched, and one that commits. */
class DecisionTableTest {

    // DECIDING

    @Test
    void table12_decidingStaysOnDeadline_L4() {
        deciding().timer().does().is(Phase.DECIDING).tells(null);
        assertThat(deciding().role().timer()).isEqualTo(Timer.NONE);
    }

    @Test
    void table12_decidingStaysOnAbortRequest_L4() {
        deciding().abort().accepts().does().is(Phase.DECIDING).tells(null);
        assertThat(deciding().abort().role().reason()).isNull();
    }

    @Test
    void table12_decidingStaysOnALateNo_L4() {
        deciding().votes("a", Vote.NO).does().is(Phase.DECIDING).hasMembers(A.withVote(Vote.YES), B.withVote(Vote.YES));
    }

    @Test
    void table12_decidingOwesNothing_L6() {
        deciding().owes().tells(null).mayLeave(false);
    }

    @Test
    void table12_decidingFactCommittedTellsTheYesVotersWithAllMembers() {
        CoordinatorScript script =
                preparing().votes("a", Vote.YES).votes("b", Vote.READ_ONLY).logApplies();
        script.does("send COMMIT a").is(Phase.COMMITTING).tells(Outcome.COMMITTED);
        assertThat(script.messageTo("a"))
                .isEqualTo(new Message.Commit(
                        T, "a", BIRTH_TERM, List.of(A.withVote(Vote.YES), B.withVote(Vote.READ_ONLY))));
    }

    @Test
    void table12_decidingFactAbortedTellsAbort() {
        deciding()
                .logAnswers(Known.ABORTED)
                .does("send ABORT a", "send ABORT b")
                .is(Phase.ABORTING)
                .tells(Outcome.ABORTED);
    }

    @Test
    void table12_decidingFactDeadTellsAbort() {
        deciding()
                .logAppliesInTerm(BIRTH_TERM + 1)
                .does("send ABORT a", "send ABORT b")
                .is(Phase.ABORTING)
                .tells(Outcome.ABORTED);
    }

    @Test
    void table12_decidingFactExpiredSendsNothing() {
        deciding()
                .logAnswers(Known.EXPIRED)
                .does()
                .is(Phase.EXPIRED)
                .tells(null)
                .owes();
    }

    @Test
    void table12_decidingFactOwnedBySaysNothingToAnyone_G5() {
        for (long other : new long[] {BIRTH_TERM - 1, BIRTH_TERM + 1}) {
            deciding()
                    .logAnswers(new Fact.OwnedBy(other))
                    .does()
                    .is(Phase.DEPOSED)
                    .tells(null)
                    .owes();
        }
    }

    // COMMITTING

    @Test
    void table12_committingAcknowledgedByAllWritesAckedAndMayLeaveWhenThatIsApplied_L7() {
        committing()
                .acknowledges("b")
                .does()
                .owes("COMMIT a")
                .acknowledges("a")
                .does("log ACKED b,a")
                .is(Phase.COMMITTED)
                .owes()
                .mayLeave(false)
                .logApplies()
                .does()
                .is(Phase.COMMITTED)
                .mayLeave(true)
                .tells(Outcome.COMMITTED);
    }

    @Test
    void table12_committingTheSameAcknowledgementTwiceCountsOnce() {
        committing().acknowledges("a").acknowledges("a").does().is(Phase.COMMITTING);
    }

    @Test
    void table12_committingNeverTimesOutAndNeverForgets() {
        CoordinatorScript script = committing().acknowledges("a");
        assertThat(script.role().timer()).isEqualTo(Timer.NONE);
        script.timer().does().is(Phase.COMMITTING).owes("COMMIT b");
    }

    @Test
    void table12_committingAnExpiredReplyIsNoAcknowledgement() {
        committing().hears(new Reply.Expired(T, "a")).does().owes("COMMIT a", "COMMIT b");
    }

    @Test
    void table12_committingALateVoteOrAnAcknowledgementOfAnotherMessageIsNoAcknowledgement() {
        CoordinatorScript script = committing().votes("a", Vote.NO).does();
        script.hears(new Message.Abort(T, "a", BIRTH_TERM), new Reply.Acknowledged(T, "a"));
        script.does().owes("COMMIT a", "COMMIT b");
    }

    @Test
    void table12_committingAnAcknowledgementToALeaderOfAnotherTermIsIgnored() {
        Message older = new Message.Commit(T, "a", BIRTH_TERM - 1, List.of());
        committing().hears(older, new Reply.Acknowledged(T, "a")).does().owes("COMMIT a", "COMMIT b");
    }

    @Test
    void table12_committingAbortIsAskedTooLate() {
        committing().abort().refuses(RequestRefusal.ALREADY_COMMITTED);
        committing().acknowledges("a").acknowledges("b").abort().refuses(RequestRefusal.ALREADY_COMMITTED);
    }

    @Test
    void table12_theSameDecisionAppliedTwiceIsObeyedOnce_G3() {
        CoordinatorScript script = committing();
        LogRecord.Decided decided = new LogRecord.Decided(T, script.role().members(), NOW);
        Step again = script.role()
                .on(
                        new CoordinatorEvent.Applied(
                                decided, Known.COMMITTED, script.log().open(T)),
                        NOW);
        assertThat(CoordinatorScript.describe(again)).isEmpty();
        assertThat(again.next()).isEqualTo(script.role());
    }

    @Test
    void table12_theSameDecisionAppliedTwiceDoesNotLetItLeaveBeforeAckedStands() {
        CoordinatorScript script = committing().acknowledges("a").acknowledges("b");
        LogRecord.Decided decided = new LogRecord.Decided(T, script.role().members(), NOW);
        Step again = script.role()
                .on(
                        new CoordinatorEvent.Applied(
                                decided, Known.COMMITTED, script.log().open(T)),
                        NOW);
        assertThat(again.next().settled()).isFalse();
    }

    @Test
    void table12_readOnlyFromAllDecidesAndOwesNoMessage() {
        preparing()
                .votes("a", Vote.READ_ONLY)
                .votes("b", Vote.READ_ONLY)
                .does("log DECIDE")
                .tells(null)
                .logApplies()
                .does()
                .is(Phase.COMMITTED)
                .tells(Outcome.COMMITTED)
                .mayLeave(true);
    }

    @Test
    void table12_anEmptyTransactionIsDecidedInTheLogToo() {
        begun().commitNothing()
                .does("log DECIDE")
                .is(Phase.DECIDING)
                .tells(null)
                .logApplies()
                .does()
                .is(Phase.COMMITTED)
                .tells(Outcome.COMMITTED)
                .mayLeave(true);
    }

    @Test
    void messagesAndRecordsAreOfThisTransaction() {
        assertThat(deciding().record())
                .extracting(r -> ((LogRecord.OfTransaction) r).transaction())
                .isEqualTo(T);
        assertThat(Births.born(5, 0)).isEqualTo(T);
    }
}
