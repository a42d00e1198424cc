package io.assent.coordinator.runtime;

import static io.assent.coordinator.runtime.Stage.assertLeaderChanged;
import static io.assent.coordinator.runtime.Stage.member;
import static io.assent.coordinator.runtime.Stage.prepared;
import static io.assent.coordinator.runtime.Stage.shown;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.AbortReason;
import io.assent.protocol.CommitMember;
import io.assent.protocol.Member;
import io.assent.protocol.Outcome;
import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import io.assent.protocol.group.Horizon;
import io.assent.protocol.group.LogRecord;
import io.assent.protocol.group.Mark;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.Reply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a new leader does with what it finds (table 1.3 of the rules). */
class LeaderTakeOverTest {

    private final Stage stage = Stage.founded();

    private TransactionId enrolled() {
        TransactionId id = stage.begin();
        var unused = stage.commit(id, member("a"));
        stage.applyAll();
        return id;
    }

    @Test
    void whatIsCommittedIsToldAgainAtOnce() {
        var unused = stage.commit(stage.begin(), prepared("a"));
        stage.applyAll();

        stage.lead(2);

        assertThat(stage.sent())
                .singleElement()
                .isInstanceOfSatisfying(
                        Message.Commit.class,
                        commit -> assertThat(commit.term()).isEqualTo(2));
    }

    /** A commit that this leader tells again, while the log has ended and forgotten it by records of the earlier one. */
    private Message forgottenCommit() {
        TransactionId id = stage.begin();
        var unused = stage.commit(id, prepared("a"));
        stage.applyAll();
        stage.lead(2);
        Message commit = stage.sent().getFirst();
        stage.applyElsewhere(new LogRecord.Acknowledged(id, List.of("a")));
        stage.applyElsewhere(new LogRecord.Forgotten(Horizon.of(id), new Mark(1, Horizon.of(id))));
        return commit;
    }

    @Test
    void theFirstTransactionOfALeaderIsAboveEveryHorizon() {
        var unused = stage.abort(stage.begin());
        stage.pass(Duration.ofHours(1));
        stage.applyAll();
        stage.lead(2);
        for (int i = 0; i < 4; i++) {
            stage.pass(Duration.ofHours(1));
            stage.applyAll();
        }
        assertThat(stage.log.state.horizon().term())
                .as("the old one is forgotten")
                .isEqualTo(1);

        TransactionId first = stage.begin();

        assertThat(stage.log.state.horizon().covers(first)).isFalse();
    }

    @Test
    void l7WhatTheLogHasForgottenIsToldNoMoreWhenItsParticipantSaysExpired() {
        Message commit = forgottenCommit();
        assertThat(stage.leader.table().size()).isEqualTo(1);

        stage.reply(commit, new Reply.Expired(commit.transaction(), commit.branch()));

        assertThat(stage.leader.table().size()).isZero();
        assertThat(stage.delivery.takenBack).containsExactly(commit);
        assertThat(stage.ended).last().extracting(Transaction::outcome).isEqualTo(Outcome.COMMITTED);
    }

    @Test
    void l7WhatTheLogHasForgottenIsToldNoMoreThoughItsParticipantSaysNothing() {
        Message commit = forgottenCommit();

        stage.pass(Duration.ofMinutes(1));

        assertThat(stage.leader.table().size()).isZero();
        assertThat(stage.delivery.takenBack).containsExactly(commit);
    }

    @Test
    void l7WhatTheLogHasNotEndedIsOwedWhateverItsParticipantSays() {
        TransactionId id = stage.begin();
        var unused = stage.commit(id, prepared("a"));
        stage.applyAll();
        Message commit = stage.sent().getFirst();

        stage.reply(commit, new Reply.Expired(id, "a"));
        stage.pass(Duration.ofMinutes(1));

        assertThat(stage.leader.table().get(id)).isNotNull();
        assertThat(stage.delivery.takenBack).isEmpty();
        assertThat(stage.leader.table().entries())
                .singleElement()
                .extracting(entry -> entry.show().branches().getFirst().lastError())
                .asString()
                .contains("EXPIRED");
    }

    @Test
    void whatIsEnrolledIsAskedAgainOnlyWhenTheClaimIsApplied() {
        TransactionId id = enrolled();

        stage.lead(2);
        assertThat(stage.log.handedOver).last().isEqualTo(new LogRecord.Adopted(id));
        assertThat(stage.sent()).isEmpty();
        stage.applyAll();

        Message prepare = stage.sent().getFirst();
        assertThat(prepare).isInstanceOf(Message.Prepare.class);
        stage.vote(prepare, Vote.YES);
        stage.applyAll();
        assertThat(stage.sent()).hasOnlyElementsOfType(Message.Commit.class).hasSize(1);
    }

    @Test
    void whatIsEnrolledAndPastItsDeadlineAborts() {
        TransactionId id = enrolled();
        stage.pass(Duration.ofSeconds(29));
        stage.lead(2);
        stage.pass(Duration.ofSeconds(1));

        stage.applyAll();

        assertThat(stage.log.handedOver).contains(new LogRecord.Aborted(id));
        assertThat(shown(stage.abort(id)).outcome()).isEqualTo(Outcome.ABORTED);
    }

    @Test
    void whatIsEnrolledByAClockThatWasAheadHasItsTimeoutOnceMoreAndNoLonger() {
        TransactionId id = enrolled();
        stage.pass(Duration.ofMinutes(-10));
        stage.lead(2);
        stage.applyAll();
        stage.pass(Duration.ofSeconds(29));
        assertThat(stage.log.handedOver).doesNotContain(new LogRecord.Aborted(id));

        stage.pass(Duration.ofSeconds(1));

        assertThat(stage.log.handedOver).contains(new LogRecord.Aborted(id));
    }

    @Test
    void aRequestForWhatIsBeingAdoptedWaitsForTheClaim() {
        TransactionId id = enrolled();
        stage.lead(2);

        CompletableFuture<Answer> commit = stage.commit(id, member("a"));
        assertThat(commit).isNotDone();
        stage.applyAll();
        stage.vote(stage.sent().getFirst(), Vote.YES);
        stage.applyAll();
        stage.acknowledge(stage.sent().getFirst());

        assertThat(shown(commit).outcome()).isEqualTo(Outcome.COMMITTED);
    }

    @Test
    void whatWasOnlyInTheOldLeadersMemoryIsAborted() {
        TransactionId id = stage.begin();

        stage.lead(2);

        Transaction transaction = shown(stage.commit(id, prepared("a")));
        assertThat(transaction.outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(transaction.reason()).extracting(AbortReason::code).isEqualTo(AbortReason.Code.COORDINATOR_LOST);
    }

    @Test
    void theOnlyMemberOfAOnePhaseCommitIsAskedAndFenced() {
        TransactionId id = stage.begin();
        var unused = stage.commit(
                id, new CommitMember("a", Stage.ENDPOINT, null, Member.DEFAULT_PROTOCOLS, true, null, null, null));
        stage.applyAll();
        assertThat(stage.sent())
                .hasOnlyElementsOfType(Message.CommitOnePhase.class)
                .hasSize(1);

        stage.lead(2);

        assertThat(stage.sent())
                .singleElement()
                .isInstanceOfSatisfying(
                        Message.Inquire.class,
                        inquire -> assertThat(inquire.fence()).isTrue());
    }

    @Test
    void g5AnOwnerOfALaterTermDeposesTheWholeTable() {
        TransactionId id = enrolled();
        CompletableFuture<Answer> commit = stage.commit(id, member("a"));
        List<Message> prepares = stage.sent();
        // Another leader's claim comes first in the log.
        stage.log.state.apply(new LogRecord.Adopted(id), 2);

        stage.vote(prepares.getFirst(), Vote.YES);
        stage.applyAll();

        assertThat(stage.isDeposed()).isTrue();
        assertThat(stage.sent()).isEmpty();
        assertThat(commit).as("nothing is said about it").isNotDone();
        stage.leader.retire();
        assertLeaderChanged(commit);
    }

    @Test
    void muchIsTakenOverInTurnsSoThatOthersAreServedBetween() {
        Stage large = Stage.founded(new RuntimeLimits(1_000, 10_000, 100, 10, 100, 100, Duration.ofHours(1)));
        List<TransactionId> ids = IntStream.range(0, 300)
                .mapToObj(i -> {
                    TransactionId id = large.begin();
                    var unused = large.commit(id, prepared("a"));
                    return id;
                })
                .toList();
        large.applyAll();

        large.lead(2);

        assertThat(large.sent()).hasSizeLessThan(ids.size());
        assertThat(large.leader.millisToNextWork()).isZero();
        large.turn();
        assertThat(large.leader.table().size()).isEqualTo(ids.size());
    }
}
