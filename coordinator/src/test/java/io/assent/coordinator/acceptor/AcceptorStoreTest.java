package io.assent.coordinator.acceptor;

import static io.assent.coordinator.acceptor.Stores.REPLICA;
import static io.assent.coordinator.acceptor.Stores.ask;
import static io.assent.coordinator.acceptor.Stores.forget;
import static io.assent.coordinator.acceptor.Stores.hasVote;
import static io.assent.coordinator.acceptor.Stores.learned;
import static io.assent.coordinator.acceptor.Stores.open;
import static io.assent.coordinator.acceptor.Stores.promise;
import static io.assent.coordinator.acceptor.Stores.segments;
import static io.assent.coordinator.acceptor.Stores.vote;
import static io.assent.coordinator.acceptor.Stores.votes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.protocol.AcceptorId;
import io.assent.protocol.Births;
import io.assent.protocol.paxoscommit.AcceptorReply;
import io.assent.protocol.paxoscommit.AcceptorRequest;
import io.assent.protocol.paxoscommit.Ballot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcceptorStoreTest {

    @TempDir
    private Path directory;

    @Test
    void knowsAfterARestartWhatItAnswered() {
        AcceptorId self;
        try (AcceptorStore store = open(directory)) {
            self = store.self();
            assertThat(ask(store, vote(1))).isInstanceOf(AcceptorReply.VotesAccepted.class);
            assertThat(ask(store, promise(2, 7))).isInstanceOf(AcceptorReply.Phase1b.class);
            assertThat(ask(store, new AcceptorRequest.TakeRounds(1, 5))).isEqualTo(new AcceptorReply.RoundsTaken(1, 5));
        }
        try (AcceptorStore store = open(directory, self)) {
            assertThat(store.self()).isEqualTo(self);
            assertThat(hasVote(store, 1)).isTrue();
            assertThat(ask(store, vote(2))).isEqualTo(new AcceptorReply.Refused(Stores.born(2), new Ballot(7)));
            assertThat(ask(store, new AcceptorRequest.TakeRounds(1, 1))).isEqualTo(new AcceptorReply.RoundsTaken(6, 6));
        }
    }

    @Test
    void writesForManyCallersAtOnce() throws IOException {
        try (AcceptorStore store = open(directory)) {
            List<CompletableFuture<AcceptorReply>> replies = IntStream.range(0, 2_000)
                    .mapToObj(i -> store.submit(vote(i)))
                    .toList();
            CompletableFuture.allOf(replies.toArray(CompletableFuture[]::new)).join();
            assertThat(replies).allMatch(reply -> reply.join() instanceof AcceptorReply.VotesAccepted);
        }
        try (AcceptorStore store = open(directory)) {
            assertThat(votes(store, LongStream.range(0, 3_000))).hasSize(2_000);
        }
    }

    /** The bound is on the disk: 20,000 transactions pass, a few hundred of them at a time. */
    @Test
    void whatIsForgottenLeavesTheDisk() throws IOException {
        int window = 200;
        long most = 0;
        try (AcceptorStore store = open(directory)) {
            for (int begin = 0; begin < 20_000; begin += window) {
                List<CompletableFuture<AcceptorReply>> replies = new ArrayList<>();
                for (int i = begin; i < begin + window; i++) {
                    replies.add(store.submit(vote(i)));
                    if (i % 1_000 != 3) {
                        replies.add(store.submit(learned(i)));
                    }
                }
                replies.forEach(CompletableFuture::join);
                ask(store, forget(begin + window - 1));
                most = Math.max(most, bytes());
            }
        }
        assertThat(most).isLessThan(300_000);
        assertThat(segments(directory).get(0).getFileName().toString()).isNotEqualTo("segment-000000001");
        try (AcceptorStore store = open(directory)) {
            assertThat(ask(store, vote(7))).isEqualTo(forgotten(7));
            assertThat(((AcceptorReply.Unlearned) ask(store, new AcceptorRequest.ListUnlearned(null, 100))).held())
                    .as("what is not LEARNED is kept, through all segments")
                    .hasSize(20);
        }
    }

    /** The first frame of the only segment that is left says where the numbers begin, so it must be whole. */
    @Test
    void aDamagedBeginningAfterADeletionIsRefused() throws IOException {
        try (AcceptorStore store = open(directory)) {
            for (int i = 0; i < 400; i++) {
                CompletableFuture<AcceptorReply> reply = store.submit(vote(i));
                store.submit(learned(i)).join();
                assertThat(reply).isCompleted();
            }
            ask(store, forget(399));
        }
        assertThat(segments(directory)).hasSize(1);
        byte[] bytes = Files.readAllBytes(segments(directory).get(0));
        for (int at = 0; at < 24; at++) {
            byte[] flipped = bytes.clone();
            flipped[at] ^= 0x10;
            Files.write(segments(directory).get(0), flipped);
            assertThatExceptionOfType(AcceptorRefusedException.class)
                    .isThrownBy(() -> open(directory))
                    .withMessageContaining("damaged at byte 0");
        }
        Files.write(segments(directory).get(0), bytes);
        open(directory).close();
    }

    private static AcceptorReply forgotten(long sequence) {
        return new AcceptorReply.Rejected(Stores.born(sequence), AcceptorReply.Reason.FORGOTTEN);
    }

    private long bytes() throws IOException {
        long sum = 0;
        for (Path segment : segments(directory)) {
            sum += Files.size(segment);
        }
        return sum;
    }

    @Test
    void refusesMoreThanMayWaitAndWhatComesAfterTheEnd() {
        AcceptorStoreSettings one = new AcceptorStoreSettings(directory, REPLICA, Births.GROUP, 4096, 1, 1024);
        AcceptorStore store = AcceptorStore.open(one, null, (reason, cause) -> {});
        List<CompletableFuture<AcceptorReply>> replies =
                IntStream.range(0, 500).mapToObj(i -> store.submit(vote(i))).toList();
        assertThat(replies)
                .anySatisfy(reply -> assertThatThrownBy(reply::join)
                        .hasCauseInstanceOf(RejectedExecutionException.class)
                        .hasMessageContaining("1 requests wait"));
        store.close();
        assertThat(replies).allMatch(CompletableFuture::isDone);
        assertThatThrownBy(store.submit(vote(1))::join).hasMessageContaining("closed");
    }

    @Test
    void oneProcessAtATime() {
        try (AcceptorStore store = open(directory)) {
            assertThatExceptionOfType(AcceptorRefusedException.class)
                    .isThrownBy(() -> open(directory))
                    .withMessageContaining("Another process");
            assertThat(ask(store, vote(1))).isInstanceOf(AcceptorReply.VotesAccepted.class);
        }
        open(directory).close();
    }

    /** Q1. */
    @Test
    void aWipedOrForeignStorageIsNotThisAcceptor() throws IOException {
        Path first = directory.resolve("first");
        AcceptorId self;
        try (AcceptorStore store = open(first)) {
            self = store.self();
            ask(store, promise(1, 7));
        }
        assertThatExceptionOfType(AcceptorRefusedException.class)
                .isThrownBy(() -> open(directory.resolve("missing"), self))
                .withMessageContaining("there are no data of it")
                .satisfies(e -> assertThat(e.action()).contains("under its old id"));
        Path other = directory.resolve("other");
        open(other).close();
        assertThatExceptionOfType(AcceptorRefusedException.class)
                .isThrownBy(() -> open(other, self))
                .withMessageContaining("The group knows this replica as acceptor " + self);
        assertThatExceptionOfType(AcceptorRefusedException.class)
                .isThrownBy(() -> AcceptorStore.open(
                        AcceptorStoreSettings.of(first, "n2", Births.GROUP), null, (reason, cause) -> {}))
                .withMessageContaining("belong to replica \"n1\"");
        Files.delete(first.resolve("acceptor"));
        assertThatExceptionOfType(AcceptorRefusedException.class)
                .isThrownBy(() -> open(first))
                .withMessageContaining("is gone");
    }

    @Test
    void aStorageThatACrashLeftHalfFoundedIsFoundedAgain() throws IOException {
        Files.write(directory.resolve("segment-000000001"), new byte[0]);
        try (AcceptorStore store = open(directory)) {
            assertThat(ask(store, vote(1))).isInstanceOf(AcceptorReply.VotesAccepted.class);
        }
    }
}
