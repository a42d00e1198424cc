package io.assent.benchmarks.acceptor;

import io.assent.protocol.paxoscommit.AcceptorRecord;
import io.assent.protocol.paxoscommit.AcceptorRecordCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One thread that writes what waits and forces it once, over any store. */
public final class GroupCommit implements DurableAppends {

    private static final int MOST = 1024;

    private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
    private final Sink sink;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean closing;

    private GroupCommit(Sink sink) {
        this.sink = sink;
    }

    /** Where the votes of a turn go. */
    public interface Sink {

        /** Writes these; they are on the disk when it returns. */
        void write(List<Numbered> votes) throws IOException;

        /** Releases the store. */
        void release() throws IOException;
    }

    /** A vote; the number is its key. */
    public record Numbered(long number, AcceptorRecord record) {

        /** Its record as it is stored. */
        public byte[] bytes() {
            return AcceptorRecordCodec.encode(List.of(record));
        }
    }

    private record Waiting(Numbered vote, CompletableFuture<Void> future) {}

    /** Begins to write into it. */
    public static GroupCommit into(Sink sink) {
        GroupCommit commit = new GroupCommit(sink);
        Thread.ofPlatform().daemon().start(commit::run);
        return commit;
    }

    @Override
    public CompletableFuture<?> append(long number) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        waiting.add(new Waiting(new Numbered(number, Votes.record(number)), future));
        return future;
    }

    private void run() {
        List<Waiting> turn = new ArrayList<>();
        try {
            while (!closing) {
                Waiting first = waiting.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    turn.add(first);
                    waiting.drainTo(turn, MOST - 1);
                    sink.write(turn.stream().map(Waiting::vote).toList());
                    turn.forEach(each -> each.future().complete(null));
                    turn.clear();
                }
            }
            sink.release();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.complete(null);
        }
    }

    @Override
    public void close() {
        closing = true;
        ended.join();
    }
}
