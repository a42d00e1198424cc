package io.assent.protocol.threephase;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AbortReason;
import io.assent.protocol.CommitMember;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.CoordinatorEvent;
import io.assent.protocol.coordinator.CoordinatorRole;
import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.coordinator.Origin;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.coordinator.Step;
import io.assent.protocol.coordinator.Timer;
import io.assent.protocol.group.Fact;
import io.assent.protocol.group.Fact.Known;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.OpenTransaction;
import io.assent.protocol.group.Standing;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import io.assent.protocol.states.Visits;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The leader's role of section 2: what it adds to the decision of two-phase commit. */
class ThreePhaseCoordinatorTest {

    private static final long TERM = 5;
    private static final TransactionId T = TransactionId.issue(
            new TransactionId.Birth(0, 77, TERM, 0),
            Protocol.THREE_PHASE,
            1,
            new IncarnationKey(new byte[IncarnationKey.LENGTH]));

    private static final Member A = member("a");
    private static final Member B = member("b");

    private CoordinatorRole role = begin();
    private Step last = new Step(role, List.of(), List.of(), null);

    private static Member member(String name) {
        return new Member(
                name,
                "http://" + name,
                null,
                List.of(Protocol.TWO_PHASE, Protocol.THREE_PHASE),
                true,
                null,
                null,
                null);
    }

    private static Origin origin(long term) {
        return new Origin(T, term, IntentLog.OFF, 1_000, 30_000, null, null);
    }

    private static CoordinatorRole begin() {
        Step first = ThreePhaseCoordinator.begin(origin(TERM));
        Visits.begun(first);
        return first.next();
    }

    private ThreePhaseCoordinatorTest on(CoordinatorEvent event) {
        last = role.on(event, 20_000);
        Visits.step(role, event, last);
        role = last.next();
        return this;
    }

    private ThreePhaseCoordinatorTest votes(String participant, Vote vote) {
        return replies("PREPARE", participant, new Reply.Voted(T, participant, vote, null));
    }

    private ThreePhaseCoordinatorTest acknowledges(String type, String participant) {
        return replies(type, participant, new Reply.Acknowledged(T, participant));
    }

    private ThreePhaseCoordinatorTest replies(String type, String participant, Reply reply) {
        Message sent = role.owed().stream()
                .filter(message -> name(message).equals(type + " " + participant))
                .findFirst()
                .orElseThrow(() -> new AssertionError(type + " is not owed to " + participant + ": " + owed()));
        return on(new CoordinatorEvent.Replied(sent, reply));
    }

    private List<String> owed() {
        return role.owed().stream().map(ThreePhaseCoordinatorTest::name).toList();
    }

    private List<String> sent() {
        return last.send().stream().map(ThreePhaseCoordinatorTest::name).toList();
    }

    private static String name(Message message) {
        return switch (message) {
                    case Message.Prepare m -> "PREPARE ";
                    case Message.PreCommit m -> "PRE_COMMIT ";
                    case Message.Commit m -> "COMMIT ";
                    case Message.CommitOnePhase m -> "COMMIT_ONE_PHASE ";
                    case Message.Abort m -> "ABORT ";
                    case Message.Inquire m -> "INQUIRE ";
                }
                + message.branch();
    }

    private ThreePhaseCoordinatorTest preparing() {
        on(new CoordinatorEvent.Enlisted(A)).on(new CoordinatorEvent.Enlisted(B));
        return on(new CoordinatorEvent.CommitRequested(null));
    }

    private ThreePhaseCoordinatorTest deciding() {
        return preparing().votes("a", Vote.YES).votes("b", Vote.YES);
    }

    private ThreePhaseCoordinatorTest preCommitting() {
        deciding();
        return on(new CoordinatorEvent.Applied(last.append().get(0), Known.COMMITTED, null));
    }

    @Test
    void preCommitLeavesOnlyWhenTheDecisionIsApplied_L6() {
        deciding();
        assertThat(last.append()).singleElement().isInstanceOf(LogRecord.Decided.class);
        assertThat(owed()).isEmpty();
        on(new CoordinatorEvent.Applied(last.append().get(0), Known.COMMITTED, null));
        assertThat(sent()).containsExactly("PRE_COMMIT a", "PRE_COMMIT b");
        assertThat(role.phase()).isEqualTo(Phase.PRE_COMMITTING);
        assertThat(role.outcome()).isEqualTo(Outcome.COMMITTED);
    }

    @Test
    void commitFollowsWhenAllHavePreCommitted_V() {
        preCommitting().acknowledges("PRE_COMMIT", "a");
        assertThat(sent()).isEmpty();
        assertThat(owed()).containsExactly("PRE_COMMIT b");
        assertThat(role.hasPreCommitted("a")).isTrue();
        acknowledges("PRE_COMMIT", "b");
        assertThat(sent()).containsExactly("COMMIT a", "COMMIT b");
        assertThat(role.phase()).isEqualTo(Phase.COMMITTING);
    }

    @Test
    void whoDoesNotAnswerHoldsUpOnlyItself() {
        preCommitting().acknowledges("PRE_COMMIT", "a");
        assertThat(role.timer()).isEqualTo(Timer.PRE_COMMIT_NOTICE);
        on(new CoordinatorEvent.TimerFired());
        assertThat(sent()).containsExactly("COMMIT a");
        assertThat(owed()).containsExactly("COMMIT a", "PRE_COMMIT b");
        assertThat(role.phase()).isEqualTo(Phase.COMMITTING);
        acknowledges("COMMIT", "a").acknowledges("PRE_COMMIT", "b");
        assertThat(sent()).containsExactly("COMMIT b");
        acknowledges("COMMIT", "b");
        assertThat(role.phase()).isEqualTo(Phase.COMMITTED);
    }

    @Test
    void votesGivenBeforePrepareAreAskedForAgain() {
        CommitMember early = new CommitMember("a", "http://a", null, A.protocols(), true, "k", 1, Vote.YES);
        on(new CoordinatorEvent.CommitRequested(List.of(early)));
        assertThat(sent()).containsExactly("PREPARE a");
        assertThat(role.phase()).isEqualTo(Phase.PREPARING);
    }

    @Test
    void noGivenBeforePrepareAborts() {
        CommitMember early = new CommitMember("a", "http://a", null, A.protocols(), true, "k", 1, Vote.NO);
        on(new CoordinatorEvent.CommitRequested(List.of(early)));
        assertThat(role.outcome()).isEqualTo(Outcome.ABORTED);
    }

    @Test
    void readOnlyCountsAsYesAndGetsItsCommit() {
        preparing().votes("a", Vote.READ_ONLY).votes("b", Vote.YES);
        on(new CoordinatorEvent.Applied(last.append().get(0), Known.COMMITTED, null));
        assertThat(sent()).containsExactly("PRE_COMMIT a", "PRE_COMMIT b");
    }

    @Test
    void whoDoesNotSpeakItIsRefused() {
        on(new CoordinatorEvent.Enlisted(Member.of("c", "http://c")));
        assertThat(last.refusal()).isEqualTo(RequestRefusal.UNSUPPORTED_PROTOCOL);
        assertThat(role.phase()).isEqualTo(Phase.ACTIVE);
    }

    @Test
    void anEmptyTransactionCommitsAtOnce() {
        on(new CoordinatorEvent.CommitRequested(List.of()));
        on(new CoordinatorEvent.Applied(last.append().get(0), Known.COMMITTED, null));
        assertThat(role.phase()).isEqualTo(Phase.COMMITTED);
        assertThat(role.settled()).isTrue();
    }

    @Test
    void noAbortIsTakenOnceItIsDecided_L4() {
        preCommitting().on(new CoordinatorEvent.AbortRequested(AbortReason.of(AbortReason.Code.INITIATOR)));
        assertThat(last.refusal()).isEqualTo(RequestRefusal.ALREADY_COMMITTED);
    }

    @Test
    void anAnswerToAnotherLeaderDoesNotCount_P5() {
        preCommitting();
        Message other = new Message.PreCommit(T, "a", TERM - 1, List.of(A, B));
        on(new CoordinatorEvent.Replied(other, new Reply.Acknowledged(T, "a")));
        assertThat(role.hasPreCommitted("a")).isFalse();
    }

    @Test
    void whatALaterLeaderOwnsIsToldNoMore_G5() {
        LogRecord.OfTransaction enrolled = origin(TERM).enrolled(List.of(A, B));
        preCommitting().on(new CoordinatorEvent.Applied(enrolled, new Fact.OwnedBy(TERM + 1), null));
        assertThat(role.phase()).isEqualTo(Phase.DEPOSED);
        assertThat(owed()).isEmpty();
    }

    @Test
    void whatALaterLeaderEndedIsToldNoMore_L7() {
        List<Standing> ends = List.of(new Standing.Finished(Outcome.COMMITTED, List.of()), new Standing.Expired());
        for (Standing end : ends) {
            role = begin();
            preCommitting().on(new CoordinatorEvent.Looked(end));
            assertThat(role.outcome()).isEqualTo(Outcome.COMMITTED);
            assertThat(role.settled()).isTrue();
            assertThat(owed()).isEmpty();
        }
    }

    @Test
    void aNewLeaderAsksAllThatHaveNotAcknowledgedToPreCommit() {
        OpenTransaction found = new OpenTransaction(
                T,
                OpenTransaction.Phase.COMMITTED,
                TERM,
                List.of(A.withVote(Vote.YES), B.withVote(Vote.YES)),
                1_000,
                30_000,
                20_000,
                List.of("a"),
                List.of());
        Step step = ThreePhaseCoordinator.takeOver(found, origin(TERM + 1));
        Visits.tookOver(found, step);
        assertThat(step.send()).extracting(ThreePhaseCoordinatorTest::name).containsExactly("PRE_COMMIT b");
        assertThat(step.next().phase()).isEqualTo(Phase.PRE_COMMITTING);
    }
}
