package io.assent.participant.autoconfigure;

import com.zaxxer.hikari.HikariDataSource;
import io.assent.participant.BranchResource;
import io.assent.participant.CoordinatorClient;
import io.assent.participant.Ledger;
import io.assent.participant.LocalBranches;
import io.assent.participant.StartupRefusedException;
import io.assent.participant.branch.BranchDataSource;
import io.assent.participant.branch.BranchDrain;
import io.assent.participant.branch.BranchRecovery;
import io.assent.participant.branch.Branches;
import io.assent.participant.branch.DirectVotes;
import io.assent.participant.branch.Horizons;
import io.assent.participant.branch.Identity;
import io.assent.participant.branch.Incarnations;
import io.assent.participant.branch.MessageDesk;
import io.assent.participant.branch.NoticeBoard;
import io.assent.participant.branch.OwnBranches;
import io.assent.participant.branch.ParticipantMessages;
import io.assent.participant.branch.Peers;
import io.assent.participant.branch.TransactionManagers;
import io.assent.participant.branch.Units;
import io.assent.participant.branch.Workshop;
import io.assent.participant.facts.DatabaseLedger;
import io.assent.participant.facts.Dialect;
import io.assent.participant.facts.Dialects;
import io.assent.participant.facts.FactStore;
import io.assent.participant.web.AcceptorClient;
import io.assent.participant.web.PeerClient;
import io.assent.participant.xa.XaDatabase;
import io.assent.participant.xa.XaPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Makes the service a participant: its database takes part in distributed transactions by XA. */
@AutoConfiguration(after = {InitiatorAutoConfiguration.class, UnitAutoConfiguration.class})
@ConditionalOnProperty("assent.participant.id")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({DelegatingDataSource.class, HikariDataSource.class, ServerProperties.class})
@EnableConfigurationProperties({ParticipantProperties.class, ExposureProperties.class, ServerProperties.class})
public final class ParticipantAutoConfiguration {

    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(30);
    private static final int DEFAULT_CONNECTIONS = 10;

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static BeanPostProcessor branchDataSources(Units units) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                boolean wrap = bean instanceof DataSource
                        && !(bean instanceof BranchDataSource)
                        && !name.startsWith("scopedTarget.");
                return wrap ? new BranchDataSource((DataSource) bean, name, units) : bean;
            }
        };
    }

    @Bean
    ParticipantDatabase participantDatabase(
            ParticipantProperties properties, BeanFactory beans, ObjectProvider<DataSource> dataSources)
            throws SQLException {
        BranchDataSource dataSource = branchDataSource(properties.dataSource(), beans, dataSources);
        Dialect dialect;
        try (Connection connection = dataSource.original().getConnection()) {
            dialect = Dialects.of(connection);
            dialect.makeReady(connection);
        }
        dataSource.bindToParticipant(dialect.guard());
        HikariDataSource pool = XaDataSources.pool(dataSource);
        if (pool != null && pool.getJdbcUrl() != null) {
            dialect.checkUrl(pool.getJdbcUrl());
        }
        properties.schema().apply(dataSource.outsideOfBranches(), dialect);
        return new ParticipantDatabase(dataSource, dialect);
    }

    private static BranchDataSource branchDataSource(
            @Nullable String name, BeanFactory beans, ObjectProvider<DataSource> dataSources) {
        try {
            DataSource found = name == null ? dataSources.getObject() : beans.getBean(name, DataSource.class);
            if (found instanceof BranchDataSource branched) {
                return branched;
            }
            throw new StartupRefusedException(
                    "The data source of the participant was made before it could be watched.",
                    "Do not use it in a BeanPostProcessor or BeanFactoryPostProcessor.");
        } catch (NoSuchBeanDefinitionException e) {
            throw new StartupRefusedException(
                    "It cannot be told which database is that of the participant: " + e.getMessage() + ".",
                    "Configure one data source, mark one as primary, or name one in assent.participant.data-source.");
        }
    }

    @Bean
    EndpointUrl participantEndpointUrl(
            ServerProperties server,
            ParticipantProperties properties,
            InitiatorProperties security,
            ExposureProperties exposure) {
        EndpointUrl url = new EndpointUrl(server, properties.url());
        if (!url.listensOnLoopback() && security.security().secret() == null && !exposure.open()) {
            throw new StartupRefusedException(
                    "This participant is reachable from other hosts, and everybody could decide over its branches.",
                    "Set assent.security.secret to the secret of the cluster, or assent.security.open=true where the"
                            + " network is closed.");
        }
        return url;
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    XaPool branchConnections(
            ParticipantDatabase database, ParticipantProperties properties, ObjectProvider<XADataSource> xaDataSource) {
        HikariDataSource pool = XaDataSources.pool(database.dataSource());
        Integer connections = properties.connections();
        return new XaPool(
                xaDataSource.getIfAvailable(() -> XaDataSources.like(database.dataSource())),
                database.dialect().guard(),
                "assent-" + properties.id(),
                connections != null ? connections : pool == null ? DEFAULT_CONNECTIONS : pool.getMaximumPoolSize(),
                pool == null ? DEFAULT_WAIT : Duration.ofMillis(pool.getConnectionTimeout()));
    }

    @Bean
    BranchResource participantResource(ParticipantProperties properties, ParticipantDatabase database, XaPool pool) {
        FactStore facts = new FactStore(properties.id(), database.dataSource().outsideOfBranches(), database.dialect());
        return new XaDatabase(properties.id(), pool, facts, database.dialect());
    }

    @Bean
    Ledger participantLedger(ParticipantProperties properties, ParticipantDatabase database) throws SQLException {
        DatabaseLedger ledger =
                new DatabaseLedger(properties.id(), database.dataSource().outsideOfBranches(), database.dialect());
        ledger.open();
        return ledger;
    }

    @Bean
    NoticeBoard branchNotices(ParticipantProperties properties) {
        return new NoticeBoard(properties.id());
    }

    @Bean
    Peers peers(ParticipantProperties properties, InitiatorProperties initiator) {
        return properties.peers()
                ? new PeerClient(
                        initiator.security().secret(),
                        initiator.initiator().connectTimeout(),
                        initiator.initiator().requestTimeout())
                : Peers.NONE;
    }

    @Bean
    Branches branches(
            BranchResource resource,
            Ledger ledger,
            NoticeBoard notices,
            Peers peers,
            ParticipantProperties properties) {
        return new Branches(
                resource,
                ledger,
                notices,
                peers,
                properties.lookup().after(),
                properties.lookup().longest());
    }

    @Bean
    Incarnations incarnations(Ledger ledger, CoordinatorClient coordinators) {
        return new Incarnations(ledger, coordinators);
    }

    @Bean
    Horizons horizons(Branches branches, BranchResource resource, Ledger ledger) {
        return new Horizons(branches, resource, ledger);
    }

    @Bean
    DirectVotes directVotes(
            ParticipantProperties properties, InitiatorProperties initiator, CoordinatorClient coordinators) {
        return properties.directVotes()
                ? new AcceptorClient(initiator.security().secret(), coordinators::nodes)
                : DirectVotes.NONE;
    }

    @Bean
    ParticipantMessages participantMessages(
            Branches branches, Ledger ledger, Horizons horizons, DirectVotes directVotes) {
        return new MessageDesk(branches, ledger, horizons, directVotes);
    }

    @Bean
    Identity participantIdentity(ParticipantProperties properties, EndpointUrl url, BranchResource resource) {
        String fallback = properties.fallbackUrl() == null ? null : EndpointUrl.below(properties.fallbackUrl());
        return new Identity(properties.id(), url, fallback, resource.onePhase());
    }

    @Bean
    Workshop workshop(
            Branches branches,
            Units units,
            Ledger ledger,
            Identity identity,
            Incarnations incarnations,
            ParticipantDatabase database) {
        return new Workshop(branches, units, ledger, identity, incarnations, database.dataSource());
    }

    @Bean
    LocalBranches ownBranches(Workshop workshop, ListableBeanFactory beans) {
        return new OwnBranches(workshop, new TransactionManagers(beans)::primary);
    }

    @Bean
    BranchRecovery branchRecovery(
            Branches branches,
            Horizons horizons,
            Incarnations incarnations,
            CoordinatorClient coordinators,
            ParticipantProperties properties) {
        return new BranchRecovery(
                branches,
                horizons,
                incarnations,
                coordinators,
                properties.lookup().scan());
    }

    @Bean
    BranchDrain branchDrain(Workshop workshop, Branches branches, ParticipantProperties properties) {
        return new BranchDrain(workshop, branches, properties.drain());
    }
}
