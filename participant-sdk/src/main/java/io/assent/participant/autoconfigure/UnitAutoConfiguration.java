package io.assent.participant.autoconfigure;

import io.assent.participant.Branch;
import io.assent.participant.branch.BranchInterceptor;
import io.assent.participant.branch.BranchListener;
import io.assent.participant.branch.TransactionManagers;
import io.assent.participant.branch.Units;
import io.assent.participant.branch.Workshop;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.aop.Advisor;
import org.springframework.aop.support.ComposablePointcut;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.function.SingletonSupplier;

/**
 * Watches Spring's transactions in every service that knows Assent, with a participant id or without: work that would
 * stay outside of the distributed transaction is refused.
 */
@AutoConfiguration
public final class UnitAutoConfiguration {

    /** Outside {@code @Transactional}, inside {@code @DistributedTransactional}. */
    private static final int ADVICE_ORDER = Ordered.LOWEST_PRECEDENCE - 10;

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static Units assentUnits() {
        return new Units();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static BeanPostProcessor branchListeners(Units units, ObjectProvider<Workshop> workshop) {
        Supplier<Optional<Workshop>> open = once(workshop);
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                if (bean instanceof PlatformTransactionManager manager
                        && bean instanceof ConfigurableTransactionManager listened) {
                    listened.addListener(new BranchListener(name, manager, units, open));
                }
                return bean;
            }
        };
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static Advisor branchAdvisor(ObjectProvider<Workshop> workshop, ListableBeanFactory beans) {
        DefaultPointcutAdvisor advisor = new DefaultPointcutAdvisor(
                new ComposablePointcut(new AnnotationMatchingPointcut(Branch.class, true))
                        .union(new AnnotationMatchingPointcut(null, Branch.class, true)),
                new BranchInterceptor(once(workshop), new TransactionManagers(beans)));
        advisor.setOrder(ADVICE_ORDER);
        return advisor;
    }

    /** Looked for when it is first needed: these beans are made before all others. */
    private static Supplier<Optional<Workshop>> once(ObjectProvider<Workshop> workshop) {
        return SingletonSupplier.of(() -> Optional.ofNullable(workshop.getIfAvailable()));
    }
}
