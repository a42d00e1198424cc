package io.assent.coordinator.runtime;

import static io.assent.coordinator.runtime.Stage.assertLeaderChanged;
import static io.assent.coordinator.runtime.Stage.assertOverloaded;
import static io.assent.coordinator.runtime.Stage.member;
import static io.assent.coordinator.runtime.Stage.prepared;
import static io.assent.coordinator.runtime.Stage.shown;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AbortReason;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.Protocol;
import io.assent.protocol.RequestRefusal;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.coordinator.IntentLog;
import io.assent.protocol.coordinator.Phase;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.message.Message;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a leader does between its log and its participants, step by step. */
class LeaderTest {

    private static final Duration PAUSE_AFTER_REFUSAL = Duration.ofMillis(10);
    private static final Duration PAUSE_AFTER_UNKNOWN = Duration.ofMillis(200);

    private final Stage stage = Stage.founded();

    private static Group.Begin keyed(String key, String digest) {
        return new Group.Begin(Protocol.TWO_PHASE, 30_000, Transaction.Description.NONE, key, digest);
    }

    @Test
    void beginsNothingBeforeTheGroupIsFounded() {
        Stage empty = new Stage(Stage.LIMITS, IntentLog.PREPARE, Duration.ZERO);
        empty.turn();
        assertLeaderChanged(empty.askToBegin());

        empty.applyAll();

        assertThat(shown(empty.askToBegin()).state()).isEqualTo(Transaction.State.ACTIVE);
    }

    @Test
    void l1IdsAreOfTheLeadersTermAndCountUp() {
        TransactionId first = stage.begin();
        TransactionId second = stage.begin();
        assertThat(List.of(first.birthTerm(), second.birthTerm())).containsOnly(1L);
        assertThat(second.sequence()).isEqualTo(first.sequence() + 1);

        stage.lead(4);

        assertThat(stage.begin().birthTerm()).isEqualTo(4);
    }

    @Test
    void l6NothingIsSaidBeforeTheDecisionIsApplied() {
        TransactionId id = stage.begin();
        CompletableFuture<Answer> answer = stage.commit(id, prepared("a"));

        assertThat(stage.log.handedOver).last().isInstanceOf(LogRecord.Decided.class);
        assertThat(answer).isNotDone();
        assertThat(stage.sent()).isEmpty();
        stage.applyNext();

        List<Message> sent = stage.sent();
        assertThat(sent).hasOnlyElementsOfType(Message.Commit.class).hasSize(1);
        assertThat(answer).as("COMPLETION waits for the acknowledgement").isNotDone();
        stage.acknowledge(sent.getFirst());
        assertThat(shown(answer).outcome()).isEqualTo(Outcome.COMMITTED);
    }

    @Test
    void theFirstPhaseIsMeasuredFromWhereItBegan() {
        stage.pass(Duration.ofMinutes(5));
        TransactionId id = stage.begin();
        stage.pass(Duration.ofMillis(30));

        var unused = stage.commit(id, prepared("a"));

        assertThat(stage.phases).containsEntry(Phase.ACTIVE, Duration.ofMillis(30));
    }

    @Test
    void l3DecidesOnlyWhenEveryMemberVotedYes() {
        TransactionId id = stage.begin();
        CompletableFuture<Answer> answer = stage.commit(id, member("a"), member("b"));
        List<Message> prepares = stage.sent();
        assertThat(prepares).hasOnlyElementsOfType(Message.Prepare.class).hasSize(2);

        stage.vote(prepares.get(0), Vote.YES);
        assertThat(stage.log.handedOver).noneMatch(LogRecord.Decided.class::isInstance);
        stage.vote(prepares.get(1), Vote.NO);
        stage.applyAll();

        assertThat(shown(answer).reason()).extracting(AbortReason::code).isEqualTo(AbortReason.Code.VOTE_NO);
        assertThat(stage.log.handedOver).noneMatch(LogRecord.Decided.class::isInstance);
    }

    @Test
    void whatWasSurelyNotAppendedIsHandedOverAgain() {
        CompletableFuture<Answer> answer = stage.commit(stage.begin(), prepared("a"));

        stage.refuseNext();
        assertThat(stage.log.pending).isEmpty();
        assertThat(answer).isNotDone();
        stage.pass(PAUSE_AFTER_REFUSAL);
        stage.applyAll();

        assertThat(stage.sent()).hasSize(1);
        assertThat(stage.log.handedOver.stream().filter(LogRecord.Decided.class::isInstance))
                .hasSize(2);
    }

    @Test
    void g3WhatNobodyKnowsIsHandedOverAgainAndCountsOnce() {
        TransactionId id = stage.begin();
        CompletableFuture<Answer> answer = stage.commit(id, prepared("a"));

        stage.loseNext(true);
        assertThat(answer).as("only an applied entry tells").isNotDone();
        assertThat(stage.sent()).isEmpty();
        stage.pass(PAUSE_AFTER_REFUSAL);
        assertThat(stage.log.pending)
                .as("an unknown fate waits longer than a refusal")
                .isEmpty();
        stage.pass(PAUSE_AFTER_UNKNOWN);
        stage.applyAll();

        assertThat(stage.sent()).hasOnlyElementsOfType(Message.Commit.class).hasSize(1);
    }

    @Test
    void l4NeitherAbortNorDeadlineTouchesADispatchedDecision() {
        TransactionId id = stage.begin();
        CompletableFuture<Answer> commit = stage.commit(id, prepared("a"));
        CompletableFuture<Answer> abort = stage.abort(id);
        stage.pass(Duration.ofHours(1));
        assertThat(commit).isNotDone();
        assertThat(abort).isNotDone();
        assertThat(stage.log.handedOver).noneMatch(LogRecord.Aborted.class::isInstance);

        stage.applyAll();

        assertThat(shown(abort).outcome()).isEqualTo(Outcome.COMMITTED);
        assertThat(stage.abort(id).join())
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.why()).isEqualTo(RequestRefusal.ALREADY_COMMITTED));
    }

    @Test
    void anAbortOfWhatWasNeverDispatchedCostsNoWrite() {
        TransactionId id = stage.begin();
        int written = stage.log.handedOver.size();

        assertThat(shown(stage.abort(id)).outcome()).isEqualTo(Outcome.ABORTED);

        assertThat(stage.log.handedOver).hasSize(written);
        assertThat(stage.ended).extracting(Transaction::id).containsExactly(id);
    }

    @Test
    void anAbortOfWhatWasDispatchedIsToldOnlyWhenItIsApplied() {
        TransactionId id = stage.begin();
        var unused = stage.commit(id, member("a"));
        stage.sent();

        CompletableFuture<Answer> abort = stage.abort(id);
        assertThat(abort).isNotDone();
        assertThat(stage.sent()).isEmpty();
        stage.applyAll();

        assertThat(shown(abort).outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(stage.sent()).hasOnlyElementsOfType(Message.Abort.class).hasSize(1);
    }

    @Test
    void aTransactionThatIsNotCommittedInTimeAborts() {
        TransactionId id = stage.begin();

        stage.pass(Duration.ofSeconds(30));

        assertThat(shown(stage.commit(id)).reason())
                .extracting(AbortReason::code)
                .isEqualTo(AbortReason.Code.TIMEOUT);
    }

    @Test
    void beginIsRefusedWhileTooManyAreOpenAndOpenOnesEnd() {
        Stage small = Stage.founded(new RuntimeLimits(2, 100, 100, 10, 10, 10, Duration.ofHours(1)));
        TransactionId first = small.begin();
        TransactionId second = small.begin();
        assertOverloaded(small.askToBegin());

        CompletableFuture<Answer> committed = small.commit(first, prepared("a"));
        small.applyAll();
        small.acknowledge(small.sent().getFirst());
        small.applyAll();
        var unused = small.abort(second);

        assertThat(shown(committed).outcome()).isEqualTo(Outcome.COMMITTED);
        assertThat(shown(small.askToBegin()).state()).isEqualTo(Transaction.State.ACTIVE);
    }

    @Test
    void aFullPipelineRefusesNewWorkAndNeverADecision() {
        Stage small = Stage.founded(new RuntimeLimits(1_000, 1, 100, 10, 10, 10, Duration.ofHours(1)));
        List<TransactionId> ids =
                IntStream.range(0, 12).mapToObj(i -> small.begin()).toList();
        List<CompletableFuture<Answer>> answers = ids.subList(0, 10).stream()
                .map(id -> small.commit(id, prepared("a")))
                .toList();

        assertOverloaded(small.askToBegin());
        assertOverloaded(small.enlist(ids.get(10), Member.of("a", Stage.ENDPOINT)));
        assertThat(small.commit(ids.get(10), prepared("a"))).isNotDone();
        assertThat(shown(small.abort(ids.get(11))).outcome()).isEqualTo(Outcome.ABORTED);
        small.applyAll();
        small.sent().forEach(small::acknowledge);

        assertThat(answers)
                .allSatisfy(answer -> assertThat(shown(answer).outcome()).isEqualTo(Outcome.COMMITTED));
    }

    @Test
    void noBranchTooManyIsEnlistedHoweverManyAskAtOnce() {
        TransactionId id = stage.begin();
        for (int i = 0; i < Stage.MOST_BRANCHES; i++) {
            assertThat(shown(stage.enlist(id, Member.of("p" + i, Stage.ENDPOINT)))
                            .branches())
                    .hasSize(i + 1);
        }

        assertThat(stage.enlist(id, Member.of("one-more", Stage.ENDPOINT)))
                .isCompletedWithValue(Answer.Plain.TOO_MANY_BRANCHES);
        assertThat(shown(stage.enlist(id, Member.of("p0", Stage.ENDPOINT))).branches())
                .hasSize(Stage.MOST_BRANCHES);
    }

    @Test
    void aKeyedBeginIsToldOnlyWhenItIsAppliedAndTheKeyBeginsOnce() {
        CompletableFuture<Answer> first = stage.askToBegin(keyed("k", "d"));
        CompletableFuture<Answer> twin = stage.askToBegin(keyed("k", "d"));
        CompletableFuture<Answer> other = stage.askToBegin(keyed("k", "e"));
        assertThat(first).isNotDone();
        assertThat(twin).isNotDone();

        stage.applyAll();

        TransactionId id = shown(first).id();
        assertThat(shown(twin).id()).isEqualTo(id);
        assertThat(other).isCompletedWithValue(new Answer.KeyTaken(id));
        assertThat(shown(stage.askToBegin(keyed("k", "d"))).id()).isEqualTo(id);
        assertThat(stage.leader.table().size()).isEqualTo(1);
    }

    @Test
    void whoWaitsIsToldWhenTheLeaderRetiresAndNothingMoreIsSent() {
        CompletableFuture<Answer> commit = stage.commit(stage.begin(), prepared("a"));
        CompletableFuture<Answer> barrier = stage.barrier();
        CompletableFuture<Answer> keyed = stage.askToBegin(keyed("k", "d"));

        stage.leader.retire();

        assertLeaderChanged(commit);
        assertLeaderChanged(barrier);
        assertLeaderChanged(keyed);
        assertThat(stage.delivery.withdrawn).hasSize(1);
        assertThat(stage.sent()).isEmpty();
    }

    @Test
    void aBarrierIsPassedOnlyByAnEntryThatWasHandedOverAfterIt() {
        var unused = stage.commit(stage.begin(), prepared("a"));
        CompletableFuture<Answer> barrier = stage.barrier();

        stage.applyNext();
        assertThat(barrier).isNotDone();
        stage.applyNext();

        assertThat(barrier).isCompletedWithValue(new Answer.Barrier(stage.log.index, 1));
    }

    @Test
    void whatAFullLaneDidNotTakeIsOfferedAgainFromTheState() {
        stage.delivery.room.put(Stage.ENDPOINT, 0);
        CompletableFuture<Answer> answer = stage.commit(stage.begin(), prepared("a"));
        stage.applyAll();
        assertThat(stage.sent()).isEmpty();

        stage.delivery.room.clear();
        stage.delivery.listener().laneFree(Stage.ENDPOINT);
        stage.turn();

        List<Message> sent = stage.sent();
        assertThat(sent).hasOnlyElementsOfType(Message.Commit.class).hasSize(1);
        stage.acknowledge(sent.getFirst());
        assertThat(shown(answer).state()).isEqualTo(Transaction.State.COMMITTED);
    }

    @Test
    void anIdleLeaderWritesAnEmptyEntryToKeepFollowersFresh() {
        Stage beating = new Stage(Stage.LIMITS, IntentLog.PREPARE, Duration.ofMillis(500));
        beating.turn();
        beating.applyAll();
        long before = beating.log.index;

        beating.pass(Duration.ofMillis(499));
        assertThat(beating.log.pending).isEmpty();
        beating.pass(Duration.ofMillis(1));

        assertThat(beating.log.pending).hasSize(1);
        beating.applyAll();
        assertThat(beating.log.index).isEqualTo(before + 1);
    }
}
