package io.assent.participant.branch;

import java.util.Optional;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.transaction.PlatformTransactionManager;

/** The transaction managers of the application. */
public final class TransactionManagers {

    private final ListableBeanFactory beans;

    /** Those of this bean factory. */
    public TransactionManagers(ListableBeanFactory beans) {
        this.beans = beans;
    }

    /** The manager with this bean name, or the primary one when it is empty. */
    PlatformTransactionManager named(String name) {
        return name.isEmpty()
                ? beans.getBean(PlatformTransactionManager.class)
                : beans.getBean(name, PlatformTransactionManager.class);
    }

    /** The primary manager, if there is one. */
    public Optional<PlatformTransactionManager> primary() {
        return Optional.ofNullable(
                beans.getBeanProvider(PlatformTransactionManager.class).getIfUnique());
    }
}
