package io.assent.coordinator.delivery;

import static io.assent.coordinator.delivery.Station.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.MessageForm;
import io.assent.protocol.message.Reply;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the lanes do with participants that answer (api.md section 4, P5). */
class LanesTest {

    private final FakeParticipant participant = new FakeParticipant();
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

    @Test
    void aSingleMessageGoesOutAloneAtOnce() {
        assertThat(station.offer(participant, Mail.commit(1), listener)).isEqualTo(1);

        await().until(() -> listener.replies.size() == 1);
        assertThat(listener.repliedTo).containsExactly(Mail.commit(1));
        assertThat(listener.replies).containsExactly(new Reply.Acknowledged(Mail.id(1), Mail.PARTICIPANT));
        assertThat(participant.sizes()).containsExactly(1);
        assertThat(station.lanes.messagesWaiting()).isZero();
    }

    @Test
    void whatComesWhileAllPermitsAreTakenTravelsInOneRequest() {
        participant.hold();
        for (int i = 1; i <= 4; i++) {
            station.offer(participant, Mail.commit(i), listener);
            int requests = i;
            await().until(() -> participant.worked().size() == requests);
        }
        for (int i = 5; i <= 104; i++) {
            station.offer(participant, Mail.commit(i), listener);
        }
        participant.letGo();

        await().until(() -> listener.replies.size() == 104);
        assertThat(participant.sizes()).startsWith(1, 1, 1, 1);
        assertThat(participant.worked().size()).as("requests").isLessThan(20);
        assertThat(participant.mostUnderWay()).as("requests at once").isEqualTo(4);
    }

    @Test
    void aRequestCarriesAtMost256Messages() {
        List<String> branches = send(1_000);

        assertThat(branches).doesNotHaveDuplicates();
        assertThat(participant.sizes()).allMatch(size -> size <= 256).contains(256);
        assertThat(participant.mostUnderWay()).isLessThanOrEqualTo(4);
    }

    @Test
    void aRequestHasAtMostTheConfiguredSize() {
        use("batch-size", "8KB");

        send(200);

        assertThat(participant.arrived()).allMatch(request -> request.getBody().length <= 8 * 1024);
    }

    private List<String> send(int count) {
        String endpoint = participant.endpoint();
        assertThat(station.lanes.offer(endpoint, Mail.many(endpoint, 1, count, Mail::commit), listener))
                .isEqualTo(count);
        await().until(() -> listener.replies.size() == count);
        return participant.messages().stream().map(MessageForm::transaction).toList();
    }

    @Test
    void repliesAreMatchedInAnyOrder() {
        participant.answersBackwards();
        String endpoint = participant.endpoint();
        station.lanes.offer(endpoint, Mail.many(endpoint, 1, 50, Mail::commit), listener);

        await().until(() -> listener.replies.size() == 50);
        for (int i = 0; i < 50; i++) {
            assertThat(listener.replies.get(i).transaction())
                    .isEqualTo(listener.repliedTo.get(i).transaction());
        }
        assertThat(participant.sizes()).containsExactly(50);
    }

    @Test
    void aMessageWithoutReplyIsSentAgainAloneUntilItIsAnswered() {
        ConcurrentMap<Message, AtomicInteger> seen = new ConcurrentHashMap<>();
        participant.answers(message -> {
            int times = seen.computeIfAbsent(message, m -> new AtomicInteger()).incrementAndGet();
            boolean late = message.transaction().equals(Mail.id(3));
            return late && times < 6 ? Optional.empty() : FakeParticipant.obedient(message);
        });
        String endpoint = participant.endpoint();
        station.lanes.offer(endpoint, Mail.many(endpoint, 1, 5, Mail::commit), listener);

        await().until(() -> listener.replies.size() == 5);
        assertThat(participant.sizes()).containsExactly(5, 1, 1, 1, 1, 1);
        assertThat(listener.repliedTo).last().isEqualTo(Mail.commit(3));
        assertThat(listener.failed).as("told after some patience").contains(Mail.commit(3));
    }

    @Test
    void theSameMessageOfferedAgainIsNotSentTwice() {
        participant.hold();
        station.offer(participant, Mail.commit(1), listener);
        await().until(() -> participant.worked().size() == 1);
        assertThat(station.offer(participant, Mail.commit(1), listener)).isEqualTo(1);
        participant.letGo();

        station.offer(participant, Mail.commit(2), listener);
        await().until(() -> listener.replies.size() == 2);
        assertThat(participant.messages())
                .extracting(MessageForm::transaction)
                .containsExactlyInAnyOrder(Mail.id(1).toString(), Mail.id(2).toString());
    }

    @Test
    void repliesThatComeTwiceOrToNothingAreHarmless() {
        participant.once(WireMock.okJson("""
                {"replies":[
                  {"transaction":"%1$s","branch":"bank-a","type":"ACK"},
                  {"transaction":"%1$s","branch":"bank-a","type":"ACK"},
                  {"transaction":"%2$s","branch":"bank-a","type":"ACK"},
                  {"transaction":"no id","branch":"bank-a","type":"ACK"}]}
                """.formatted(Mail.id(1), Mail.id(2))));
        station.offer(participant, Mail.commit(1), listener);

        await().until(() -> !listener.replies.isEmpty());
        station.offer(participant, Mail.commit(3), listener);
        await().until(() -> listener.replies.size() == 2);
        assertThat(listener.repliedTo).containsExactly(Mail.commit(1), Mail.commit(3));
    }

    @Test
    void unknownTypesAndFieldsAreIgnored() {
        participant.once(WireMock.okJson("""
                {"version":2,"replies":[
                  {"transaction":"%1$s","branch":"bank-a","type":"PERHAPS","vote":{"weight":3}},
                  {"transaction":"%2$s","branch":"bank-a","type":"ACK","since":[1,2]}]}
                """.formatted(Mail.id(1), Mail.id(2))));
        String endpoint = participant.endpoint();
        station.lanes.offer(endpoint, Mail.many(endpoint, 1, 2, Mail::commit), listener);

        await().until(() -> listener.replies.size() == 2);
        assertThat(listener.repliedTo).as("the first is sent again").containsExactly(Mail.commit(2), Mail.commit(1));
        assertThat(listener.failed).isEmpty();
    }

    @Test
    void aReplyThatDoesNotAnswerIsToldAndTheMessageStays() {
        AtomicInteger times = new AtomicInteger();
        participant.answers(message -> times.incrementAndGet() == 1
                ? Optional.of(new Reply.Expired(message.transaction(), message.branch()))
                : FakeParticipant.obedient(message));
        station.offer(participant, Mail.commit(1), listener);

        await().until(() -> listener.replies.size() == 2);
        assertThat(listener.replies)
                .containsExactly(
                        new Reply.Expired(Mail.id(1), Mail.PARTICIPANT),
                        new Reply.Acknowledged(Mail.id(1), Mail.PARTICIPANT));
    }

    @Test
    void aNewerMessageOfABranchReplacesTheOlderOne() {
        participant.hold();
        for (int i = 1; i <= 4; i++) {
            station.offer(participant, Mail.commit(i), listener);
            int requests = i;
            await().until(() -> participant.worked().size() == requests);
        }
        station.offer(participant, Mail.prepare(5, station.clock.millis() + 60_000), listener);
        station.offer(participant, Mail.abort(5), listener);
        participant.letGo();

        await().until(() -> listener.replies.size() == 5);
        assertThat(participant.messages())
                .filteredOn(form -> Mail.id(5).toString().equals(form.transaction()))
                .extracting(MessageForm::type)
                .containsExactly("ABORT");
    }

    @Test
    void aMessageThatReplacesOneUnderWayGoesOutBesideIt() {
        participant.hold();
        station.offer(participant, Mail.prepare(1, station.clock.millis() + 60_000), listener);
        await().until(() -> participant.worked().size() == 1);
        station.offer(participant, Mail.abort(1), listener);
        await().until(() -> participant.worked().size() == 2);
        participant.letGo();

        await().until(() -> listener.replies.size() == 2);
        assertThat(listener.repliedTo).hasOnlyElementsOfTypes(Message.Prepare.class, Message.Abort.class);
        assertThat(participant.messages()).hasSize(2);
    }

    @Test
    void aPreparePastItsDeadlineIsNotSent() {
        participant.hold();
        for (int i = 1; i <= 4; i++) {
            station.offer(participant, Mail.commit(i), listener);
            int requests = i;
            await().until(() -> participant.worked().size() == requests);
        }
        long deadline = station.clock.millis() + 50;
        station.offer(participant, Mail.prepare(5, deadline), listener);
        station.offer(participant, Mail.prepare(6, deadline + 60_000), listener);
        await().until(() -> station.clock.millis() >= deadline);
        participant.letGo();

        await().until(() -> listener.replies.size() == 5);
        assertThat(participant.messages())
                .filteredOn(form -> "PREPARE".equals(form.type()))
                .extracting(MessageForm::transaction)
                .containsExactly(Mail.id(6).toString());
        assertThat(station.lanes.messagesWaiting()).isZero();
    }

    @Test
    void horizonsTravelWithTheFirstMessagesAndAgainWhenTheyAreDue() {
        use("horizon-interval", "1s");
        station.horizons.add("0".repeat(40));
        for (int i = 1; i <= 3; i++) {
            station.offer(participant, Mail.commit(i), listener);
            int replies = i;
            await().until(() -> listener.replies.size() == replies);
        }
        assertThat(participant.worked().get(0).horizons()).containsExactly("0".repeat(40));

        AtomicInteger next = new AtomicInteger(3);
        await().until(() -> {
            station.offer(participant, Mail.commit(next.incrementAndGet()), listener);
            return participant.worked().stream()
                            .filter(batch -> batch.horizons() != null)
                            .count()
                    >= 2;
        });
        assertThat(participant.worked()).anyMatch(batch -> batch.horizons() == null);
    }

    @Test
    void theBodyIsWhatTheProtocolSays() {
        station.offer(participant, Mail.abort(1), listener);

        await().until(() -> listener.replies.size() == 1);
        assertThat(participant.arrived().get(0).getBodyAsString())
                .isEqualTo("{\"messages\":[{\"transaction\":\"" + Mail.id(1)
                        + "\",\"branch\":\"bank-a\",\"type\":\"ABORT\",\"protocol\":\"TWO_PHASE\",\"term\":1}]}");
        assertThat(participant.arrived().get(0).getHeader("Content-Type")).isEqualTo("application/json");
    }
}
