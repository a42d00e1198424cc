package io.assent.participant.branch;

import io.assent.participant.BranchField;
import io.assent.participant.BranchMember;
import io.assent.protocol.Member;
import io.assent.protocol.TransactionId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** A running service with a participant, an H2 database in a file, and a web server of its own. */
final class Bank implements AutoCloseable {

    static final String ID = "bank-a";

    private static final String NO_SECURITY =
            "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration,"
                    + "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration,"
                    + "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration,"
                    + "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration,"
                    + "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration";

    private final FakeCoordinator coordinator;
    private final String database;
    private final ConfigurableApplicationContext context;

    private Bank(FakeCoordinator coordinator, String database, ConfigurableApplicationContext context) {
        this.coordinator = coordinator;
        this.database = database;
        this.context = context;
    }

    /**
     * Starts one on a database in this folder; {@code more} are further properties, as {@code name=value}, and those
     * without a value are left out.
     */
    static Bank start(FakeCoordinator coordinator, Path folder, String... more) {
        return start(coordinator, folder, BankApplication.class, more);
    }

    static Bank start(FakeCoordinator coordinator, Path folder, Class<?> application, String... more) {
        String database = database(folder);
        return new Bank(coordinator, database, run(application, settings(database, coordinator.url(), more)));
    }

    static String database(Path folder) {
        return "jdbc:h2:file:" + folder.resolve("bank") + ";LOCK_TIMEOUT=2000;DB_CLOSE_ON_EXIT=FALSE";
    }

    static Map<String, Object> settings(String database, String coordinator, String... more) {
        Map<String, Object> properties = new TreeMap<>(Map.ofEntries(
                Map.entry("server.port", "0"),
                Map.entry("server.address", "127.0.0.1"),
                Map.entry("spring.datasource.url", database),
                Map.entry("spring.datasource.username", "sa"),
                Map.entry("spring.jpa.hibernate.ddl-auto", "update"),
                Map.entry("spring.autoconfigure.exclude", NO_SECURITY),
                Map.entry("spring.main.banner-mode", "off"),
                Map.entry("logging.level.root", "warn"),
                Map.entry("spring.jpa.open-in-view", "true"),
                Map.entry("logging.level.org.apache.catalina.core.ContainerBase", "off"), // Failures that tests script.
                Map.entry("assent.participant.id", ID),
                Map.entry("assent.participant.drain", "100ms"),
                Map.entry("assent.coordinators", coordinator)));
        for (String property : more) {
            int equals = property.indexOf('=');
            properties.put(property.substring(0, equals), property.substring(equals + 1));
        }
        properties.values().removeIf(""::equals);
        return properties;
    }

    static ConfigurableApplicationContext run(Class<?> application, Map<String, Object> settings) {
        return new SpringApplicationBuilder(application)
                .web(WebApplicationType.SERVLET)
                .properties(settings)
                .registerShutdownHook(false)
                .run();
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    BankApplication.Work work() {
        return bean(BankApplication.Work.class);
    }

    BankApplication.Accounts accounts() {
        return bean(BankApplication.Accounts.class);
    }

    Branches branches() {
        return bean(Branches.class);
    }

    String url() {
        int port = ((ServletWebServerApplicationContext) context).getWebServer().getPort();
        return "http://127.0.0.1:" + port;
    }

    String endpoint() {
        return url() + "/assent/v1/branches";
    }

    /** An answer to a business call. */
    record Answer(HttpResponse<String> http) {
        int status() {
            return http.statusCode();
        }

        String body() {
            return http.body();
        }

        List<BranchMember> members() {
            List<String> lines = http.headers().allValues("Assent-Branch");
            return lines.isEmpty() ? List.of() : BranchField.read(lines);
        }

        Member member() {
            if (members().size() != 1) {
                throw new AssertionError("members: " + http.headers().allValues("Assent-Branch") + ", status "
                        + status() + ": " + body());
            }
            return members().getFirst().member();
        }
    }

    /** Calls the service in a transaction; it does this. */
    Answer call(TransactionId transaction, Callable<?> script, String... headers) {
        List<String> all =
                new ArrayList<>(List.of("Assent-Transaction", transaction.toString(), "Assent-Timeout", "PT30S"));
        all.addAll(List.of(headers));
        return callPlain(script, all.toArray(String[]::new));
    }

    /** Calls the service with these headers only. */
    Answer callPlain(Callable<?> script, String... headers) {
        String name = UUID.randomUUID().toString();
        bean(BankApplication.Calls.class).put(name, script);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + "/calls/" + name))
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return new Answer(coordinator.exchange(request.build()));
    }

    /** On the thread of a request: sends what there is of its answer. */
    void flushAnswer() throws IOException {
        ServletRequestAttributes request = (ServletRequestAttributes) RequestContextHolder.currentRequestAttributes();
        request.getResponse().flushBuffer();
    }

    /** The header that names the live branch which the caller knows. */
    static String[] known(Member member, String... more) {
        List<String> headers = new ArrayList<>(
                List.of("Assent-Branches", "\"" + member.participant() + "\";token=\"" + member.token() + "\""));
        headers.addAll(List.of(more));
        return headers.toArray(String[]::new);
    }

    /** What a connection of its own sees, past the pools and the SDK. */
    long count(String query) {
        return count(database, query);
    }

    static long count(String database, String query) {
        try (Connection connection = DriverManager.getConnection(database, "sa", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM " + query)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean committed(String account) {
        return count("account WHERE id = '" + account + "'") == 1;
    }

    /** Whether the row of the branch says this: C or A. */
    boolean fact(TransactionId transaction, String fact) {
        return count("assent_branch WHERE transaction_id = '" + transaction + "' AND fact = '" + fact + "'") == 1;
    }

    long inDoubt() {
        return count("information_schema.in_doubt");
    }

    @Override
    public void close() {
        context.close();
    }
}
