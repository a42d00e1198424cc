package io.assent.coordinator.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.assent.coordinator.delivery.Backlog.Pending;
import io.assent.protocol.message.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

class BacklogTest {

    private static final String ENDPOINT = "http://127.0.0.1:1/";
    private static final String FALLBACK = "http://127.0.0.1:2/";
    private static final long MUCH = 1_000_000;

    private final Recorder listener = new Recorder();
    private final Backlog backlog = new Backlog(Station.settings("lane-capacity", "10"));

    private boolean offer(Message message, long now) {
        return backlog.offer(Mail.to(ENDPOINT, FALLBACK, message), listener, now);
    }

    private List<Pending> takeAll(long now) {
        return backlog.take(256, MUCH, pending -> true, now);
    }

    private static List<Message> messages(List<Pending> load) {
        return load.stream().map(Pending::message).toList();
    }

    @Test
    void firstComeFirstServed() {
        for (int i = 1; i <= 5; i++) {
            assertThat(offer(Mail.commit(i), 0)).isTrue();
        }
        assertThat(messages(backlog.take(2, MUCH, pending -> true, 0))).containsExactly(Mail.commit(1), Mail.commit(2));
        assertThat(messages(takeAll(0))).containsExactly(Mail.commit(3), Mail.commit(4), Mail.commit(5));
        assertThat(backlog.waiting()).isZero();
        assertThat(backlog.isEmpty()).as("all are under way").isFalse();
    }

    @Test
    void oneMessageGoesHoweverLongItIs() {
        offer(Mail.commit(1), 0);
        offer(Mail.commit(2), 0);
        assertThat(backlog.take(256, 1, pending -> true, 0)).hasSize(1);
    }

    @Test
    void unansweredMessagesRestTwiceAsLongEachTimeUpToASecond() {
        offer(Mail.commit(1), 0);
        long now = 0;
        for (long rest : List.of(20, 40, 80, 160, 320, 640, 1_000, 1_000)) {
            Pending pending = takeAll(now).get(0);
            backlog.unanswered(pending, now);
            assertThat(backlog.isReady()).isFalse();
            assertThat(backlog.waiting()).isEqualTo(1);
            assertThat(backlog.nextAwakening()).isEqualTo(now + rest);
            backlog.awaken(now + rest - 1);
            assertThat(backlog.isReady()).isFalse();
            now += rest;
            backlog.awaken(now);
            assertThat(backlog.isReady()).isTrue();
        }
        assertThat(backlog.nextAwakening()).isNull();
    }

    @Test
    void aRestingMessageIsReplacedByANewerOneThatGoesAtOnce() {
        offer(Mail.prepare(1, 1_000), 0);
        backlog.unanswered(takeAll(0).get(0), 0);
        assertThat(backlog.hasPrepare()).isTrue();

        offer(Mail.abort(1), 1);
        assertThat(backlog.hasPrepare()).isFalse();
        assertThat(messages(takeAll(1))).containsExactly(Mail.abort(1));
        backlog.awaken(MUCH);
        assertThat(backlog.isReady()).isFalse();
    }

    @Test
    void whatWasReplacedUnderWayDoesNotComeBack() {
        offer(Mail.prepare(1, 1_000), 0);
        Pending old = takeAll(0).get(0);
        offer(Mail.abort(1), 0);
        backlog.undelivered(old);
        backlog.unanswered(old, 0);
        backlog.answered(old);

        assertThat(messages(takeAll(MUCH))).containsExactly(Mail.abort(1));
    }

    @Test
    void theSameMessageChangesNothingWhereverItIs() {
        offer(Mail.commit(1), 0);
        assertThat(offer(Mail.commit(1), 0)).isTrue();
        assertThat(backlog.waiting()).isEqualTo(1);
        Pending pending = takeAll(0).get(0);
        assertThat(offer(Mail.commit(1), 0)).isTrue();
        assertThat(backlog.waiting()).isZero();
        backlog.unanswered(pending, 0);
        assertThat(offer(Mail.commit(1), 0)).isTrue();
        assertThat(backlog.nextAwakening()).isEqualTo(20L);
    }

    @Test
    void theSameMessageOfAnotherTermIsANewOne() {
        offer(Mail.abort(1), 0);
        offer(new Message.Abort(Mail.id(1), Mail.PARTICIPANT, 2), 0);
        assertThat(takeAll(0))
                .singleElement()
                .extracting(p -> p.message().term())
                .isEqualTo(2L);
    }

    @Test
    void aPrepareIsDroppedFromItsDeadlineOn() {
        offer(Mail.prepare(1, 100), 0);
        offer(Mail.prepare(2, 101), 0);
        assertThat(messages(takeAll(100))).containsExactly(Mail.prepare(2, 101));
        assertThat(backlog.hasPrepare()).isFalse();
        assertThat(backlog.waiting()).isZero();
    }

    @Test
    void anAbortIsGivenUpAfterHalfAMinuteOfTrying() {
        offer(Mail.abort(1), 0);
        offer(Mail.commit(2), 0);
        assertThat(messages(takeAll(40_000))).as("the first try comes late").contains(Mail.abort(1));

        offer(Mail.abort(3), 50_000);
        Pending tried = takeAll(50_000).get(0);
        backlog.undelivered(tried);
        assertThat(messages(backlog.take(256, MUCH, p -> true, 79_999))).containsExactly(Mail.abort(3));
        backlog.undelivered(tried);
        assertThat(takeAll(80_000)).isEmpty();
    }

    @Test
    void whatIsOwedNoMoreIsGoneWhereverItIs() {
        offer(Mail.commit(1), 0);
        offer(Mail.commit(2), 0);
        backlog.withdraw(branchOf(Mail.commit(1)), listener);
        List<Pending> load = takeAll(0);
        assertThat(messages(load)).containsExactly(Mail.commit(2));

        backlog.withdraw(branchOf(Mail.commit(2)), listener);
        backlog.unanswered(load.get(0), 0);
        assertThat(backlog.isEmpty()).isTrue();

        offer(Mail.commit(3), 0);
        backlog.unanswered(takeAll(0).get(0), 0);
        backlog.withdraw(branchOf(Mail.commit(3)), new Recorder());
        assertThat(backlog.waiting()).as("another one's").isEqualTo(1);
        backlog.withdraw(branchOf(Mail.commit(3)), listener);
        assertThat(backlog.waiting()).isZero();
    }

    private static Backlog.Branch branchOf(Message message) {
        return new Backlog.Branch(message.transaction(), message.branch());
    }

    @Test
    void aCommitIsNeverGivenUp() {
        offer(Mail.commit(1), 0);
        for (long now = 0; now < MUCH; now += 10_000) {
            Pending pending = takeAll(now).get(0);
            backlog.undelivered(pending);
        }
        assertThat(backlog.waiting()).isEqualTo(1);
    }

    @Test
    void onlyTheSecondPhaseMayGoElsewhere() {
        offer(Mail.prepare(1, 1_000), 0);
        offer(new Message.CommitOnePhase(Mail.id(2), Mail.PARTICIPANT, 1, null, null), 0);
        offer(Mail.commit(3), 0);
        offer(Mail.abort(4), 0);
        offer(Mail.inquire(5), 0);
        assertThat(messages(backlog.take(256, MUCH, p -> FALLBACK.equals(p.fallback()), 0)))
                .containsExactly(Mail.commit(3), Mail.abort(4), Mail.inquire(5));
        assertThat(backlog.waiting()).isEqualTo(2);
    }

    @Test
    void whatIsUnderWayNeedsNoRoomAndComesBackWithoutAsking() {
        for (int i = 0; i < 10; i++) {
            assertThat(offer(Mail.commit(i), 0)).isTrue();
        }
        assertThat(offer(Mail.commit(10), 0)).isFalse();
        List<Pending> load = takeAll(0);
        for (int i = 10; i < 20; i++) {
            assertThat(offer(Mail.commit(i), 0)).isTrue();
        }
        load.forEach(backlog::undelivered);
        assertThat(backlog.waiting()).isEqualTo(20);
        assertThat(backlog.isHalfEmpty()).isFalse();
        assertThat(offer(Mail.abort(3), 0)).as("takes the place of another").isTrue();
    }

    @Test
    void withdrawingTakesAwayWhatWaitsRestsAndFlies() {
        Recorder other = new Recorder();
        offer(Mail.commit(1), 0);
        Pending flying = takeAll(0).get(0);
        offer(Mail.commit(2), 0);
        backlog.unanswered(takeAll(0).get(0), 0);
        offer(Mail.prepare(3, 1_000), 0);
        backlog.offer(Mail.to(ENDPOINT, Mail.commit(4)), other, 0);

        backlog.withdraw(listener);
        assertThat(flying.isWithdrawn()).isTrue();
        backlog.undelivered(flying);
        backlog.awaken(MUCH);
        assertThat(backlog.hasPrepare()).isFalse();
        assertThat(messages(takeAll(0))).containsExactly(Mail.commit(4));
    }
}
