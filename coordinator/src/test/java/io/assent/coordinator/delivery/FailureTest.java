package io.assent.coordinator.delivery;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.serverError;
import static io.assent.coordinator.delivery.Station.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.assent.protocol.message.MessageForm;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What the lanes do when requests fail: nothing is lost, nobody else suffers, and the operator reads why. */
class FailureTest {

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

    /** The message arrives although the first request ends so, and the operator reads this. */
    private void survives(ResponseDefinitionBuilder first, String error, String result) {
        participant.once(first);
        station.offer(participant, Mail.commit(1), listener);

        await().until(() -> listener.replies.size() == 1);
        assertThat(listener.errors).hasSize(1);
        assertThat(listener.errors.get(0)).contains(error);
        assertThat(participant.arrived()).hasSize(2);
        assertThat(requests("ok")).isEqualTo(1);
        assertThat(requests(result)).isEqualTo(1);
    }

    private long requests(String result) {
        return station.meters
                .get("assent.delivery.requests")
                .tag("participant", Mail.PARTICIPANT)
                .tag("result", result)
                .timer()
                .count();
    }

    @Test
    void a503IsRepeated() {
        survives(aResponse().withStatus(503), "503", "busy");
    }

    @Test
    void aServerErrorIsRepeated() {
        survives(serverError(), "500", "rejected");
    }

    @Test
    void aMissingSecretIsNamed() {
        survives(aResponse().withStatus(401), "same secret", "rejected");
    }

    @Test
    void aResetConnectionIsRepeated() {
        survives(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER), "connection broke", "lost");
    }

    @Test
    void anEmptyAnswerIsRepeated() {
        survives(aResponse().withFault(Fault.EMPTY_RESPONSE), "connection broke", "lost");
    }

    @Test
    void anAnswerThatIsNotJsonIsRepeated() {
        survives(aResponse().withBody("<html>Welcome</html>"), "something else than", "malformed");
    }

    @Test
    void anAnswerOverTheLimitIsNotRead() {
        use("answer-size", "2KB");
        String spaces = " ".repeat(2 * 1024);
        survives(okJson("{\"replies\":[]" + spaces + "}"), "more than 2048 bytes", "malformed");
    }

    @Test
    void aRedirectIsNotFollowed() {
        try (FakeParticipant elsewhere = new FakeParticipant()) {
            survives(
                    aResponse().withStatus(307).withHeader("Location", elsewhere.endpoint()),
                    "redirects are not followed",
                    "rejected");
            assertThat(elsewhere.arrived()).isEmpty();
        }
    }

    @Test
    void aRequestWithoutAnswerEnds() {
        use("request-timeout", "300ms");
        survives(aResponse().withFixedDelay(30_000), "No whole answer within 0.3 s", "timeout");
    }

    @Test
    void anAnswerThatStopsInTheMiddleEnds() {
        use("request-timeout", "300ms");
        survives(
                okJson("{\"replies\":[]}").withChunkedDribbleDelay(3, 60_000),
                "No whole answer within 0.3 s",
                "timeout");
    }

    @Test
    void aResetOfAConnectionThatWasUsedBeforeIsRepeated() {
        station.offer(participant, Mail.commit(1), listener);
        await().until(() -> listener.replies.size() == 1);

        participant.once(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
        station.offer(participant, Mail.commit(2), listener);
        await().until(() -> listener.replies.size() == 2);
        assertThat(listener.repliedTo).containsExactly(Mail.commit(1), Mail.commit(2));
    }

    @Test
    void a413SplitsTheBatchAndIsNobodysError() {
        participant.once(aResponse().withStatus(413));
        String endpoint = participant.endpoint();
        station.lanes.offer(endpoint, Mail.many(endpoint, 1, 100, Mail::commit), listener);

        await().until(() -> listener.replies.size() == 100);
        assertThat(participant.sizes()).containsExactlyInAnyOrder(50, 50);
        assertThat(listener.errors).isEmpty();
    }

    @Test
    void aMessageThatAloneIsTooLargeDoesNotHoldUpTheOthers() {
        participant
                .server()
                .stubFor(post(anyUrl())
                        .atPriority(1)
                        .withRequestBody(containing(Mail.id(7).toString()))
                        .willReturn(aResponse().withStatus(413)));
        String endpoint = participant.endpoint();
        station.lanes.offer(endpoint, Mail.many(endpoint, 1, 20, Mail::commit), listener);

        await().until(() -> listener.replies.size() == 19);
        await().until(() -> !listener.failed.isEmpty());
        assertThat(listener.failed).containsOnly(Mail.commit(7));
        assertThat(listener.errors).allMatch(error -> error.contains("even one message"));
    }

    @Test
    void aMessageThatBreaksTheParticipantDoesNotHoldUpTheOthersForEver() {
        use("retry-max-delay", "200ms");
        participant
                .server()
                .stubFor(post(anyUrl())
                        .atPriority(1)
                        .withRequestBody(containing(Mail.id(7).toString()))
                        .willReturn(serverError()));
        String endpoint = participant.endpoint();
        station.lanes.offer(endpoint, Mail.many(endpoint, 1, 20, Mail::commit), listener);

        await().until(() -> listener.replies.size() == 19);
    }

    @Test
    void anEndpointThatMustNotBeCalledIsNotCalled() {
        station.forbidden.add(participant.endpoint());
        station.offer(participant, Mail.commit(1), listener);

        await().until(() -> !listener.errors.isEmpty());
        assertThat(listener.errors.get(0)).isEqualTo("The endpoint must not be called.");
        assertThat(participant.arrived()).isEmpty();

        station.forbidden.clear();
        await().until(() -> listener.replies.size() == 1);
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void theSecretIsSentAndNeverLogged(CapturedOutput output) {
        String secret = "Bearer 0123456789abcdefghijklmnopqrstuvwxyz";
        station.authorization.set(Optional.of(secret));
        participant.always(aResponse().withStatus(401));
        station.offer(participant, Mail.commit(1), listener);
        await().until(() -> listener.errors.size() >= 3);
        participant.recovers();
        await().until(() -> listener.replies.size() == 1);

        assertThat(participant.arrived())
                .isNotEmpty()
                .allMatch(request -> secret.equals(request.getHeader("Authorization")));
        assertThat(output.getAll()).contains("Endpoint cannot be reached").doesNotContain("0123456789abcdef");
        assertThat(listener.errors).noneMatch(error -> error.contains("0123456789abcdef"));
    }

    @Test
    void withoutASecretNoneIsSent() {
        station.offer(participant, Mail.commit(1), listener);
        await().until(() -> listener.replies.size() == 1);
        assertThat(participant.arrived().get(0).containsHeader("Authorization")).isFalse();
    }

    @Test
    void aFailingEndpointIsTriedByOneRequestAtATime() {
        participant.always(aResponse().withStatus(503));
        for (int i = 1; i <= 3; i++) {
            station.offer(participant, Mail.commit(i), listener);
        }
        await().until(() -> listener.failed.contains(Mail.commit(3)));
        participant.recovers();
        participant.hold();
        int before = participant.worked().size();
        await().until(() -> participant.worked().size() > before);
        station.offer(participant, Mail.commit(4), listener);
        participant.letGo();

        await().until(() -> listener.replies.size() == 4);
        assertThat(participant.mostUnderWay()).isEqualTo(1);
    }

    @Test
    void theBreakerOpensAndHalfOpensAndCloses() {
        participant.always(aResponse().withStatus(503));
        // A PREPARE makes the lane try at least once a second.
        station.offer(participant, Mail.prepare(1, station.clock.millis() + 600_000), listener);
        CircuitBreaker breaker = breakerOnceMade();
        await().until(() -> breaker.getState() == CircuitBreaker.State.OPEN);
        await().until(() -> breaker.getState() == CircuitBreaker.State.HALF_OPEN
                || breaker.getMetrics().getNumberOfNotPermittedCalls() > 0);
        participant.recovers();

        await().until(() -> listener.replies.size() == 1);
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    private CircuitBreaker breakerOnceMade() {
        await().until(() -> station.breakers.find(participant.endpoint()).isPresent());
        return station.breakers.find(participant.endpoint()).orElseThrow();
    }

    @Test
    void aRefusedConnectionIsNamedAndMessagesWaitForTheEndpoint() {
        int port = freePort();
        String endpoint = "http://127.0.0.1:" + port + "/assent/v1/branches";
        station.offer(endpoint, Mail.commit(1), listener);
        await().until(() -> listener.errors.size() >= 2);
        assertThat(listener.errors).allMatch(error -> error.equals("The connection was refused."));

        try (FakeParticipant late = new FakeParticipant(port)) {
            await().until(() -> listener.replies.size() == 1);
            assertThat(late.sizes()).containsExactly(1);
        }
    }

    @Test
    void aHostWithoutAddressIsNamed() {
        station.offer("http://no-such-host.invalid:8091/", Mail.commit(1), listener);
        await().until(() -> !listener.errors.isEmpty());
        assertThat(listener.errors.get(0)).isEqualTo("The host name of the endpoint is unknown.");
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anEndpointThatIsNoUrlIsAnErrorAndNothingElse() {
        station.offer("nonsense of somebody", Mail.commit(1), listener);
        await().until(() -> !listener.errors.isEmpty());
        assertThat(listener.errors.get(0)).contains("endpoint");
    }

    @Test
    void aParticipantThatAnswersSlowlyDoesNotSlowAnother() {
        try (FakeParticipant slow = new FakeParticipant()) {
            slow.hold();
            Recorder ofSlow = new Recorder();
            for (int i = 1; i <= 100; i++) {
                station.offer(slow, Mail.commit(i), ofSlow);
            }
            String endpoint = participant.endpoint();
            station.lanes.offer(endpoint, Mail.many(endpoint, 1, 500, Mail::commit), listener);

            await().until(() -> listener.replies.size() == 500);
            assertThat(ofSlow.replies).isEmpty();
            assertThat(participant.messages()).extracting(MessageForm::type).containsOnly("COMMIT");
        }
    }
}
