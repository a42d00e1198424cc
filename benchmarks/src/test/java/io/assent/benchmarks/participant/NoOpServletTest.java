package io.assent.benchmarks.participant;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.assent.protocol.message.AcceptorAddress;
import io.assent.protocol.message.MessageBatch;
import io.assent.protocol.message.MessageForm;
import io.assent.protocol.message.ParticipantAddress;
import io.assent.protocol.message.ReplyBatch;
import io.assent.protocol.message.ReplyForm;
import io.assent.protocol.message.VotesForm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.json.JsonMapper;

class NoOpServletTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<ParticipantAddress> MEMBERS =
            List.of(new ParticipantAddress("bank-0", "http://10.77.4.1:8090/direct/bank-0"));

    private final BlockingQueue<VotesForm> votes = new LinkedBlockingQueue<>();
    private HttpServer acceptors;

    @BeforeEach
    void startAcceptors() throws IOException {
        acceptors = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        acceptors.createContext("/v1/acceptor/votes", this::accept);
        acceptors.start();
    }

    private void accept(HttpExchange exchange) throws IOException {
        votes.add(JSON.readValue(exchange.getRequestBody().readAllBytes(), VotesForm.class));
        byte[] answer = "{\"replies\":[{\"accepted\":true}]}".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    @AfterEach
    void stopAcceptors() {
        acceptors.stop(0);
    }

    @Test
    void a_direct_vote_goes_to_the_first_majority_of_the_acceptors_and_to_the_leader() throws Exception {
        ReplyForm reply = post(new NoOpServlet(null), "/direct", message("PREPARE", acceptors(3)));

        assertThat(reply.type()).isEqualTo("VOTE");
        assertThat(reply.vote()).isEqualTo("YES");
        assertThat(reply.direct()).isTrue();
        List<VotesForm> both = List.of(nextVote(), nextVote());
        assertThat(both).extracting(VotesForm::acceptor).containsExactlyInAnyOrder("n1", "n2");
        assertThat(both).allSatisfy(form -> {
            assertThat(form.incarnation()).isEqualTo("00000000000000aa");
            assertThat(form.votes()).containsExactly(new VotesForm.Item("t1", "bank-0", MEMBERS));
        });
    }

    @Test
    void a_participant_that_only_answers_leaves_the_acceptors_to_the_leader() throws Exception {
        ReplyForm reply = post(new NoOpServlet(null), "/participants", message("PREPARE", acceptors(3)));

        assertThat(reply.vote()).isEqualTo("YES");
        assertThat(reply.direct()).isNull();
        assertThat(votes).isEmpty();
    }

    @Test
    void without_acceptors_there_is_nobody_to_bring_a_vote_to() throws Exception {
        assertThat(post(new NoOpServlet(null), "/direct", message("PREPARE", null))
                        .direct())
                .isNull();
    }

    @Test
    void a_commit_is_noted_once_when_that_is_wanted() throws Exception {
        Arrivals commits = new Arrivals();
        NoOpServlet servlet = new NoOpServlet(commits);
        post(servlet, "/participants", message("PREPARE", null));
        long before = System.nanoTime();
        post(servlet, "/participants", message("COMMIT", null));
        long after = System.nanoTime();
        post(servlet, "/participants", message("COMMIT", null));

        assertThat(commits.take())
                .hasEntrySatisfying("t1", nanos -> assertThat(nanos).isBetween(before, after));
        assertThat(commits.take()).isEmpty();
    }

    private VotesForm nextVote() throws InterruptedException {
        return votes.poll(30, TimeUnit.SECONDS);
    }

    private List<AcceptorAddress> acceptors(int count) {
        String url = "http://127.0.0.1:" + acceptors.getAddress().getPort();
        return List.of("n1", "n2", "n3").subList(0, count).stream()
                .map(id -> new AcceptorAddress(id, "00000000000000aa", url))
                .toList();
    }

    private static MessageForm message(String type, List<AcceptorAddress> acceptors) {
        return new MessageForm(
                "t1", "bank-0", type, "PAXOS_COMMIT", 1L, MEMBERS, null, null, null, null, null, acceptors);
    }

    private static ReplyForm post(NoOpServlet servlet, String path, MessageForm message) throws IOException {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", path + "/bank-0");
        request.setServletPath(path);
        request.setContent(JSON.writeValueAsBytes(new MessageBatch(List.of(message), null)));
        MockHttpServletResponse response = new MockHttpServletResponse();
        servlet.doPost(request, response);
        return JSON.readValue(response.getContentAsByteArray(), ReplyBatch.class)
                .replies()
                .getFirst();
    }
}
