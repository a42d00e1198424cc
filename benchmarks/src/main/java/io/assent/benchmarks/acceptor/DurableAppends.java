package io.assent.benchmarks.acceptor;

import java.util.concurrent.CompletableFuture;

/** Somewhere to put votes so that they are on the disk when the future completes. */
public interface DurableAppends extends AutoCloseable {

    /** Appends the vote with this number; any thread. */
    CompletableFuture<?> append(long number);

    @Override
    void close();
}
