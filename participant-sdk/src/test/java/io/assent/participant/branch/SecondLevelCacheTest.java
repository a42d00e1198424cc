package io.assent.participant.branch;

import static io.assent.participant.branch.FakeCoordinator.abort;
import static io.assent.participant.branch.FakeCoordinator.commit;
import static io.assent.participant.branch.FakeCoordinator.prepare;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.assent.participant.StartupRefusedException;
import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import jakarta.persistence.EntityManagerFactory;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hibernate fills its caches at its own commit, which in a branch comes before the outcome. */
class SecondLevelCacheTest {

    private static final String EVICT = "assent.participant.second-level-cache=evict";
    private static final String[] CACHE = {
        "spring.jpa.properties.hibernate.cache.region.factory_class=" + CachingRegions.class.getName(),
        "spring.jpa.properties.jakarta.persistence.sharedCache.mode=ALL"
    };

    @TempDir
    private Path folder;

    private FakeCoordinator coordinator;
    private TransactionId transaction;

    @BeforeEach
    void begin() {
        coordinator = new FakeCoordinator(121);
        transaction = coordinator.transaction();
    }

    @AfterEach
    void end() {
        coordinator.close();
    }

    private static String[] cached(String... more) {
        return Stream.concat(Stream.of(CACHE), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void startIsRefusedBecauseItWouldShowWorkBeforeItsOutcome() {
        assertThatThrownBy(() -> Bank.start(coordinator, folder, cached()).close())
                .isInstanceOf(StartupRefusedException.class)
                .hasMessageContaining("second-level or query cache");
    }

    @Test
    void startIsRefusedForTheQueryCacheToo() {
        String[] queries = cached("spring.jpa.properties.hibernate.cache.use_query_cache=true");
        assertThatThrownBy(() -> Bank.start(coordinator, folder, queries).close())
                .isInstanceOf(StartupRefusedException.class);
    }

    @Test
    void evictedItShowsNothingOfABranchBeforeItsOutcome() throws Exception {
        try (Bank bank = Bank.start(coordinator, folder, cached(EVICT))) {
            Member member = persistInBranch(bank);

            assertThat(isCached(bank, "a")).isFalse();
            coordinator.send(bank.endpoint(), prepare(transaction, member));
            assertThat(isCached(bank, "a")).isFalse();

            coordinator.send(bank.endpoint(), commit(transaction, member));
            assertThat(balance(bank, "a")).isEqualTo(7);
        }
    }

    @Test
    void evictedItShowsNothingOfABranchThatWasRolledBack() throws Exception {
        try (Bank bank = Bank.start(coordinator, folder, cached(EVICT))) {
            bank.work().required(() -> bank.accounts().persist("a"));
            assertThat(isCached(bank, "a")).as("outside of branches it caches").isTrue();
            bank.call(
                    transaction,
                    () -> bank.work().branch(() -> {
                        account(bank, "a").balance = 7;
                        return 0;
                    }));

            coordinator.send(bank.endpoint(), abort(transaction, Bank.ID));

            assertThat(balance(bank, "a")).isZero();
        }
    }

    private Member persistInBranch(Bank bank) {
        return bank.call(
                        transaction,
                        () -> bank.work().branch(() -> {
                            bank.accounts().persist("a");
                            account(bank, "a").balance = 7;
                            return 0;
                        }))
                .member();
    }

    private static BankApplication.Account account(Bank bank, String id) {
        return bank.accounts().entities().find(BankApplication.Account.class, id);
    }

    private static int balance(Bank bank, String id) throws Exception {
        return bank.work().readOnly(() -> account(bank, id).balance);
    }

    private static boolean isCached(Bank bank, String id) {
        return bank.bean(EntityManagerFactory.class).getCache().contains(BankApplication.Account.class, id);
    }
}
