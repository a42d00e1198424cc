package io.assent.participant.autoconfigure;

import io.assent.participant.CoordinatorClient;
import io.assent.participant.Deadline;
import io.assent.participant.LocalBranches;
import io.assent.participant.initiator.DistributedTransactionInterceptor;
import io.assent.participant.initiator.DistributedTransactionTemplate;
import io.assent.participant.initiator.DistributedTransactional;
import io.assent.participant.initiator.DistributedTransactions;
import io.assent.participant.initiator.PropagationInterceptor;
import io.assent.participant.initiator.RestCoordinatorClient;
import io.assent.participant.initiator.TransactionFilter;
import jakarta.servlet.Filter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.Advisor;
import org.springframework.aop.support.ComposablePointcut;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.boot.servlet.filter.OrderedFilter;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.web.filter.OncePerRequestFilter;

/** Configures the initiator's side, and the propagation of transactions through this service. */
@AutoConfiguration
@EnableConfigurationProperties(InitiatorProperties.class)
public final class InitiatorAutoConfiguration {

    /** Outside {@code @Branch} and {@code @Transactional}: the work inside is part of the transaction. */
    private static final int ADVICE_ORDER = Ordered.LOWEST_PRECEDENCE - 20;

    /** Just after Spring Security, so that a request that it refuses touches no transaction. */
    static final int FILTER_ORDER = OrderedFilter.REQUEST_WRAPPER_FILTER_MAX_ORDER - 50;

    private static final Logger LOG = LoggerFactory.getLogger(InitiatorAutoConfiguration.class);

    @Bean
    @ConditionalOnMissingBean(CoordinatorClient.class)
    RestCoordinatorClient assentCoordinatorClient(InitiatorProperties properties) {
        return new RestCoordinatorClient(
                properties.coordinators(),
                properties.security().secret(),
                properties.initiator().connectTimeout(),
                properties.initiator().requestTimeout());
    }

    @Bean
    @ConditionalOnMissingBean
    DistributedTransactions distributedTransactions(
            CoordinatorClient coordinators,
            ObjectProvider<LocalBranches> local,
            InitiatorProperties properties,
            Environment environment) {
        return new DistributedTransactions(
                coordinators,
                local.getIfAvailable(() -> LocalBranches.NONE),
                properties.initiator().timeout(),
                environment.getProperty("spring.application.name"));
    }

    @Bean
    @ConditionalOnMissingBean
    DistributedTransactionTemplate distributedTransactionTemplate(DistributedTransactions transactions) {
        return new DistributedTransactionTemplate(transactions);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static Advisor distributedTransactionAdvisor(
            ObjectProvider<DistributedTransactions> transactions, ConfigurableBeanFactory beans) {
        // The provider keeps this early bean from dragging the client and the data sources behind it along.
        DefaultPointcutAdvisor advisor = new DefaultPointcutAdvisor(
                new ComposablePointcut(new AnnotationMatchingPointcut(DistributedTransactional.class, true))
                        .union(new AnnotationMatchingPointcut(null, DistributedTransactional.class, true)),
                new DistributedTransactionInterceptor(transactions::getObject, beans::resolveEmbeddedValue));
        advisor.setOrder(ADVICE_ORDER);
        return advisor;
    }

    @Bean
    @ConditionalOnMissingBean
    PropagationInterceptor propagationInterceptor(CoordinatorClient coordinators) {
        return new PropagationInterceptor(
                coordinators.coordinators(),
                () -> !(coordinators instanceof RestCoordinatorClient rest) || rest.votesAreTaken());
    }

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    RestClientCustomizer propagatingRestClients(PropagationInterceptor interceptor) {
        return builder -> builder.requestInterceptor(interceptor);
    }

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    RestTemplateCustomizer propagatingRestTemplates(PropagationInterceptor interceptor) {
        return template -> template.getInterceptors().add(interceptor);
    }

    /** Learns the nodes and the settings of the cluster once the service runs; nothing depends on its success. */
    @Bean
    ApplicationListener<ApplicationReadyEvent> clusterAtStart(
            CoordinatorClient coordinators, InitiatorProperties properties) {
        return event -> Thread.ofVirtual().name("assent-cluster").start(() -> {
            try {
                coordinators.cluster(Deadline.in(properties.initiator().requestTimeout()));
            } catch (RuntimeException e) {
                LOG.info("No coordinator answers yet: {}", e.getMessage());
            }
        });
    }

    /** Reads the headers of requests and writes those of answers. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({Filter.class, OncePerRequestFilter.class, OrderedFilter.class})
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    static final class Propagation {

        @Bean
        FilterRegistrationBean<TransactionFilter> transactionFilter(
                CoordinatorClient coordinators, InitiatorProperties properties) {
            FilterRegistrationBean<TransactionFilter> registration = new FilterRegistrationBean<>(
                    new TransactionFilter(coordinators, properties.initiator().timeout()));
            registration.setOrder(FILTER_ORDER);
            return registration;
        }
    }
}
