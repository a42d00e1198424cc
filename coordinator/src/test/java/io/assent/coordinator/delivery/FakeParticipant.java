package io.assent.coordinator.delivery;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.assent.protocol.Vote;
import io.assent.protocol.message.BranchState;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.MessageBatch;
import io.assent.protocol.message.MessageForm;
import io.assent.protocol.message.Reply;
import io.assent.protocol.message.ReplyBatch;
import io.assent.protocol.message.ReplyForm;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/** A participant that speaks the protocol over real HTTP on loopback, and misbehaves when told to. */
final class FakeParticipant implements AutoCloseable {

    private static final String PATH = "/assent/v1/branches";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final WireMockServer server;
    private final List<MessageBatch> worked = new CopyOnWriteArrayList<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger mostUnderWay = new AtomicInteger();
    private volatile Function<Message, Optional<Reply>> behaviour = FakeParticipant::obedient;
    private volatile boolean backwards;
    private volatile CountDownLatch open = new CountDownLatch(0);

    FakeParticipant() {
        this(0);
    }

    /** A participant on this port; 0 is any free one. */
    FakeParticipant(int port) {
        this(options().port(port));
    }

    /** A participant with these options; one with an https port is called there. */
    FakeParticipant(WireMockConfiguration options) {
        server = new WireMockServer(
                options.bindAddress("127.0.0.1").containerThreads(40).extensions(new Working()));
        server.start();
        server.stubFor(post(PATH).atPriority(9).willReturn(aResponse().withTransformers("working")));
    }

    /** Works on messages as the protocol demands. */
    static Optional<Reply> obedient(Message message) {
        return Optional.of(
                switch (message) {
                    case Message.Prepare m -> new Reply.Voted(m.transaction(), m.branch(), Vote.YES, null);
                    case Message.Inquire m ->
                        new Reply.StateReported(m.transaction(), m.branch(), BranchState.PREPARED, List.of());
                    default -> new Reply.Acknowledged(message.transaction(), message.branch());
                });
    }

    String endpoint() {
        return server.baseUrl().replace("localhost", "127.0.0.1") + PATH;
    }

    int port() {
        return server.port();
    }

    WireMockServer server() {
        return server;
    }

    /** Answers each message so from now on; nothing means that it gets no reply. */
    void answers(Function<Message, Optional<Reply>> newBehaviour) {
        behaviour = newBehaviour;
    }

    /** Puts replies in the opposite order of the messages from now on. */
    void answersBackwards() {
        backwards = true;
    }

    /** Answers every request so from now on. */
    void always(ResponseDefinitionBuilder response) {
        server.stubFor(post(PATH).atPriority(1).willReturn(response));
    }

    /** Answers the next request so, and works on the later ones. */
    void once(ResponseDefinitionBuilder response) {
        server.stubFor(post(PATH)
                .atPriority(1)
                .inScenario("once")
                .whenScenarioStateIs(Scenario.STARTED)
                .willReturn(response)
                .willSetStateTo("over"));
    }

    /** Takes back what {@link #always} said. */
    void recovers() {
        server.resetMappings();
        server.stubFor(post(PATH).atPriority(9).willReturn(aResponse().withTransformers("working")));
    }

    /** Lets requests wait, from now until {@link #letGo}. */
    void hold() {
        open = new CountDownLatch(1);
    }

    void letGo() {
        open.countDown();
    }

    /** The requests that were worked on, or wait to be. */
    List<MessageBatch> worked() {
        return worked;
    }

    /** The sizes of these requests. */
    List<Integer> sizes() {
        return worked.stream().map(batch -> batch.messages().size()).toList();
    }

    /** All messages of these requests. */
    List<MessageForm> messages() {
        return worked.stream().flatMap(batch -> batch.messages().stream()).toList();
    }

    /** Every request that arrived, whatever became of it. */
    List<LoggedRequest> arrived() {
        return server.findAll(postRequestedFor(anyUrl()));
    }

    /** How many requests were in work at once, at most. */
    int mostUnderWay() {
        return mostUnderWay.get();
    }

    @Override
    public void close() {
        letGo();
        server.stop();
    }

    private final class Working implements ResponseDefinitionTransformerV2 {
        @Override
        public String getName() {
            return "working";
        }

        @Override
        public boolean applyGlobally() {
            return false;
        }

        @Override
        public ResponseDefinition transform(ServeEvent event) {
            MessageBatch batch = JSON.readValue(event.getRequest().getBody(), MessageBatch.class);
            mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            try {
                worked.add(batch);
                if (!open.await(60, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("Nobody let the request go");
                }
                List<ReplyForm> replies = new ArrayList<>(batch.messages().stream()
                        .flatMap(form -> form.toMessage(0).stream())
                        .flatMap(message -> behaviour.apply(message).stream())
                        .map(ReplyForm::of)
                        .toList());
                if (backwards) {
                    Collections.reverse(replies);
                }
                return aResponse()
                        .withHeader("Content-Type", "application/json")
                        .withBody(JSON.writeValueAsBytes(new ReplyBatch(replies)))
                        .build();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            } finally {
                underWay.decrementAndGet();
            }
        }
    }
}
