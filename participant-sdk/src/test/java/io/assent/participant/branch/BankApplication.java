package io.assent.participant.branch;

import io.assent.participant.Branch;
import io.assent.participant.BranchOutside;
import io.assent.participant.initiator.DistributedTransactional;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** A service as a user would write it, but that each test says what its methods do. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableJpaRepositories(considerNestedRepositories = true)
class BankApplication {

    @Bean
    Work work() {
        return new Work();
    }

    @Bean
    Calls calls() {
        return new Calls();
    }

    @Bean
    Accounts accounts(JdbcTemplate jdbc, ObjectProvider<EntityManager> entities) {
        return new Accounts(jdbc, entities.getIfAvailable());
    }

    /** Methods with the annotations whose meaning is under test. */
    static class Work {

        @Branch
        public <T> T branch(Callable<T> work) throws Exception {
            return work.call();
        }

        @Branch(isolation = Isolation.SERIALIZABLE)
        public <T> T serializableBranch(Callable<T> work) throws Exception {
            return work.call();
        }

        @Branch(readOnly = true)
        public <T> T readOnlyBranch(Callable<T> work) throws Exception {
            return work.call();
        }

        @Branch(outside = BranchOutside.LOCAL)
        public <T> T branchOrLocal(Callable<T> work) throws Exception {
            return work.call();
        }

        @Branch(rollbackFor = InterruptedException.class, noRollbackFor = IllegalArgumentException.class)
        public <T> T branchWithRules(Callable<T> work) throws Exception {
            return work.call();
        }

        @DistributedTransactional
        public <T> T distributed(Callable<T> work) throws Exception {
            return work.call();
        }

        @Transactional
        public <T> T required(Callable<T> work) throws Exception {
            return work.call();
        }

        @Transactional(propagation = Propagation.SUPPORTS)
        public <T> T supports(Callable<T> work) throws Exception {
            return work.call();
        }

        @Transactional(propagation = Propagation.MANDATORY)
        public <T> T mandatory(Callable<T> work) throws Exception {
            return work.call();
        }

        @Transactional(readOnly = true)
        public <T> T readOnly(Callable<T> work) throws Exception {
            return work.call();
        }

        @Transactional(propagation = Propagation.REQUIRES_NEW)
        public <T> T requiresNew(Callable<T> work) throws Exception {
            return work.call();
        }

        @Transactional(propagation = Propagation.NOT_SUPPORTED)
        public <T> T notSupported(Callable<T> work) throws Exception {
            return work.call();
        }

        @Transactional(propagation = Propagation.NESTED)
        public <T> T nested(Callable<T> work) throws Exception {
            return work.call();
        }
    }

    /** What the next calls of the controller do. */
    static class Calls {
        private final Map<String, Callable<?>> scripts = new ConcurrentHashMap<>();

        void put(String name, Callable<?> script) {
            scripts.put(name, script);
        }

        Object run(String name) throws Exception {
            return scripts.get(name).call();
        }
    }

    @RestController
    static class CallController {
        private final Calls calls;

        CallController(Calls calls) {
            this.calls = calls;
        }

        @PostMapping("/calls/{name}")
        Object call(@PathVariable("name") String name) throws Exception {
            return calls.run(name);
        }
    }

    @RestController
    static class AccountController {
        private final Work work;
        private final Accounts accounts;

        AccountController(Work work, Accounts accounts) {
            this.work = work;
            this.accounts = accounts;
        }

        @PostMapping("/accounts/{id}")
        Object insert(@PathVariable("id") String id) throws Exception {
            return work.branch(() -> accounts.insert(id));
        }
    }

    /** Data access in both styles. */
    static class Accounts {
        private final JdbcTemplate jdbc;
        private final @Nullable EntityManager entities;

        Accounts(JdbcTemplate jdbc, @Nullable EntityManager entities) {
            this.jdbc = jdbc;
            this.entities = entities;
        }

        Object insert(String id) {
            jdbc.update("INSERT INTO account (id, balance) VALUES (?, 0)", id);
            return id;
        }

        Object persist(String id) {
            Account account = new Account();
            account.id = id;
            entities().persist(account);
            return id;
        }

        boolean exists(String id) {
            return jdbc.queryForObject("SELECT COUNT(*) FROM account WHERE id = ?", Integer.class, id) == 1;
        }

        EntityManager entities() {
            return Objects.requireNonNull(entities);
        }

        JdbcTemplate jdbc() {
            return jdbc;
        }
    }

    /** Data access by Spring Data. */
    interface AccountRepository extends JpaRepository<Account, String> {}

    /** Money. */
    @Entity(name = "Account")
    static class Account {
        @Id
        String id = "";

        int balance;

        /** Loaded when it is looked at. */
        @ElementCollection
        Set<String> owners = new HashSet<>();
    }
}
