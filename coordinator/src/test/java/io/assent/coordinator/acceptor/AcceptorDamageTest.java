package io.assent.coordinator.acceptor;

import static io.assent.coordinator.acceptor.Stores.ask;
import static io.assent.coordinator.acceptor.Stores.copy;
import static io.assent.coordinator.acceptor.Stores.hasVote;
import static io.assent.coordinator.acceptor.Stores.open;
import static io.assent.coordinator.acceptor.Stores.segments;
import static io.assent.coordinator.acceptor.Stores.vote;
import static io.assent.coordinator.acceptor.Stores.votes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.assent.protocol.Births;
import io.assent.protocol.paxoscommit.Acceptor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is done to the files between two lives. The storage has forty frames that were answered for, then one of ten
 * votes that was written, and answered for or not: {@code before} has the watermark of the time before it.
 */
class AcceptorDamageTest {

    private static final int SINGLE = 40;
    private static final int IN_LAST = 10;

    @TempDir
    private Path directory;

    private Path acknowledged;
    private Path before;
    private int lastFrame;

    @BeforeEach
    void fill() throws IOException {
        acknowledged = directory.resolve("acknowledged");
        AcceptorStoreSettings big =
                new AcceptorStoreSettings(acknowledged, Stores.REPLICA, Births.GROUP, 1 << 20, 10_000, 1024);
        try (AcceptorStore store = AcceptorStore.open(big, null, (reason, cause) -> {})) {
            for (int i = 0; i < SINGLE; i++) {
                ask(store, vote(i));
            }
        }
        Path watermark = directory.resolve("watermark-before");
        Files.copy(acknowledged.resolve("watermark"), watermark);
        long size = Files.size(newest(acknowledged));
        appendOneFrame();
        lastFrame = (int) (Files.size(newest(acknowledged)) - size);
        before = copy(acknowledged, directory.resolve("before"));
        Files.copy(watermark, before.resolve("watermark"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Ten votes in one frame; the seam below the store makes sure that they are. */
    private void appendOneFrame() throws IOException {
        AcceptorStoreSettings big =
                new AcceptorStoreSettings(acknowledged, Stores.REPLICA, Births.GROUP, 1 << 20, 10_000, 1024);
        try (StorageDirectory held = StorageDirectory.open(big, new StorageFiles(), null, () -> 1);
                SegmentLog log = SegmentLog.open(held, new StorageFiles(), (segment, record) -> {})) {
            log.append(IntStream.range(SINGLE, SINGLE + IN_LAST)
                    .mapToObj(i -> new Acceptor(held.self(), big.group())
                            .on(held.self(), vote(i))
                            .record())
                    .toList());
        }
    }

    private static Path newest(Path storage) {
        return segments(storage).getLast();
    }

    private static void cut(Path storage, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(newest(storage), StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - bytes);
        }
    }

    private static void flip(Path file, long at, int bit) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= (byte) (1 << bit);
        Files.write(file, bytes);
    }

    private Path fresh(Path of, String name) throws IOException {
        return copy(of, directory.resolve(name));
    }

    private static void assertRefused(Path storage, String why) throws IOException {
        byte[] found = Files.readAllBytes(newest(storage));
        assertThatExceptionOfType(AcceptorRefusedException.class)
                .isThrownBy(() -> open(storage))
                .withMessageContaining(why)
                .satisfies(e -> assertThat(e.action()).contains("Do not change the file"));
        assertThat(newest(storage)).as("what is refused is left as it is").hasBinaryContent(found);
    }

    private static void assertHasVotes(Path storage, int count) {
        try (AcceptorStore store = open(storage)) {
            assertThat(votes(store, LongStream.range(0, SINGLE + IN_LAST)))
                    .containsExactlyElementsOf(
                            LongStream.range(0, count).boxed().toList());
            ask(store, vote(1_000));
        }
        try (AcceptorStore store = open(storage)) {
            assertThat(hasVote(store, 1_000)).isTrue();
        }
    }

    @Test
    void aTailThatNobodyWasAnsweredForIsCutOff() throws IOException {
        for (int cut = 1; cut <= lastFrame; cut += cut < 24 ? 1 : 79) {
            Path storage = fresh(before, "cut-" + cut);
            cut(storage, cut);
            assertHasVotes(storage, SINGLE);
        }
        assertHasVotes(fresh(before, "whole"), SINGLE + IN_LAST);
    }

    @Test
    void aTailThatSomebodyWasAnsweredForIsNot() throws IOException {
        for (int cut = 1; cut <= 4096; cut += cut < 24 || Math.abs(cut - lastFrame) < 3 ? 1 : 197) {
            Path storage = fresh(acknowledged, "cut-" + cut);
            cut(storage, cut);
            assertRefused(storage, "was answered for");
            if (cut > lastFrame) {
                Path older = fresh(before, "older-" + cut);
                cut(older, cut);
                assertRefused(older, "was answered for");
            }
        }
    }

    /** The pages of a write reach the disk in any order: here the first ones did not, and records behind them are whole. */
    @Test
    void aLastWriteOfWhichOnlyLaterPagesArrivedIsATornTail() throws IOException {
        Path storage = fresh(before, "hole");
        Path segment = newest(storage);
        byte[] bytes = Files.readAllBytes(segment);
        Arrays.fill(bytes, bytes.length - lastFrame, bytes.length - lastFrame / 2, (byte) 0);
        Files.write(segment, bytes);
        assertHasVotes(storage, SINGLE);
    }

    @Test
    void aFlippedBitBeforeGoodRecordsIsRefused() throws IOException {
        Random random = new Random(17);
        long size = Files.size(newest(acknowledged));
        for (int i = 0; i < 40; i++) {
            Path storage = fresh(acknowledged, "flip-" + i);
            flip(newest(storage), random.nextLong(size - lastFrame), random.nextInt(8));
            assertRefused(storage, "good records follow");
        }
    }

    @Test
    void aFlippedBitInTheLastAnsweredRecordIsRefusedToo() throws IOException {
        long size = Files.size(newest(acknowledged));
        for (int i = 1; i <= lastFrame; i += 29) {
            Path storage = fresh(acknowledged, "flip-" + i);
            flip(newest(storage), size - i, i % 8);
            assertRefused(storage, "was answered for");
        }
    }

    @Test
    void bytesOfAnotherStorageAreNotValidHere() throws IOException {
        Path other = directory.resolve("other");
        try (AcceptorStore store = open(other)) {
            ask(store, vote(1));
        }
        Path storage = fresh(acknowledged, "mixed");
        Files.copy(newest(other), newest(storage), StandardCopyOption.REPLACE_EXISTING);
        assertRefused(storage, "was answered for");
    }

    @Test
    void aMissingFileIsRefused() throws IOException {
        Path storage = directory.resolve("several");
        try (AcceptorStore store = open(storage)) {
            List<CompletableFuture<?>> replies = IntStream.range(0, 200)
                    .mapToObj(i -> store.submit(vote(i)))
                    .<CompletableFuture<?>>map(it -> it)
                    .toList();
            replies.forEach(CompletableFuture::join);
            ask(store, vote(300));
            IntStream.range(400, 440).forEach(i -> ask(store, vote(i)));
        }
        assertThat(segments(storage)).hasSizeGreaterThan(2);
        for (Path segment : segments(storage)) {
            Path lost = fresh(storage, "lost-" + segment.getFileName());
            Files.delete(lost.resolve(segment.getFileName()));
            assertThatExceptionOfType(AcceptorRefusedException.class)
                    .isThrownBy(() -> open(lost))
                    .withMessageContaining("is gone");
        }
        Path middle = fresh(storage, "middle");
        flip(segments(middle).get(1), 700, 3);
        assertThatExceptionOfType(AcceptorRefusedException.class)
                .isThrownBy(() -> open(middle))
                .withMessageContaining("damaged at byte");
        Path blind = fresh(storage, "blind");
        Files.delete(blind.resolve("watermark"));
        assertThatExceptionOfType(AcceptorRefusedException.class).isThrownBy(() -> open(blind));
        open(fresh(storage, "whole")).close();
    }
}
