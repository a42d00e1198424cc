package io.assent.participant.branch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.assent.participant.BranchResource;
import io.assent.participant.CoordinatorClient;
import io.assent.participant.CoordinatorUnavailableException;
import io.assent.participant.Ledger;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The end of a service while its recovery is inside a call of the database. */
class RecoveryEndTest {

    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final CompletableFuture<Boolean> interrupted = new CompletableFuture<>();

    /** What the database does for a while; H2 would close the file of the database if this were interrupted. */
    private Set<Object> listing() {
        inside.countDown();
        try {
            mayEnd.await();
            interrupted.complete(Thread.interrupted());
        } catch (InterruptedException e) {
            interrupted.complete(true);
        }
        return Set.of();
    }

    @Test
    void shutdownDoesNotInterruptWhoIsInsideTheDatabase_P8() throws Exception {
        BranchResource resource = stub(BranchResource.class, "prepared", this::listing);
        Ledger ledger = stub(Ledger.class, "isForgotten", () -> false);
        CoordinatorClient coordinators = stub(CoordinatorClient.class, "", () -> {
            throw new CoordinatorUnavailableException("nobody answers", null);
        });
        Branches branches = new Branches(
                resource,
                ledger,
                (transaction, notice) -> {},
                Peers.NONE,
                Duration.ofSeconds(2),
                Duration.ofSeconds(30));
        BranchRecovery recovery = new BranchRecovery(
                branches,
                new Horizons(branches, resource, ledger),
                new Incarnations(ledger, coordinators),
                coordinators,
                Duration.ofSeconds(30));
        recovery.start();
        assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();

        Thread ending = Thread.ofPlatform().start(recovery::stop);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> !ending.isAlive() || ending.getState() == Thread.State.TIMED_WAITING);
        mayEnd.countDown();

        assertThat(interrupted.get(60, TimeUnit.SECONDS)).isFalse();
        ending.join();
    }

    /** One whose method of this name does this; of the others none matters here. */
    private static <T> T stub(Class<T> type, String name, Supplier<Object> answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, args) -> method.getName().startsWith(name) ? answer.get() : null));
    }
}
