package io.assent.participant.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.assent.protocol.AcceptorId;
import io.assent.protocol.AcceptorList;
import io.assent.protocol.message.VotesAnswerForm;
import io.assent.protocol.message.VotesForm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An acceptor over real HTTP: it keeps what it is sent, and answers as it is told. */
public final class FakeAcceptor implements AutoCloseable {

    /** What one request said. */
    public record Received(@Nullable String authorization, VotesForm form) {

        /** Its votes. */
        public List<VotesForm.Item> votes() {
            return Objects.requireNonNull(form.votes());
        }
    }

    /** What it answers. */
    public record Answer(int status, String location, String body) {

        static Answer of(int status) {
            return new Answer(status, "", "");
        }
    }

    private final String name;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Received> requests = new CopyOnWriteArrayList<>();
    private volatile Function<VotesForm, Answer> manners = form -> says(form, true);

    /** One that accepts every vote. */
    public FakeAcceptor(String name) {
        this.name = name;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.setExecutor(threads);
        server.createContext("/v1/acceptor/votes", this::serve);
        server.start();
    }

    /** Answers so from now on. */
    public void answers(Function<VotesForm, Answer> newManners) {
        manners = newManners;
    }

    /** The answer to these votes that accepts them all, or none. */
    public static Answer says(VotesForm form, boolean accepted) {
        List<VotesAnswerForm.Item> items = Objects.requireNonNull(form.votes()).stream()
                .map(vote ->
                        new VotesAnswerForm.Item(vote.transaction(), vote.branch(), accepted, accepted ? null : 7L))
                .toList();
        return new Answer(200, "", WireJson.MAPPER.writeValueAsString(new VotesAnswerForm(items)));
    }

    /** How a PREPARE names it. */
    public AcceptorList.Entry entry() {
        return new AcceptorList.Entry(
                new AcceptorId(name, 1 + name.hashCode()),
                "http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Everything it was sent so far. */
    public List<Received> requests() {
        return requests;
    }

    /** Every vote it was sent so far. */
    public List<VotesForm.Item> votes() {
        return requests.stream().flatMap(request -> request.votes().stream()).toList();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            VotesForm form = WireJson.MAPPER.readValue(exchange.getRequestBody().readAllBytes(), VotesForm.class);
            requests.add(new Received(exchange.getRequestHeaders().getFirst("Authorization"), form));
            Answer answer = manners.apply(form);
            if (!answer.location().isEmpty()) {
                exchange.getResponseHeaders().set("Location", answer.location());
            }
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
