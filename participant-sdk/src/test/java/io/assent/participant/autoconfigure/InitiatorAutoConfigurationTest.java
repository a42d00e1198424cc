package io.assent.participant.autoconfigure;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.assent.participant.CoordinatorClient;
import io.assent.participant.TransactionContext;
import io.assent.participant.initiator.DistributedTransactionTemplate;
import io.assent.participant.initiator.DistributedTransactional;
import io.assent.participant.initiator.PropagationInterceptor;
import io.assent.participant.initiator.RestCoordinatorClient;
import io.assent.protocol.Protocol;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.client.RestClient;

class InitiatorAutoConfigurationTest {

    private static final String ID = "0000000000000000000000000000000000000000";

    private final WireMockServer server =
            new WireMockServer(wireMockConfig().dynamicPort().bindAddress("127.0.0.1"));
    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    ImperativeHttpClientAutoConfiguration.class,
                    RestClientAutoConfiguration.class,
                    RestTemplateAutoConfiguration.class,
                    InitiatorAutoConfiguration.class));

    @BeforeEach
    void start() {
        server.start();
        server.stubFor(any(anyUrl())
                .willReturn(aResponse()
                        .withStatus(200)
                        .withHeader("Content-Type", "application/json")
                        .withBody("{\"id\":\"" + ID
                                + "\",\"outcome\":\"COMMITTED\",\"heuristics\":[],\"branches\":[]}")));
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private ApplicationContextRunner configured() {
        return bare.withPropertyValues("assent.coordinators=http://127.0.0.1:" + server.port(), "test.timeout=7s")
                .withBean(Transfers.class);
    }

    private String lastBody(String path) {
        return server.getAllServeEvents().stream()
                .map(event -> event.getRequest())
                .filter(request -> request.getUrl().endsWith(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no request to " + path))
                .getBodyAsString();
    }

    /** Methods as a service writes them. */
    static class Transfers {

        @DistributedTransactional
        void plain() {
            begin();
        }

        @DistributedTransactional(protocol = Protocol.PAXOS_COMMIT, timeout = "${test.timeout}", name = "nightly")
        void custom() {
            begin();
        }

        @DistributedTransactional(timeout = "3 weeks")
        void wrong() {
            begin();
        }

        @DistributedTransactional
        void fails(Exception failure) throws Exception {
            begin();
            throw failure;
        }

        @DistributedTransactional(rollbackFor = IOException.class, noRollbackFor = IllegalStateException.class)
        void failsByRules(Exception failure) throws Exception {
            begin();
            throw failure;
        }

        @DistributedTransactional
        CompletableFuture<String> later() {
            return CompletableFuture.completedFuture("x");
        }

        private static void begin() {
            Objects.requireNonNull(TransactionContext.current()).id();
        }
    }

    @Test
    void annotatedMethodRunsInATransactionOfTheDefaults() {
        configured()
                .withPropertyValues("assent.initiator.timeout=9s", "spring.application.name=shop")
                .run(context -> {
                    Transfers transfers = context.getBean(Transfers.class);
                    assertThat(AopUtils.isAopProxy(transfers)).isTrue();

                    transfers.plain();

                    assertThat(lastBody("/v1/transactions"))
                            .isEqualTo("{\"protocol\":\"TWO_PHASE\",\"timeout\":\"PT9S\",\"name\":\"Transfers.plain\","
                                    + "\"initiator\":\"shop\"}");
                    assertThat(lastBody("/commit")).contains("\"branches\":[]");
                });
    }

    @Test
    void annotationChoosesProtocolTimeoutAndName() {
        configured().run(context -> {
            context.getBean(Transfers.class).custom();

            assertThat(lastBody("/v1/transactions")).contains("\"PAXOS_COMMIT\"", "\"PT7S\"", "\"nightly\"");
        });
    }

    @Test
    void wrongAnnotationFailsBeforeAnythingBegins() {
        configured().run(context -> {
            assertThatThrownBy(() -> context.getBean(Transfers.class).wrong()).hasMessageContaining("3 weeks");
            assertThatThrownBy(() -> context.getBean(Transfers.class).later())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("returns before its work is done");
            assertThat(server.getAllServeEvents()).isEmpty();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "false, java.lang.IllegalStateException, abort",
        "false, java.io.IOException, commit",
        "true, java.io.FileNotFoundException, abort",
        "true, java.lang.IllegalStateException, commit",
        "true, java.lang.IllegalArgumentException, abort"
    })
    void rollbackRulesAreSprings(boolean byRules, Class<? extends Exception> failure, String end) {
        configured().run(context -> {
            Transfers transfers = context.getBean(Transfers.class);
            Exception thrown = failure.getConstructor().newInstance();

            assertThatThrownBy(() -> {
                        if (byRules) {
                            transfers.failsByRules(thrown);
                        } else {
                            transfers.fails(thrown);
                        }
                    })
                    .isSameAs(thrown);

            assertThat(lastBody("/" + end)).isNotNull();
        });
    }

    @Test
    void customizersPutTheInterceptorLast() {
        configured().run(context -> {
            context.getBean(RestClient.Builder.class)
                    .requestInterceptors(all -> assertThat(all).last().isInstanceOf(PropagationInterceptor.class));
            assertThat(context.getBean(RestTemplateBuilder.class).build().getInterceptors())
                    .last()
                    .isInstanceOf(PropagationInterceptor.class);
            assertThat(context).hasSingleBean(DistributedTransactionTemplate.class);
        });
    }

    @Test
    void ownClientReplacesTheOneOfTheStarter() {
        RestCoordinatorClient own = new RestCoordinatorClient(
                List.of(URI.create("http://127.0.0.1:1")), null, Duration.ofSeconds(1), Duration.ofSeconds(8));
        configured()
                .withBean("own", CoordinatorClient.class, () -> own)
                .run(context ->
                        assertThat(context.getBean(CoordinatorClient.class)).isSameAs(own));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "assent.coordinators= | assent.coordinators is not set",
                "assent.coordinators=127.0.0.1:8081 | 127.0.0.1:8081",
                "assent.coordinators=ftp://127.0.0.1 | not the base URL of a coordinator",
                "assent.coordinators=http://user@127.0.0.1 | not the base URL of a coordinator",
                "assent.coordinators=http://127.0.0.1?x=y | not the base URL of a coordinator",
                "assent.security.secret=short | at least 32 characters",
                "assent.initiator.timeout=1ms | from 100 ms to 24 h",
                "assent.initiator.connect-timeout=0s | must be more than nothing",
                "assent.initiator.request-timeout=1s | at least 8 s"
            })
    void wrongSettingStopsTheStartWithASentence(String setting, String sentence) {
        configured()
                .withPropertyValues(setting)
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .hasStackTraceContaining(sentence)
                        .satisfies(failure -> assertThat(failure.toString()).doesNotContain("short,")));
    }

    @Test
    void secretIsNeverShown() {
        configured()
                .withPropertyValues("assent.security.secret=0123456789abcdef0123456789abcdef")
                .run(context -> assertThat(
                                context.getBean(InitiatorProperties.class).toString())
                        .contains("hidden")
                        .doesNotContain("0123456789"));
    }
}
