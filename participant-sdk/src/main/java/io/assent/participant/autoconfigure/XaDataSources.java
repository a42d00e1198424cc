package io.assent.participant.autoconfigure;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import io.assent.participant.StartupRefusedException;
import io.assent.participant.branch.BranchDataSource;
import java.sql.SQLException;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyNameAliases;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.util.ClassUtils;

/** Builds the XA data source of the database behind the application's pool. */
final class XaDataSources {

    private XaDataSources() {}

    /** The application's pool behind its data source, or null when that is none of HikariCP's. */
    static @Nullable HikariDataSource pool(DataSource dataSource) {
        try {
            return dataSource.isWrapperFor(HikariDataSource.class) ? dataSource.unwrap(HikariDataSource.class) : null;
        } catch (SQLException e) {
            throw new IllegalStateException("A data source could not be asked what it wraps", e);
        }
    }

    /**
     * An XA data source for the same database and user.
     *
     * @throws StartupRefusedException when it cannot be told which
     */
    static XADataSource like(BranchDataSource dataSource) {
        HikariDataSource pool = pool(dataSource);
        String url = pool == null ? null : pool.getJdbcUrl();
        String type = DatabaseDriver.fromJdbcUrl(url).getXaDataSourceClassName();
        if (pool == null || url == null || type == null || !ClassUtils.isPresent(type, null)) {
            throw new StartupRefusedException(
                    "It cannot be told how to open XA connections to the database of the data source \""
                            + dataSource.name() + "\""
                            + (url == null ? "." : " (" + url.replaceAll("[;?].*", "") + ")."),
                    "Define a bean of type javax.sql.XADataSource for the same database, or configure the data source"
                            + " by spring.datasource.url.");
        }
        return bind(BeanUtils.instantiateClass(ClassUtils.resolveClassName(type, null), XADataSource.class), url, pool);
    }

    private static XADataSource bind(XADataSource target, String url, HikariDataSource pool) {
        Credentials credentials = pool.getCredentials();
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        source.put("url", url);
        source.put("user", credentials.getUsername());
        source.put("password", credentials.getPassword());
        ConfigurationPropertyNameAliases aliases = new ConfigurationPropertyNameAliases();
        aliases.addAliases("user", "username");
        new Binder(source.withAliases(aliases)).bind(ConfigurationPropertyName.EMPTY, Bindable.ofInstance(target));
        return target;
    }
}
