package io.assent.participant.web;

import io.assent.participant.branch.Peers;
import io.assent.protocol.Member;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.MessageBatch;
import io.assent.protocol.message.MessageForm;
import io.assent.protocol.message.Reply;
import io.assent.protocol.message.ReplyBatch;
import io.assent.protocol.message.ReplyForm;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Asks peers at their endpoints, each on a virtual thread, a few at once; who is one too many is asked another time. */
public final class PeerClient implements Peers, AutoCloseable {

    private static final int MAX_AT_ONCE = 16;
    private static final Logger LOG = LoggerFactory.getLogger(PeerClient.class);

    private final RestClient rest;
    private final Semaphore permits = new Semaphore(MAX_AT_ONCE);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("assent-peer-", 0).factory());

    /**
     * A client with its own connections.
     *
     * @param secret the cluster's secret, or null where it has none
     * @param connectTimeout of every connection
     * @param requestTimeout until every answer must have begun
     */
    public PeerClient(@Nullable String secret, Duration connectTimeout, Duration requestTimeout) {
        HttpClientSettings settings = HttpClientSettings.defaults()
                .withTimeouts(connectTimeout, requestTimeout)
                .withRedirects(HttpRedirects.DONT_FOLLOW);
        RestClient.Builder builder = RestClient.builder()
                .requestFactory(ClientHttpRequestFactoryBuilder.jdk()
                        .withHttpClientCustomizer(http -> http.version(HttpClient.Version.HTTP_1_1))
                        .build(settings))
                .configureMessageConverters(converters ->
                        converters.withJsonConverter(new JacksonJsonHttpMessageConverter(WireJson.MAPPER)));
        if (secret != null) {
            builder.defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer " + secret);
        }
        rest = builder.build();
    }

    @Override
    public void ask(Member peer, Message.Inquire inquiry, Consumer<Reply.StateReported> told) {
        if (!permits.tryAcquire()) {
            return;
        }
        threads.execute(() -> {
            try {
                answer(peer, inquiry, told);
            } finally {
                permits.release();
            }
        });
    }

    private void answer(Member peer, Message.Inquire inquiry, Consumer<Reply.StateReported> told) {
        try {
            ReplyBatch replies = rest.post()
                    .uri(URI.create(peer.endpoint()))
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(new MessageBatch(List.of(MessageForm.of(inquiry, 0)), List.of()))
                    .retrieve()
                    .body(ReplyBatch.class);
            if (replies == null || replies.replies() == null) {
                return;
            }
            for (ReplyForm form : replies.replies()) {
                form.toReply().ifPresent(reply -> {
                    boolean meant = reply.transaction().equals(inquiry.transaction())
                            && reply.branch().equals(peer.participant());
                    if (meant && reply instanceof Reply.StateReported state) {
                        LOG.info(
                                "A peer told its state: transaction={} peer={} state={}",
                                state.transaction(),
                                state.branch(),
                                state.state());
                        told.accept(state);
                    }
                });
            }
        } catch (RestClientException | IllegalArgumentException e) {
            LOG.info(
                    "A peer did not answer and will be asked again: transaction={} peer={} endpoint={}: {}",
                    inquiry.transaction(),
                    peer.participant(),
                    peer.endpoint(),
                    e.getMessage());
        }
    }

    /** Waits for questions that are under way, and asks no more. */
    @Override
    public void close() {
        threads.close();
    }
}
