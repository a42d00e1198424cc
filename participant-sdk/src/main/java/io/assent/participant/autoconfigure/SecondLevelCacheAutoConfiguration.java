package io.assent.participant.autoconfigure;

import io.assent.participant.StartupRefusedException;
import io.assent.participant.autoconfigure.ParticipantProperties.SecondLevelCache;
import io.assent.participant.branch.Workshop;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import org.hibernate.SessionFactory;
import org.hibernate.boot.spi.SessionFactoryOptions;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Hibernate fills its second-level cache and its query cache when a unit of work ends, before the outcome is known, and
 * would show other transactions what may never have been.
 */
@AutoConfiguration(
        after = ParticipantAutoConfiguration.class,
        afterName = "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration")
@ConditionalOnClass({EntityManagerFactory.class, SessionFactory.class})
@ConditionalOnBean({EntityManagerFactory.class, Workshop.class})
public final class SecondLevelCacheAutoConfiguration {

    @Bean
    SmartInitializingSingleton secondLevelCacheCheck(
            ObjectProvider<EntityManagerFactory> factories, ParticipantProperties properties, Workshop workshop) {
        return () -> {
            List<SessionFactoryImplementor> cached = factories.stream()
                    .map(factory -> factory.unwrap(SessionFactoryImplementor.class))
                    .filter(SecondLevelCacheAutoConfiguration::isCached)
                    .toList();
            if (cached.isEmpty()) {
                return;
            }
            if (properties.secondLevelCache() == SecondLevelCache.REFUSE) {
                throw new StartupRefusedException(
                        "Hibernate's second-level or query cache would show work before the outcome of its distributed"
                                + " transaction is known.",
                        "Switch it off (spring.jpa.properties.hibernate.cache.use_second_level_cache=false), or set"
                                + " assent.participant.second-level-cache=evict.");
            }
            workshop.afterWork(
                    () -> cached.forEach(factory -> factory.getCache().evictAllRegions()));
        };
    }

    private static boolean isCached(SessionFactoryImplementor factory) {
        SessionFactoryOptions options = factory.getSessionFactoryOptions();
        return options.isSecondLevelCacheEnabled() || options.isQueryCacheEnabled();
    }
}
