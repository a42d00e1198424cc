package io.assent.coordinator.acceptor;

import static io.assent.coordinator.acceptor.Stores.ask;
import static io.assent.coordinator.acceptor.Stores.hasVote;
import static io.assent.coordinator.acceptor.Stores.open;
import static io.assent.coordinator.acceptor.Stores.segments;
import static io.assent.coordinator.acceptor.Stores.settings;
import static io.assent.coordinator.acceptor.Stores.vote;
import static io.assent.coordinator.acceptor.Stores.votes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.assent.protocol.Births;
import io.assent.protocol.paxoscommit.AcceptorReply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes, fsyncs and disks that fail: nothing is answered that is not on the disk, and nothing afterwards. */
class AcceptorFailureTest {

    @TempDir
    private Path directory;

    private final List<String> told = new ArrayList<>();

    /** Files whose writes or fsyncs fail when they are told to. */
    private static final class FailingFiles extends StorageFiles {
        private volatile boolean writesFail;
        private volatile boolean forcesFail;
        private volatile long free = Long.MAX_VALUE;

        @Override
        FileChannel open(Path file, OpenOption... options) throws IOException {
            return new Failing(super.open(file, options), this);
        }

        @Override
        long free(Path path) {
            return free;
        }
    }

    private AcceptorStore open(FailingFiles files) {
        return AcceptorStore.open(settings(directory), files, null, () -> 77, (reason, cause) -> told.add(reason));
    }

    @Test
    void whatWasNotForcedIsNotAnswered() {
        for (int round = 0; round < 2; round++) {
            boolean write = round == 0;
            int first = 10 * round;
            FailingFiles files = new FailingFiles();
            told.clear();
            AcceptorStore store = open(files);
            assertThat(ask(store, vote(first))).isInstanceOf(AcceptorReply.VotesAccepted.class);
            files.writesFail = write;
            files.forcesFail = !write;

            CompletableFuture<AcceptorReply> reply = store.submit(vote(first + 1));

            assertThatThrownBy(() -> reply.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(AcceptorFailedException.class)
                    .hasMessageContaining("may or may not be on the disk");
            await().atMost(Duration.ofSeconds(10)).until(() -> told.size() == 1);
            files.writesFail = false;
            files.forcesFail = false;
            assertThatThrownBy(() -> store.submit(vote(first + 2)).get(10, TimeUnit.SECONDS))
                    .as("an fsync that failed once is not tried again")
                    .hasCauseInstanceOf(AcceptorFailedException.class);
            store.close();
            try (AcceptorStore again = Stores.open(directory)) {
                assertThat(hasVote(again, first)).isTrue();
                assertThat(hasVote(again, first + 2)).isFalse();
            }
        }
    }

    @Test
    void stopsBeforeTheDiskIsFull() {
        FailingFiles files = new FailingFiles();
        try (AcceptorStore store = open(files)) {
            ask(store, vote(1));
            files.free = 1;
            List<CompletableFuture<AcceptorReply>> replies = new ArrayList<>();
            for (int i = 2; i < 5_000; i++) {
                replies.add(store.submit(vote(i)));
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> !told.isEmpty());
            assertThat(told.get(0)).contains("only 1 bytes are free");
            assertThat(replies).anyMatch(CompletableFuture::isCompletedExceptionally);
        }
        assertThatExceptionOfType(AcceptorRefusedException.class)
                .isThrownBy(() -> open(files))
                .satisfies(e -> assertThat(e.action()).contains("Make room"));
    }

    /** A real one, on a file system of 1 MB; what was answered before it was full is there afterwards. */
    @Test
    void survivesAFullDisk() throws Exception {
        Path small = Files.createDirectories(directory.resolve("small"));
        assumeThat(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString()))
                .as("mounting a small file system needs rights that this user has not")
                .isZero();
        try {
            AcceptorStoreSettings settings =
                    new AcceptorStoreSettings(small, Stores.REPLICA, Births.GROUP, 64 * 1024, 100_000, 0);
            List<Long> answered = new ArrayList<>();
            try (AcceptorStore store = AcceptorStore.open(settings, null, (reason, cause) -> told.add(reason))) {
                List<CompletableFuture<AcceptorReply>> replies = IntStream.range(0, 20_000)
                        .mapToObj(i -> store.submit(vote(i)))
                        .toList();
                await().atMost(Duration.ofSeconds(30)).until(() -> !told.isEmpty());
                for (int i = 0; i < replies.size(); i++) {
                    if (!replies.get(i).isCompletedExceptionally()
                            && replies.get(i).isDone()) {
                        answered.add((long) i);
                    }
                }
            }
            assertThat(told.get(0)).contains("No space left");
            assertThat(answered).isNotEmpty().hasSizeLessThan(20_000);
            Path room = Stores.copy(small, directory.resolve("room"));
            try (AcceptorStore store = Stores.open(room)) {
                assertThat(votes(store, LongStream.range(0, 20_000))).containsAll(answered);
            }
        } finally {
            run("umount", "-l", small.toString());
        }
        assertThat(segments(directory.resolve("room"))).isNotEmpty();
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    /** A channel over another one. */
    private static final class Failing extends FileChannel {
        private final FileChannel under;
        private final FailingFiles files;

        Failing(FileChannel under, FailingFiles files) {
            this.under = under;
            this.files = files;
        }

        @Override
        public int write(ByteBuffer from, long position) throws IOException {
            if (files.writesFail) {
                ByteBuffer part = from.duplicate();
                part.limit(part.position() + part.remaining() / 2);
                under.write(part, position);
                throw new IOException("Input/output error");
            }
            return under.write(from, position);
        }

        @Override
        public void force(boolean metaData) throws IOException {
            if (files.forcesFail) {
                throw new IOException("Input/output error");
            }
            under.force(metaData);
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            under.truncate(size);
            return this;
        }

        @Override
        protected void implCloseChannel() throws IOException {
            under.close();
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            return under.read(to);
        }

        @Override
        public long read(ByteBuffer[] to, int offset, int length) throws IOException {
            return under.read(to, offset, length);
        }

        @Override
        public int write(ByteBuffer from) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long write(ByteBuffer[] from, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long position() throws IOException {
            return under.position();
        }

        @Override
        public FileChannel position(long newPosition) throws IOException {
            under.position(newPosition);
            return this;
        }

        @Override
        public long size() throws IOException {
            return under.size();
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long transferFrom(ReadableByteChannel from, long position, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(ByteBuffer to, long position) throws IOException {
            return under.read(to, position);
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) {
            throw new UnsupportedOperationException();
        }
    }
}
