package io.assent.participant.branch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.assent.protocol.TransactionId;
import io.assent.protocol.Vote;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;

/** A participant with Spring Security: coordinators reach exactly the endpoint, and every other path is the user's. */
class SecuredBankTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String USER = "Basic " + Base64.getEncoder().encodeToString("ann:word".getBytes(UTF_8));
    private static final String NOTHING = "{\"messages\":[]}";

    private static FakeCoordinator coordinator;
    private static Bank bank;

    @SpringBootConfiguration(proxyBeanMethods = false)
    @Import(BankApplication.class)
    static class SecuredBank {

        @Bean
        SecurityFilterChain users(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .csrf(AbstractHttpConfigurer::disable)
                    .build();
        }
    }

    @BeforeAll
    static void start(@TempDir Path folder) {
        coordinator = new FakeCoordinator(91);
        bank = Bank.start(
                coordinator,
                folder,
                SecuredBank.class,
                "spring.autoconfigure.exclude=",
                "spring.security.user.name=ann",
                "spring.security.user.password=word",
                "assent.security.secret=" + SECRET);
    }

    @AfterAll
    static void stop() {
        bank.close();
        coordinator.close();
    }

    private static int post(String url, String authorization) {
        return coordinator.post(url, NOTHING, authorization).statusCode();
    }

    @Test
    void coordinatorsReachTheEndpointWithTheSecretAlone() {
        assertThat(post(bank.endpoint(), "Bearer " + SECRET)).isEqualTo(200);
    }

    @Test
    void usersDoNotReachTheEndpoint() {
        assertThat(post(bank.endpoint(), USER)).isEqualTo(401);
        assertThat(post(bank.endpoint(), null)).isEqualTo(401);
    }

    @Test
    void noOtherPathIsOpened() {
        assertThat(post(bank.endpoint() + "/more", "Bearer " + SECRET)).isEqualTo(401);
        assertThat(post(bank.url() + "/calls/any", "Bearer " + SECRET)).isEqualTo(401);
        assertThat(bank.callPlain(() -> 0).status()).isEqualTo(401);
    }

    @Test
    void callInATransactionBearsItsUsersAuthorization() {
        TransactionId transaction = coordinator.transaction();
        Bank.Answer answer = bank.call(
                transaction, () -> bank.work().branch(() -> bank.accounts().insert("secured")), "Authorization", USER);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.member().vote()).isNotEqualTo(Vote.NO);
        assertThat(bank.branches().find(transaction)).isPresent();
        bank.branches().abort(transaction);
        assertThat(bank.fact(transaction, "A")).isTrue();
    }
}
