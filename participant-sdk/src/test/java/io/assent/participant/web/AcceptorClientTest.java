package io.assent.participant.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.assent.protocol.AcceptorList;
import io.assent.protocol.IncarnationKey;
import io.assent.protocol.Member;
import io.assent.protocol.Protocol;
import io.assent.protocol.TransactionId;
import io.assent.protocol.message.Message;
import io.assent.protocol.message.ParticipantAddress;
import io.assent.protocol.message.VotesForm;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How a vote reaches acceptors: F+1 of them, the others when it is needed, and nobody twice. */
class AcceptorClientTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final long TERM = 3;
    private static final IncarnationKey KEY = new IncarnationKey(new byte[IncarnationKey.LENGTH]);
    private static final List<Member> MEMBERS =
            List.of(Member.of("bank-b", "http://127.0.0.1:2/b"), Member.of("bank-a", "http://127.0.0.1:1/a"));

    private final FakeAcceptor one = new FakeAcceptor("one");
    private final FakeAcceptor two = new FakeAcceptor("two");
    private final FakeAcceptor three = new FakeAcceptor("three");
    private final CountDownLatch released = new CountDownLatch(1);
    private AcceptorClient client = client(null, LONG);

    private static AcceptorClient client(@Nullable String secret, Duration patience) {
        return new AcceptorClient(secret, () -> List.of(URI.create("http://coordinator:8080")), patience);
    }

    private void with(AcceptorClient other) {
        client.close();
        client = other;
    }

    @AfterEach
    void end() {
        released.countDown();
        client.close();
        Stream.of(one, two, three).forEach(FakeAcceptor::close);
    }

    private static Message.Prepare prepare(int sequence, AcceptorList.Entry... acceptors) {
        TransactionId transaction =
                TransactionId.issue(new TransactionId.Birth(0, 17, TERM, sequence), Protocol.PAXOS_COMMIT, 5, KEY);
        return new Message.Prepare(transaction, "bank-a", TERM, MEMBERS, 60_000, "k3", 1, List.of(acceptors));
    }

    private Message.Prepare prepare(int sequence) {
        return prepare(sequence, one.entry(), two.entry(), three.entry());
    }

    private FakeAcceptor.Answer whenReleased(VotesForm form) {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return FakeAcceptor.says(form, true);
    }

    @Test
    void aVoteGoesToTheFirstMajorityAlone() {
        assertThat(client.cast(prepare(1))).isTrue();

        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(List.of(one.votes().size(), two.votes().size()))
                                .containsExactly(1, 1));
        client.close(); // Waits for what is under way.
        assertThat(three.requests()).isEmpty();
    }

    @Test
    void aVoteRegistersTheMembersAsTheyWereNamed() {
        client.cast(prepare(1));
        await().atMost(SOON).until(() -> !one.requests().isEmpty());

        FakeAcceptor.Received received = one.requests().getFirst();
        assertThat(received.form().acceptor()).isEqualTo("one");
        assertThat(received.form().incarnation()).isEqualTo(one.entry().id().incarnationText());
        assertThat(received.authorization()).isNull();
        assertThat(received.votes())
                .containsExactly(new VotesForm.Item(
                        prepare(1).transaction().toString(),
                        "bank-a",
                        List.of(
                                new ParticipantAddress("bank-b", "http://127.0.0.1:2/b"),
                                new ParticipantAddress("bank-a", "http://127.0.0.1:1/a"))));
    }

    @Test
    void theSecretIsShown() {
        with(client(SECRET, LONG));
        client.cast(prepare(1));

        await().atMost(SOON).until(() -> !one.requests().isEmpty());
        assertThat(one.requests().getFirst().authorization()).isEqualTo("Bearer " + SECRET);
    }

    static Stream<Function<VotesForm, FakeAcceptor.Answer>> refusals() {
        return Stream.of(
                form -> FakeAcceptor.says(form, false),
                form -> FakeAcceptor.Answer.of(503),
                form -> new FakeAcceptor.Answer(200, "", "[]"),
                form -> new FakeAcceptor.Answer(200, "", "{}"),
                form -> new FakeAcceptor.Answer(200, "", " ".repeat(1 << 20)));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void theOthersGetItWhenOneDoesNotAccept(Function<VotesForm, FakeAcceptor.Answer> refusal) {
        two.answers(refusal);
        client.cast(prepare(1));

        await().atMost(SOON).until(() -> three.votes().size() == 1);
        client.close();
        assertThat(two.requests()).hasSize(1);
        assertThat(three.requests()).hasSize(1);
    }

    @Test
    void theOthersGetItWhenOneIsGone() {
        two.close();
        client.cast(prepare(1));

        await().atMost(SOON).until(() -> three.votes().size() == 1);
    }

    @Test
    void theOthersGetItWhenOneIsSilent() {
        with(client(null, SHORT));
        two.answers(this::whenReleased);
        client.cast(prepare(1));

        await().atMost(SOON).until(() -> three.votes().size() == 1);
    }

    @Test
    void theOthersGetItOnceWhenTwoDoNotAccept() {
        one.answers(form -> FakeAcceptor.says(form, false));
        two.answers(form -> FakeAcceptor.says(form, false));
        client.cast(prepare(1));

        await().atMost(SOON).until(() -> three.votes().size() == 1);
        client.close();
        assertThat(three.requests()).hasSize(1);
        assertThat(one.requests()).hasSize(1);
    }

    @Test
    void anAnswerAboutAnotherVoteAcceptsNothing() {
        two.answers(form -> FakeAcceptor.says(
                new VotesForm(
                        form.acceptor(),
                        form.incarnation(),
                        List.of(new VotesForm.Item(form.votes().getFirst().transaction(), "bank-b", List.of()))),
                true));
        client.cast(prepare(1));

        await().atMost(SOON).until(() -> three.votes().size() == 1);
    }

    @Test
    void redirectsAreNotFollowed() {
        two.answers(form -> new FakeAcceptor.Answer(307, one.entry().url() + "/v1/acceptor/votes", ""));
        client.cast(prepare(1));

        await().atMost(SOON).until(() -> three.votes().size() == 1);
        client.close();
        assertThat(one.requests()).hasSize(1);
    }

    @Test
    void votesThatWaitForTheSameAcceptorShareARequest() {
        one.answers(this::whenReleased);
        int votes = 0;
        for (int requests = 1; requests <= 4; requests++) {
            client.cast(prepare(votes++));
            int expected = requests;
            await().atMost(SOON).until(() -> one.requests().size() == expected);
        }
        while (votes < 304) {
            assertThat(client.cast(prepare(votes++))).isTrue();
        }
        released.countDown();

        await().atMost(SOON).until(() -> one.votes().size() == 304);
        assertThat(one.requests()).hasSize(6);
        assertThat(one.requests()).allMatch(request -> request.votes().size() <= AcceptorClient.MOST_IN_REQUEST);
    }

    @Test
    void whatIsTooMuchIsLeftToTheLeader() {
        one.answers(this::whenReleased);
        for (int i = 0; i < AcceptorClient.MOST_VOTES; i++) {
            assertThat(client.cast(prepare(i))).isTrue();
        }
        assertThat(client.cast(prepare(AcceptorClient.MOST_VOTES))).isFalse();
        released.countDown();

        await().atMost(SOON).until(() -> client.cast(prepare(AcceptorClient.MOST_VOTES + 1)));
    }

    @Test
    void whoCannotReachAMajorityTellsNobody() {
        AcceptorList.Entry stranger = new AcceptorList.Entry(two.entry().id(), "http://stranger.example:8080");
        AcceptorList.Entry another = new AcceptorList.Entry(three.entry().id(), "http://another.example:8080");

        assertThat(client.cast(prepare(1, one.entry(), stranger, another))).isFalse();
        assertThat(client.cast(prepare(2))).isTrue();
        await().atMost(SOON).until(() -> one.votes().size() == 1);
        assertThat(one.votes().getFirst().transaction())
                .isEqualTo(prepare(2).transaction().toString());
    }

    @Test
    void aStrangerIsPassedOver() {
        AcceptorList.Entry stranger = new AcceptorList.Entry(two.entry().id(), "http://stranger.example:8080");

        assertThat(client.cast(prepare(1, one.entry(), stranger, three.entry())))
                .isTrue();
        await().atMost(SOON).until(() -> three.votes().size() == 1);
    }

    @Test
    void whoIsNoMemberTellsNobody() {
        Message.Prepare prepare = prepare(1);

        assertThat(client.cast(new Message.Prepare(
                        prepare.transaction(), "bank-c", TERM, MEMBERS, 60_000, null, null, prepare.acceptors())))
                .isFalse();
    }

    @Test
    void nothingIsTakenAtTheEnd() {
        client.close();

        assertThat(client.cast(prepare(1))).isFalse();
    }
}
