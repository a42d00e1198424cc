package io.assent.benchmarks.acceptor;

import io.assent.coordinator.acceptor.AcceptorStore;
import io.assent.coordinator.acceptor.AcceptorStoreSettings;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** The product's storage, with its rules and its state in memory. */
final class OwnSegments implements DurableAppends {

    private final AcceptorStore store;

    OwnSegments(Path directory) {
        store = AcceptorStore.open(
                AcceptorStoreSettings.of(directory, "n1", Votes.GROUP),
                null,
                (reason, cause) -> System.err.println(reason));
    }

    @Override
    public CompletableFuture<?> append(long number) {
        return store.submit(Votes.request(number));
    }

    @Override
    public void close() {
        store.close();
    }
}
