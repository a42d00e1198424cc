package io.assent.coordinator.delivery;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static io.assent.coordinator.delivery.Station.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.message.Message;
import io.assent.protocol.message.MessageForm;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where messages of the second phase go when the instance that was enlisted is gone (rule P9). */
class FallbackTest {

    private final FakeParticipant fallback = new FakeParticipant();
    private final Recorder listener = new Recorder();
    private final Station station = new Station("retry-max-delay", "500ms");
    private final int port = FailureTest.freePort();
    private final String gone = "http://127.0.0.1:" + port + "/assent/v1/branches";

    @AfterEach
    void stop() {
        station.close();
        fallback.close();
    }

    private void offer(Message message) {
        station.lanes.offer(gone, List.of(Mail.to(gone, fallback.endpoint(), message)), listener);
    }

    private Message prepare(int number) {
        return Mail.prepare(number, station.clock.millis() + 600_000);
    }

    @Test
    void afterThreeRefusedConnectionsTheSecondPhaseGoesToTheFallback() {
        offer(prepare(1));
        offer(Mail.commit(2));
        offer(Mail.abort(3));
        offer(Mail.inquire(4));
        offer(Mail.preCommit(5));

        await().until(() -> listener.replies.size() == 4);
        assertThat(fallback.messages())
                .extracting(MessageForm::type)
                .containsExactlyInAnyOrder("COMMIT", "ABORT", "INQUIRE", "PRE_COMMIT");
        assertThat(listener.failed)
                .filteredOn(Mail.commit(2)::equals)
                .as("tries at the endpoint")
                .hasSizeGreaterThanOrEqualTo(3);
        assertThat(listener.repliedTo).noneMatch(Message.Prepare.class::isInstance);
    }

    @Test
    void anEndpointThatIsBackGetsItsMessagesAgain() {
        offer(Mail.commit(1));
        await().until(() -> listener.replies.size() == 1);
        assertThat(fallback.worked()).hasSize(1);

        try (FakeParticipant back = new FakeParticipant(port)) {
            offer(prepare(2));
            await().until(() -> listener.repliedTo.contains(prepareOf(listener)));
            offer(Mail.commit(3));
            await().until(() -> listener.replies.size() == 3);
            assertThat(back.messages()).extracting(MessageForm::type).contains("PREPARE", "COMMIT");
            assertThat(fallback.worked()).hasSize(1);
        }
    }

    private static Message prepareOf(Recorder listener) {
        return listener.repliedTo.stream()
                .filter(Message.Prepare.class::isInstance)
                .findFirst()
                .orElse(Mail.abort(0));
    }

    @Test
    void aFallbackThatFailsToo() {
        fallback.always(aResponse().withStatus(503));
        offer(Mail.commit(1));
        await().until(() -> listener.errors.stream().anyMatch(error -> error.contains("503")));

        try (FakeParticipant back = new FakeParticipant(port)) {
            await().until(() -> listener.replies.size() == 1);
            assertThat(back.sizes()).containsExactly(1);
        }
    }

    @Test
    void aFallbackThatMustNotBeCalledIsNotCalled() {
        station.forbidden.add(fallback.endpoint());
        offer(Mail.commit(1));
        await().until(() -> listener.errors.contains("The endpoint must not be called."));

        try (FakeParticipant back = new FakeParticipant(port)) {
            await().until(() -> listener.replies.size() == 1);
            assertThat(back.sizes()).containsExactly(1);
        }
        assertThat(fallback.arrived()).isEmpty();
    }

    @Test
    void lanesThatShareAFallbackShareItsPermits() {
        fallback.hold();
        String otherGone = "http://127.0.0.1:" + FailureTest.freePort() + "/assent/v1/branches";
        for (int i = 1; i <= 20; i++) {
            int number = i;
            offer(Mail.commit(number));
            station.lanes.offer(
                    otherGone, List.of(Mail.to(otherGone, fallback.endpoint(), Mail.commit(1_000 + number))), listener);
        }
        // A request takes along what waits, so that only what is offered later makes another one.
        AtomicInteger last = new AtomicInteger(20);
        await().until(() -> {
            offer(Mail.commit(last.incrementAndGet()));
            return fallback.worked().size() == 4;
        });
        fallback.letGo();

        await().until(() -> listener.replies.size() == last.get() + 20);
        assertThat(fallback.mostUnderWay()).isLessThanOrEqualTo(4);
    }

    @Test
    void anEndpointThatAnswersWithErrorsIsNotReplaced() {
        try (FakeParticipant broken = new FakeParticipant(port)) {
            broken.always(aResponse().withStatus(500));
            offer(Mail.commit(1));
            await().until(() -> listener.errors.size() >= 5);
            assertThat(fallback.arrived()).isEmpty();
        }
    }
}
