package io.assent.coordinator.delivery;

import static io.assent.coordinator.delivery.Station.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.coordinator.runtime.Delivery;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.MessageForm;
import io.assent.protocol.message.Reply;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The bounds of delivery: of messages in a lane, and of lanes; and what is withdrawn. */
class CapacityTest {

    private final FakeParticipant participant = new FakeParticipant();
    private final String endpoint = participant.endpoint();
    private final Recorder listener = new Recorder();
    private Station station = new Station();

    @AfterEach
    void stop() {
        station.close();
        participant.close();
    }

    private void use(String... settings) {
        station.close();
        station = new Station(settings);
    }

    /** Takes all permits of the endpoint, with the transactions from 1,000,001 on, so that what follows waits. */
    private void block() {
        participant.hold();
        block(1);
    }

    private void block(int first) {
        for (int i = first; i <= 4; i++) {
            station.offer(endpoint, Mail.commit(1_000_000 + i), listener);
            int requests = i;
            await().until(() -> participant.worked().size() == requests);
        }
    }

    private int offer(int first, int count) {
        return station.lanes.offer(endpoint, Mail.many(endpoint, first, count, Mail::commit), listener);
    }

    @Test
    void aFullLaneRefusesAndTellsOnceWhenItIsHalfEmpty() {
        block();
        assertThat(offer(1, 1_000)).isEqualTo(1_000);
        assertThat(offer(1_001, 1_000)).as("the first ones that fit").isEqualTo(24);
        assertThat(offer(3_001, 1)).isZero();
        assertThat(station.lanes.messagesWaiting()).isEqualTo(Delivery.LANE_CAPACITY);
        assertThat(queueGauge(station.meters)).isEqualTo(Delivery.LANE_CAPACITY);
        assertThat(listener.free).isEmpty();

        participant.letGo();
        await().until(() -> listener.replies.size() == 4 + Delivery.LANE_CAPACITY);
        assertThat(listener.free).containsExactly(endpoint);
    }

    private static double queueGauge(MeterRegistry meters) {
        return meters.get("assent.delivery.queue").gauge().value();
    }

    @Test
    void aFullLaneStillReplacesOlderMessages() {
        use("lane-capacity", "4");
        block();
        offer(1, 4);

        assertThat(station.offer(endpoint, Mail.abort(2), listener)).isEqualTo(1);
        participant.letGo();
        await().until(() -> listener.replies.size() == 8);
        assertThat(participant.messages())
                .filteredOn(form -> Mail.id(2).toString().equals(form.transaction()))
                .extracting(MessageForm::type)
                .containsExactly("ABORT");
        assertThat(listener.free).isEmpty();
    }

    @Test
    void whoOffersAgainWhenToldBringsEverythingAcross() {
        use("lane-capacity", "64");
        int count = 5_000;
        Offering offering = new Offering(0, count);
        offering.laneFree(endpoint);

        await().until(() -> offering.recorder.replies.size() == count);
        assertThat(participant.messages())
                .extracting(MessageForm::transaction)
                .hasSize(count)
                .doesNotHaveDuplicates();
    }

    @Test
    void manyGroupsShareALaneAndLoseNothing() {
        use("lane-capacity", "64");
        List<Offering> groups = IntStream.range(0, 4)
                .mapToObj(group -> new Offering(group * 2_000, group * 2_000 + 2_000))
                .toList();
        groups.forEach(group -> Thread.ofPlatform().daemon().start(() -> group.laneFree(endpoint)));

        await().until(() -> groups.stream().allMatch(group -> group.recorder.replies.size() == 2_000));
        assertThat(participant.messages()).hasSize(4 * 2_000);
        assertThat(participant.mostUnderWay()).isLessThanOrEqualTo(4);
        assertThat(station.lanes.messagesWaiting()).isZero();
    }

    /** A runtime in small: offers a few at a time until it is refused, and goes on when it is told. */
    private final class Offering implements Delivery.Listener {
        private final Recorder recorder = new Recorder();
        private final int end;
        private int next;

        Offering(int first, int end) {
            next = first;
            this.end = end;
        }

        @Override
        public void replied(Message message, Reply reply) {
            recorder.replied(message, reply);
        }

        @Override
        public void failed(Message message, String error) {
            recorder.failed(message, error);
        }

        @Override
        public synchronized void laneFree(String free) {
            boolean room = true;
            while (room && next < end) {
                int some = Math.min(7, end - next);
                int taken = station.lanes.offer(free, Mail.many(free, next, some, Mail::commit), this);
                next += taken;
                room = taken == some;
            }
        }
    }

    @Test
    void withdrawnMessagesAreNotSentAndTheirRepliesNotTold() {
        Recorder replaced = new Recorder();
        participant.hold();
        station.offer(endpoint, Mail.commit(1), replaced);
        await().until(() -> participant.worked().size() == 1);
        block(2);
        station.lanes.offer(endpoint, Mail.many(endpoint, 2, 10, Mail::commit), replaced);
        offer(100, 5);

        station.lanes.withdraw(replaced);
        assertThat(station.lanes.messagesWaiting()).isEqualTo(5);
        participant.letGo();

        await().until(() -> listener.replies.size() == 3 + 5);
        assertThat(replaced.replies).isEmpty();
        assertThat(replaced.failed).isEmpty();
        assertThat(participant.messages())
                .extracting(MessageForm::transaction)
                .doesNotContain(Mail.id(2).toString(), Mail.id(11).toString());
    }

    @Test
    void withdrawingMakesRoomForOthersAndEndsTheWaitOfItsListener() {
        use("lane-capacity", "8");
        block();
        Recorder replaced = new Recorder();
        station.lanes.offer(endpoint, Mail.many(endpoint, 1, 20, Mail::commit), replaced);
        assertThat(offer(100, 1)).isZero();

        station.lanes.withdraw(replaced);
        await().until(() -> listener.free.size() == 1);
        assertThat(offer(100, 1)).isEqualTo(1);
        participant.letGo();
        await().until(() -> listener.replies.size() == 5);
        assertThat(replaced.free).isEmpty();
    }

    @Test
    void aNewTableMayOfferWhatTheOldOneHadUnderWay() {
        Recorder replaced = new Recorder();
        participant.hold();
        station.offer(endpoint, Mail.commit(1), replaced);
        await().until(() -> participant.worked().size() == 1);
        station.lanes.withdraw(replaced);
        station.offer(endpoint, Mail.commit(1), listener);
        await().until(() -> participant.worked().size() == 2);
        participant.letGo();

        await().until(() -> listener.replies.size() == 1);
        assertThat(replaced.replies).isEmpty();
    }

    @Test
    void aLaneThatRestsIsGivenUpWithItsMetrics() {
        use("lane-idle", "1s");
        station.offer(endpoint, Mail.commit(1), listener);
        await().until(() -> listener.replies.size() == 1);
        assertThat(station.breakers.find(endpoint)).isPresent();
        assertThat(station.bulkheads.find(endpoint)).isPresent();

        await().until(() -> station.lanes.size() == 0);
        assertThat(station.breakers.find(endpoint)).isEmpty();
        assertThat(station.bulkheads.find(endpoint)).isEmpty();

        station.offer(endpoint, Mail.commit(2), listener);
        await().until(() -> listener.replies.size() == 2);
    }

    @Test
    void anEndpointTooManyTakesThePlaceOfALaneWithoutMessages() {
        use("lanes", "1");
        station.offer(endpoint, Mail.commit(1), listener);
        await().until(() -> listener.replies.size() == 1);
        try (FakeParticipant other = new FakeParticipant()) {
            await().until(() -> station.offer(other.endpoint(), Mail.commit(2), listener) == 1
                    || listener.free.contains(other.endpoint()));
            await().until(() -> station.offer(other.endpoint(), Mail.commit(2), listener) == 1);
            await().until(() -> listener.repliedTo.contains(Mail.commit(2)));
        }
        assertThat(station.lanes.size()).isEqualTo(1);
    }

    @Test
    void anEndpointTooManyWaitsForALaneAndIsTold() {
        use("lanes", "1");
        participant.hold();
        station.offer(endpoint, Mail.commit(1), listener);
        await().until(() -> participant.worked().size() == 1);
        try (FakeParticipant other = new FakeParticipant()) {
            assertThat(station.offer(other.endpoint(), Mail.commit(2), listener))
                    .isZero();
            assertThat(listener.free).isEmpty();
            participant.letGo();

            await().until(() -> listener.free.contains(other.endpoint()));
            assertThat(station.offer(other.endpoint(), Mail.commit(2), listener))
                    .isEqualTo(1);
            await().until(() -> listener.replies.size() == 2);
            assertThat(listener.free).containsExactly(other.endpoint());
        }
    }

    @Test
    void abortsForNobodyDoNotKeepLanesFromDecisions() {
        use("lanes", "2", "retry-delay", "10s");
        for (int i = 0; i < 2; i++) {
            String dead = "http://127.0.0.1:" + FailureTest.freePort() + "/" + i;
            int number = i;
            assertThat(station.offer(dead, Mail.abort(number), listener)).isEqualTo(1);
            await().until(() -> listener.failed.contains(Mail.abort(number)));
        }

        await().until(() -> station.offer(endpoint, Mail.commit(7), listener) == 1);
        await().until(() -> listener.repliedTo.contains(Mail.commit(7)));
    }

    @Test
    void afterTheEndNothingIsTaken() {
        station.offer(endpoint, Mail.commit(1), listener);
        await().until(() -> listener.replies.size() == 1);
        station.lanes.close();

        assertThat(offer(2, 1)).isZero();
        assertThat(participant.sizes()).containsExactly(1);
    }
}
