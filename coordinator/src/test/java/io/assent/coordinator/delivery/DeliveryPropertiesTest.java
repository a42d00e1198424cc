package io.assent.coordinator.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

class DeliveryPropertiesTest {

    private final ApplicationContextRunner node = new ApplicationContextRunner().withUserConfiguration(Settings.class);

    @EnableConfigurationProperties(DeliveryProperties.class)
    static class Settings {}

    @Test
    void theDefaultsAreThoseOfTheSpecification() {
        node.run(context -> {
            DeliveryProperties settings = context.getBean(DeliveryProperties.class);
            assertThat(settings.laneCapacity()).isEqualTo(1_024);
            assertThat(settings.requestsPerEndpoint()).isEqualTo(4);
            assertThat(settings.batchMessages()).isEqualTo(256);
            assertThat(settings.batchSize()).isEqualTo(DataSize.ofKilobytes(512));
            assertThat(settings.answerSize()).isEqualTo(DataSize.ofMegabytes(1));
            assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(2));
            assertThat(settings.requestTimeout()).isEqualTo(Duration.ofSeconds(10));
            assertThat(settings.resendDelay()).isEqualTo(Duration.ofMillis(20));
            assertThat(settings.resendMaxDelay()).isEqualTo(Duration.ofSeconds(1));
            assertThat(settings.retryDelay()).isEqualTo(Duration.ofMillis(100));
            assertThat(settings.retryMaxDelay()).isEqualTo(Duration.ofSeconds(30));
            assertThat(settings.fallbackAfter()).isEqualTo(3);
            assertThat(settings.abortLifetime()).isEqualTo(Duration.ofSeconds(30));
        });
    }

    @ParameterizedTest
    @CsvSource({
        "lanes, 0",
        "lane-capacity, 1025",
        "requests-per-endpoint, 5",
        "batch-messages, 257",
        "batch-size, 513KB",
        "batch-size, 100B",
        "answer-size, 0",
        "connect-timeout, 0ms",
        "request-timeout, -1s",
        "resend-delay, 2s",
        "retry-delay, 31s",
        "retry-max-delay, 1d",
        "horizon-interval, 61s",
        "fallback-after, 0",
        "threads, -1"
    })
    void aValueOutOfItsRangeIsRefusedByName(String name, String value) {
        node.withPropertyValues("assent.delivery." + name + "=" + value).run(context -> {
            assertThat(context).hasFailed();
            String camelCase = Pattern.compile("-(.)")
                    .matcher(name)
                    .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
            StringBuilder said = new StringBuilder();
            for (Throwable t = context.getStartupFailure(); t != null; t = t.getCause()) {
                said.append(t.getMessage()).append('\n');
            }
            assertThat(said).containsAnyOf(camelCase, name);
        });
    }
}
