package io.assent.protocol.twophase;

import static io.assent.protocol.twophase.CoordinatorScript.A;
import static io.assent.protocol.twophase.CoordinatorScript.B;
import static io.assent.protocol.twophase.CoordinatorScript.BIRTH_TERM;
import static io.assent.protocol.twophase.CoordinatorScript.T;
import static io.assent.protocol.twophase.CoordinatorScript.begun;
import static io.assent.protocol.twophase.CoordinatorScript.committing;
import static io.assent.protocol.twophase.CoordinatorScript.deciding;
import static io.assent.protocol.twophase.CoordinatorScript.preparing;
import static io.assent.protocol.twophase.CoordinatorScript.takenOver;

import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.Mark;
import io.assent.protocol.message.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** L7: records of an earlier leader, which were on their way, end what a leader still tells. */
class EndedElsewhereTest {

    private static final LogRecord ACKED = new LogRecord.Acknowledged(T, List.of("a", "b"));
    private static final LogRecord FORGET = new LogRecord.Forgotten(Horizon.of(T), new Mark(1, Horizon.of(T)));

    private static CoordinatorScript takenOverCommitting() {
        return takenOver(
                        BIRTH_TERM + 1,
                        new LogRecord.Decided(T, List.of(A.withVote(Vote.YES), B.withVote(Vote.YES)), 1_000))
                .is(Phase.COMMITTING);
    }

    private static CoordinatorScript takenOverDelegated() {
        return takenOver(BIRTH_TERM + 1, new LogRecord.OnePhase(T, A, 1_000, 2_000))
                .does("send INQUIRE with fence a")
                .is(Phase.DELEGATED);
    }

    @Test
    void L7_aCommitThatAllAcknowledgedToAnotherLeaderIsToldNoMore() {
        takenOverCommitting()
                .elsewhere(ACKED, BIRTH_TERM + 1)
                .looks()
                .does()
                .is(Phase.COMMITTED)
                .tells(Outcome.COMMITTED)
                .owes()
                .mayLeave(true);
    }

    @Test
    void L7_aCommitThatIsForgottenIsToldNoMoreThoughItsParticipantSaysExpired() {
        takenOverCommitting()
                .elsewhere(ACKED, BIRTH_TERM + 1)
                .elsewhere(FORGET, BIRTH_TERM + 1)
                .hears(new Reply.Expired(T, "a"))
                .does()
                .is(Phase.COMMITTING)
                .looks()
                .does()
                .is(Phase.COMMITTED)
                .tells(Outcome.COMMITTED)
                .owes()
                .mayLeave(true);
    }

    @Test
    void L7_aCommitThatIsOwedStaysWhateverAParticipantSays() {
        committing()
                .hears(new Reply.Expired(T, "a"))
                .looks()
                .does()
                .is(Phase.COMMITTING)
                .owes("COMMIT a", "COMMIT b")
                .mayLeave(false);
        takenOverCommitting()
                .elsewhere(new LogRecord.Acknowledged(T, List.of("a")), BIRTH_TERM + 1)
                .looks()
                .does()
                .is(Phase.COMMITTING)
                .mayLeave(false);
    }

    @Test
    void L7_aOnePhaseResultThatAnotherLeaderRecordedIsTheOutcome() {
        takenOverDelegated()
                .elsewhere(new LogRecord.OnePhaseResult(T, Outcome.COMMITTED, 3_000), BIRTH_TERM + 1)
                .looks()
                .does()
                .is(Phase.COMMITTED)
                .tells(Outcome.COMMITTED)
                .hasMembers(A.withVote(Vote.YES))
                .mayLeave(true);
        takenOverDelegated()
                .elsewhere(new LogRecord.OnePhaseResult(T, Outcome.ABORTED, 3_000), BIRTH_TERM + 1)
                .looks()
                .does()
                .is(Phase.ABORTED)
                .tells(Outcome.ABORTED)
                .mayLeave(true);
    }

    @Test
    void L7_aForgottenOneWhoseOutcomeThisLeaderNeverKnewIsExpired_U4() {
        takenOverDelegated()
                .elsewhere(new LogRecord.OnePhaseResult(T, Outcome.COMMITTED, 3_000), BIRTH_TERM + 1)
                .elsewhere(FORGET, BIRTH_TERM + 1)
                .looks()
                .does()
                .is(Phase.EXPIRED)
                .tells(null)
                .owes()
                .mayLeave(true);
    }

    @Test
    void L7_whatThisLeaderHadDelegatedItselfAndTheLogHasForgottenIsExpired_U4() {
        begun().enlist(new Member("a", "http://a", null, Member.DEFAULT_PROTOCOLS, true, "token", 2, null))
                .commit()
                .logApplies()
                .is(Phase.DELEGATED)
                .elsewhere(new LogRecord.OnePhaseResult(T, Outcome.COMMITTED, 3_000), BIRTH_TERM + 1)
                .elsewhere(FORGET, BIRTH_TERM + 1)
                .looks()
                .is(Phase.EXPIRED)
                .tells(null)
                .mayLeave(true);
    }

    @Test
    void L7_lookingChangesNothingWhileTheLogHasNotEndedIt() {
        begun().enlist(A).looks().does().is(Phase.ACTIVE);
        preparing().looks().does().is(Phase.PREPARING);
        deciding().looks().does().is(Phase.DECIDING);
        takenOverDelegated().looks().does().is(Phase.DELEGATED).mayLeave(false);
    }
}
